"""Training status: every criterion at its limit, days pooled, a status kept, and real mice."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bregma.brainbox import (
    InvalidInput,
    SessionTrials,
    TrainingStatus,
    compute_training_status,
    judge_training,
    meets_behavior_criterion,
    query_criterion,
)
from bregma.brainbox.behavior.criteria import (
    check_1a,
    check_1b,
    check_ready4delay,
    check_ready4ephysrig,
    check_ready4recording,
)
from bregma.brainbox.behavior.days import LastDays, summarize_days
from bregma.brainbox.behavior.psychometric.fitting import evaluate_curve

MONDAY = date(2020, 1, 6)
FULL_SET = (-100.0, -50.0, -25.0, -12.5, -6.25, 0.0, 6.25, 12.5, 25.0, 50.0, 100.0)
GOOD = (0.0, 15.0, 0.04, 0.04)
FAIR = (0.0, 15.0, 0.15, 0.15)
POOR = (0.0, 15.0, 0.35, 0.35)
Make = Callable[..., SessionTrials]


def make_trials(
    curve: tuple[float, ...] = GOOD,
    *,
    per_contrast: int = 50,
    contrasts: tuple[float, ...] = FULL_SET,
    block: float = 0.5,
    reaction_time: float = 0.4,
) -> dict[str, np.ndarray]:
    """Make trials whose choices follow a curve as closely as whole numbers can."""
    x = np.repeat(contrasts, per_contrast)
    rank = np.tile(np.arange(per_contrast), len(contrasts)) + 0.5
    right = rank < per_contrast * evaluate_curve(curve, x)
    correct = np.where(x == 0, rank % 2 < 1, right == (x > 0))
    start = np.arange(x.size) * 5.0
    return {
        "choice": np.where(right, -1, 1),
        "contrastLeft": np.where(x < 0, -x / 100, np.nan),
        "contrastRight": np.where(x >= 0, x / 100, np.nan),
        "feedbackType": np.where(correct, 1, -1),
        "probabilityLeft": np.full(x.size, block),
        "stimOn_times": start,
        "response_times": start + reaction_time,
    }


def make_biased(shift: float = 10.0, **options: Any) -> dict[str, np.ndarray]:
    """Make trials of two blocks, whose curves lie `shift` apart."""
    left = make_trials((shift / 2, 15.0, 0.04, 0.04), block=0.8, **options)
    right = make_trials((-shift / 2, 15.0, 0.04, 0.04), block=0.2, **options)
    return {name: np.concatenate([left[name], right[name]]) for name in left}


def on_day(index: int, trials: dict[str, np.ndarray], protocol: str = "training", **options: Any) -> SessionTrials:
    return SessionTrials(MONDAY + timedelta(days=index), protocol, trials, **options)


def three_days(trials: dict[str, np.ndarray], protocol: str = "training", **options: Any) -> LastDays:
    return LastDays(tuple(summarize_days([on_day(i, trials, protocol, **options) for i in range(3)])))


def test_a_mouse_is_in_training_until_it_has_three_days() -> None:
    assert compute_training_status([on_day(i, make_trials()) for i in range(3)]) == [
        TrainingStatus.IN_TRAINING,
        TrainingStatus.IN_TRAINING,
        TrainingStatus.TRAINED_1B,
    ]


def test_no_sessions_have_no_status() -> None:
    assert compute_training_status([]) == []


def test_the_label_is_in_the_words_of_the_field() -> None:
    assert TrainingStatus.TRAINED_1A.label == "trained 1a"


def test_larger_lapses_reach_1a_but_not_1b() -> None:
    last = three_days(make_trials((0, 15, 0.01, 0.15), per_contrast=60))
    assert check_1a(last).met
    assert not check_1b(last).met


@pytest.mark.parametrize(
    "trials",
    [
        make_trials(POOR),
        make_trials((20, 15, 0.04, 0.04)),
        make_trials((0, 25, 0.04, 0.04)),
        make_trials(per_contrast=18),
        make_trials(contrasts=tuple(x for x in FULL_SET if x)),
    ],
    ids=["lapses", "bias", "threshold", "198 trials", "no zero contrast"],
)
def test_1a_is_not_met_with_one_criterion_missed(trials: dict[str, np.ndarray]) -> None:
    assert check_1a(three_days(make_trials())).met
    assert not check_1a(three_days(trials)).met


@pytest.mark.parametrize(
    "trials",
    [
        make_trials((12, 15, 0.04, 0.04)),
        make_trials((0, 22, 0.04, 0.04)),
        make_trials(per_contrast=36),
        make_trials(reaction_time=2.0),
        make_trials(reaction_time=np.nan),
        make_trials((0, 15, 0.04, 0.12)),
    ],
    ids=["bias", "threshold", "396 trials", "slow", "reaction times unknown", "lapses"],
)
def test_1b_is_not_met_with_one_criterion_missed(trials: dict[str, np.ndarray]) -> None:
    assert check_1b(three_days(make_trials())).met
    assert not check_1b(three_days(trials)).met


def test_a_threshold_between_19_and_20_is_enough_for_1b_only() -> None:
    last = three_days(make_trials((0, 19.5, 0.02, 0.02), per_contrast=200))
    assert 19 < last.psychometric.fit.threshold < 20
    assert check_1b(last).met
    assert not check_1a(last).met


def test_one_bad_day_of_three_is_enough_to_miss_a_criterion() -> None:
    days = [on_day(0, make_trials()), on_day(1, make_trials(per_contrast=10)), on_day(2, make_trials())]
    assert compute_training_status(days)[-1] is TrainingStatus.IN_TRAINING


def test_two_short_sessions_of_a_day_count_as_one() -> None:
    halves = [on_day(i // 2, make_trials(per_contrast=25)) for i in range(6)]
    status = compute_training_status(halves)
    assert status == [TrainingStatus.IN_TRAINING] * 4 + [TrainingStatus.TRAINED_1B] * 2


def test_sessions_may_come_in_any_order() -> None:
    days = [on_day(i, make_trials()) for i in range(4)]
    shuffled = [days[i] for i in (2, 0, 3, 1)]
    expected = compute_training_status(days)
    assert compute_training_status(shuffled) == [expected[i] for i in (2, 0, 3, 1)]


def test_a_time_of_day_is_only_a_day() -> None:
    days = [SessionTrials(datetime(2020, 1, 6 + i, 9, 30), "training", make_trials()) for i in range(3)]  # noqa: DTZ001
    assert compute_training_status(days)[-1] is TrainingStatus.TRAINED_1B


def test_a_bad_week_does_not_undo_a_status() -> None:
    days = [on_day(i, make_trials() if i < 3 else make_trials(POOR)) for i in range(7)]
    assert compute_training_status(days)[2:] == [TrainingStatus.TRAINED_1B] * 5


@pytest.mark.parametrize("protocol", ["_iblrig_tasks_habituationChoiceWorld", "_iblrig_tasks_passiveChoiceWorld"])
def test_sessions_of_other_tasks_count_for_nothing(protocol: str) -> None:
    other = [on_day(i, make_trials(), protocol) for i in (0, 1)]
    status = compute_training_status([*other, on_day(2, make_trials()), on_day(3, make_trials())])
    assert status == [TrainingStatus.IN_TRAINING] * 4


def test_the_first_biased_day_after_training_is_1b_without_a_test() -> None:
    days = [*(on_day(i, make_trials(POOR)) for i in range(2)), on_day(2, make_biased(), "biased")]
    assert compute_training_status(days)[-1] is TrainingStatus.TRAINED_1B


def test_three_biased_days_with_a_shift_are_ready_for_the_rig() -> None:
    assert check_ready4ephysrig(three_days(make_biased(10), "biased")).met


@pytest.mark.parametrize(
    "trials",
    [make_biased(4), make_biased(per_contrast=18), make_biased(reaction_time=3.0), make_trials()],
    ids=["shift", "396 trials", "slow", "no blocks"],
)
def test_the_rig_waits_when_one_criterion_is_missed(trials: dict[str, np.ndarray]) -> None:
    assert not check_ready4ephysrig(three_days(trials, "biased")).met


def test_one_good_day_on_the_rig_is_ready_for_a_delay() -> None:
    days = [on_day(i, make_biased(4), "biased") for i in range(2)]
    assert not check_ready4delay(LastDays(tuple(summarize_days(days)))).met
    days.append(on_day(2, make_biased(4), "biased", on_ephys_rig=True))
    assert check_ready4delay(LastDays(tuple(summarize_days(days)))).met
    assert compute_training_status(days)[-1] is TrainingStatus.READY4DELAY


def test_a_recording_needs_three_days_on_the_rig_and_a_long_delay() -> None:
    ready = [on_day(i, make_biased(), "ephysChoiceWorld", delay=900.0 if i == 1 else 0.0) for i in range(3)]
    assert check_ready4recording(LastDays(tuple(summarize_days(ready)))).met
    assert compute_training_status(ready)[-1] is TrainingStatus.READY4RECORDING
    hurried = [on_day(i, make_biased(), "ephysChoiceWorld", delay=899.0) for i in range(3)]
    assert compute_training_status(hurried)[-1] is TrainingStatus.READY4DELAY
    off_rig = [on_day(i, make_biased(), "biased", on_ephys_rig=i > 0, delay=900.0) for i in range(3)]
    assert compute_training_status(off_rig)[-1] is TrainingStatus.READY4DELAY


def test_forty_days_in_training_make_a_mouse_untrainable_until_it_learns() -> None:
    days = [on_day(i, make_trials(POOR, per_contrast=5)) for i in range(41)]
    days += [on_day(41 + i, make_trials()) for i in range(3)]
    status = compute_training_status(days)
    assert status[38] is TrainingStatus.IN_TRAINING
    assert status[39:43] == [TrainingStatus.UNTRAINABLE] * 4
    assert status[43] is TrainingStatus.TRAINED_1B


def test_forty_biased_days_without_the_rig_make_a_mouse_unbiasable() -> None:
    days = [on_day(i, make_biased(0, per_contrast=5), "biased") for i in range(40)]
    status = compute_training_status(days)
    assert status[38] is TrainingStatus.TRAINED_1B
    assert status[39] is TrainingStatus.UNBIASABLE


def test_a_mouse_once_ready_is_never_unbiasable() -> None:
    days = [on_day(i, make_biased() if i < 3 else make_biased(0, per_contrast=5), "biased") for i in range(41)]
    assert compute_training_status(days)[-1] is TrainingStatus.READY4EPHYSRIG


def test_ks014_first_meets_1a_on_22_august_2019(shared_data: Path) -> None:
    trials = pd.read_parquet(shared_data / "ibl_learning_KS014" / "KS014_training_trials.pqt")
    sessions = [SessionTrials(day, "trainingChoiceWorld", group) for day, group in trials.groupby("start_time")]
    status = dict(zip((f"{s.date:%m-%d}" for s in sessions), compute_training_status(sessions), strict=True))
    assert [day for day, s in status.items() if s is TrainingStatus.TRAINED_1A] == ["08-22", "08-23"]
    assert {s for day, s in status.items() if day < "08-22"} == {TrainingStatus.IN_TRAINING}


def eleven_days(shared_data: Path) -> list[SessionTrials]:
    trials = pd.read_parquet(shared_data / "ibl_training_11sessions" / "trials.pqt")
    return [
        SessionTrials(date.fromisoformat(day), group["task_protocol"].iloc[0], group)
        for day, group in trials.groupby("date")
    ]


def test_eleven_real_days_have_the_published_statuses(shared_data: Path) -> None:
    labels = [status.label for status in compute_training_status(eleven_days(shared_data))]
    assert labels == ["in training"] * 3 + ["trained 1a"] + ["trained 1b"] * 3 + ["ready4ephysrig"] * 4


def test_the_last_real_days_alone_are_ready_for_a_delay_when_one_was_on_the_rig(shared_data: Path) -> None:
    days = summarize_days(
        SessionTrials(s.date, s.protocol, s.trials, on_ephys_rig=s.date == date(2020, 9, 3))
        for s in eleven_days(shared_data)
    )
    picked = LastDays(tuple(day for day in days if day.date.isoformat()[5:] in ("08-31", "09-02", "09-03")))
    assert check_ready4delay(picked).met
    assert not check_ready4ephysrig(picked).met


def test_three_real_days_on_the_rig_with_a_delay_are_ready_for_recording(shared_data: Path) -> None:
    days = summarize_days(
        SessionTrials(s.date, s.protocol, s.trials, on_ephys_rig=True, delay=1000) for s in eleven_days(shared_data)
    )
    picked = LastDays(tuple(day for day in days if day.date.isoformat()[5:] in ("08-28", "08-31", "09-01")))
    assert check_ready4recording(picked).met


def test_a_report_tells_which_criterion_failed_and_by_how_much() -> None:
    report = check_1b(three_days(make_trials((12, 15, 0.04, 0.04), reaction_time=2.5)))
    assert not report.met
    assert [criterion.name for criterion in report.failed] == ["bias", "median reaction time at zero contrast"]
    bias, reaction = report.failed
    assert bias.value[0] == pytest.approx(12, abs=0.5)
    assert bias.limit == 10
    assert str(reaction) == "median reaction time at zero contrast 2.5: not below 2"
    assert report.status is TrainingStatus.TRAINED_1B


def test_judging_the_last_days_forgets_what_was_reached() -> None:
    days = [on_day(i, make_biased() if i < 3 else make_biased(per_contrast=10), "biased") for i in range(4)]
    assert compute_training_status(days)[-1] is TrainingStatus.READY4EPHYSRIG
    report = judge_training(days)
    assert report.status is TrainingStatus.TRAINED_1B
    assert [criterion.name for criterion in report.criteria.failed] == ["trials"]
    assert report.n_trials.tolist() == [1100, 1100, 220]
    assert report.psychometric_20 is not None
    assert report.psychometric_20.block == 0.2


@pytest.mark.parametrize(
    ("trials", "protocol", "status", "following"),
    [
        (make_trials(POOR), "training", "in training", "trained 1a"),
        (make_trials((0, 15, 0.01, 0.15), per_contrast=60), "training", "trained 1a", "trained 1b"),
        (make_trials(), "training", "trained 1b", "ready4ephysrig"),
        (make_biased(4), "biased", "trained 1b", "ready4ephysrig"),
        (make_biased(), "biased", "ready4ephysrig", "ready4delay"),
    ],
)
def test_a_report_is_about_the_next_status(
    trials: dict[str, np.ndarray], protocol: str, status: str, following: str
) -> None:
    report = judge_training([on_day(i, trials, protocol) for i in range(3)])
    assert report.status.label == status
    assert report.criteria.status.label == following
    assert not report.criteria.met


def test_two_days_are_in_training_and_none_cannot_be_judged() -> None:
    assert judge_training([on_day(i, make_trials()) for i in range(2)]).status is TrainingStatus.IN_TRAINING
    with pytest.raises(InvalidInput, match="nothing to judge"):
        judge_training([on_day(0, make_trials(), "habituationChoiceWorld")])


def test_the_first_day_of_a_criterion_is_found_with_what_it_took() -> None:
    days = [on_day(2 * i, make_trials(POOR if i < 2 else GOOD)) for i in range(6)]
    reached = query_criterion(days[::-1], "trained 1a")
    assert reached.date == MONDAY + timedelta(days=8)
    assert (reached.session, reached.n_sessions, reached.n_days) == (1, 5, 8)
    assert query_criterion(days, TrainingStatus.TRAINED_1B, from_status="trained_1a").n_sessions == 1
    assert query_criterion(days, "ready4recording").date is None
    with pytest.raises(InvalidInput, match="no status 'expert'; there are untrainable"):
        query_criterion(days, "expert")


def test_the_day_of_a_failure_must_be_met_exactly() -> None:
    days = [on_day(i, make_trials(POOR, per_contrast=2)) for i in range(42)]
    assert query_criterion(days, "untrainable").n_sessions == 40
    assert query_criterion(days[:39], "untrainable").date is None


@pytest.mark.parametrize(
    ("n_good", "n_bad", "expected"), [(401, 0, True), (400, 0, False), (401, 400, True), (0, 500, False)]
)
def test_a_session_passes_by_its_best_beginning(n_good: int, n_bad: int, expected: bool) -> None:
    n = n_good + n_bad
    trials = {"contrastLeft": np.full(n, np.nan), "contrastRight": np.ones(n)}
    trials["feedbackType"] = np.where(np.arange(n) < n_good, 1, -1)
    assert meets_behavior_criterion(trials) is expected
    assert not meets_behavior_criterion(trials | {"contrastRight": np.full(n, 0.25)})
