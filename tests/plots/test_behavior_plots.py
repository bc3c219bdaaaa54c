"""Plots of behaviour: what is drawn where, on the axes or the figure given, from the numbers given."""

import io
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection, LineCollection, QuadMesh
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from bregma import brainbox, plots
from bregma.brainbox import PawState, TrainingStatus
from bregma.plots import PlotError
from bregma.plots.colors import INCORRECT, LEFT, RIGHT

RNG = np.random.default_rng(5)
N = 200
P_LEFT = np.repeat([0.5, 0.2, 0.8, 0.2], 50)
SIDE = np.where(RNG.random(N) < P_LEFT, -1, 1)
CONTRAST = RNG.choice([0.0, 0.125, 0.25, 1.0], N)
CHOICE = np.where(RNG.random(N) < 0.15, SIDE, -SIDE)
STIM_ON = np.arange(N) * 3.0 + 1
TRIALS = {
    "contrastLeft": np.where(SIDE < 0, CONTRAST, np.nan),
    "contrastRight": np.where(SIDE > 0, CONTRAST, np.nan),
    "choice": CHOICE,
    "feedbackType": np.where(CHOICE == -SIDE, 1, -1),
    "probabilityLeft": P_LEFT,
    "stimOn_times": STIM_ON,
    "response_times": STIM_ON + RNG.gamma(2, 0.3, N),
}
OUTCOMES = np.where(TRIALS["feedbackType"] > 0, "correct", "incorrect")
TIMES = np.arange(0, 602, 0.05)
RASTER = brainbox.align_signal(TIMES, np.sin(TIMES), STIM_ON, (-0.2, 0.5))
WHEEL = brainbox.resample_wheel(TIMES, np.cumsum(np.where((TIMES % 10) < 1, np.sign(TIMES % 20 - 10), 0)) * 0.05)
MOVEMENTS = brainbox.WheelMovements.from_alf([[10.0, 11.0], [20.0, 21.0]], [1.0, -1.0])
POSE = {"nose_tip_x": [3.0, 4.0, 5.0], "nose_tip_y": [1.0, 2.0, 3.0], "nose_tip_likelihood": [1.0, 1.0, 0.1]}
STATES = np.repeat([1, 3, 1, 2], 5)
FRAMES = np.arange(20) / 60
MOTION = brainbox.MotionEnergy(np.arange(18.0), np.ones(18), 2)
WITHOUT_UNIT = {"Trial", "Trial (sorted)", "Check", "State of the paw"}
LAG = brainbox.CameraLag(np.arange(-2.0, 3), np.array([0.1, 0.2, 0.4, 0.9, 0.3]), 1, 1 / 60, 0.9)


def course() -> brainbox.SessionCourse:
    return brainbox.compute_session_course(TRIALS)


def criteria() -> brainbox.CriteriaReport:
    met = brainbox.Criterion("bias", (3.0,), 10, "within", True)
    failed = brainbox.Criterion("trials", (210.0, float("nan")), 400, "all above", False)
    return brainbox.CriteriaReport(TrainingStatus.TRAINED_1B, (met, failed))


def report(p_left: float | None = None) -> brainbox.TrainingReport:
    trials = TRIALS | ({} if p_left is None else {"probabilityLeft": np.full(N, p_left)})
    days = (date(2020, 1, day) for day in (6, 7, 9))
    protocol = "biased" if p_left is None else "training"
    return brainbox.judge_training([brainbox.SessionTrials(day, protocol, trials) for day in days])


DRAWERS: dict[str, Callable[..., Axes]] = {
    "averages": lambda **options: plots.plot_event_averages(RASTER, OUTCOMES, ylabel="Speed (rad/s)", **options),
    "traces": lambda **options: plots.plot_event_traces(RASTER, OUTCOMES, ylabel="Speed (rad/s)", **options),
    "image": lambda **options: plots.plot_event_image(
        RASTER, brainbox.find_trial_ids(TRIALS, sort="side"), label="Speed (rad/s)", **options
    ),
    "blocks": lambda **options: plots.plot_pseudo_blocks(np.tile(P_LEFT, (3, 1)), first_is_real=True, **options),
    "contrasts": lambda **options: plots.plot_contrasts_over_trials(course(), **options),
    "performance": lambda **options: plots.plot_performance_over_trials(course(), **options),
    "reaction times": lambda **options: plots.plot_reaction_times_over_trials(course(), **options),
    "wheel": lambda **options: plots.plot_wheel(WHEEL, MOVEMENTS, **options),
    "pose": lambda **options: plots.plot_pose(np.zeros((8, 9), np.uint8), POSE, **options),
    "pupil": lambda **options: plots.plot_pupil(FRAMES, FRAMES, FRAMES, FRAMES > 0.2, **options),
    "paw states": lambda **options: plots.plot_paw_states(FRAMES, STATES, **options),
    "durations": lambda **options: plots.plot_state_durations(
        *brainbox.compute_state_durations(STATES, FRAMES), **options
    ),
    "motion energy": lambda **options: plots.plot_motion_energy(FRAMES, MOTION, **options),
    "camera lag": lambda **options: plots.plot_camera_lag(LAG, **options),
    "quality": lambda **options: plots.plot_quality({"a_check": 1.0, "b": 0.95, "c": 0.1, "d": np.nan}, **options),
}


def points_of(axes: Axes, label: str) -> np.ndarray:
    (line,) = [line for line in axes.lines if str(line.get_label()).startswith(label)]
    return np.column_stack(line.get_data())


def render(figure: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(io.BytesIO(), format="png", dpi=30)  # type: ignore[attr-defined]


@pytest.mark.parametrize("draw", DRAWERS.values(), ids=DRAWERS.keys())
def test_a_figure_of_behaviour_is_drawn_on_the_axes_given_with_labels_and_units(draw: Callable[..., Axes]) -> None:
    before = plt.get_fignums()
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [1, 2], label="mine")
    assert draw(ax=axes) is axes
    assert axes.lines[0].get_label() == "mine"
    assert all("(" in label or label in WITHOUT_UNIT for label in labels(axes))
    assert plt.get_fignums() == before
    render(figure)


def labels(axes: Axes) -> list[str]:
    return [axes.get_xlabel(), axes.get_ylabel()]


def test_points_have_intervals_that_hold_them() -> None:
    psychometric = brainbox.compute_psychometric(TRIALS, 0.2)
    axes = plots.plot_psychometric(psychometric)
    (bars,) = [each for each in axes.collections if isinstance(each, LineCollection)]
    spans = np.array([segment[:, 1] for segment in bars.get_segments()])
    assert (spans[:, 0] <= psychometric.p_right + 1e-9).all()
    assert (spans[:, 1] >= psychometric.p_right - 1e-9).all()
    assert (np.ptp(spans, axis=1) > 0).all()
    assert not plots.plot_psychometric(psychometric, confidence=None).collections


def test_a_block_has_one_colour_in_every_figure() -> None:
    for block, color in ((0.2, RIGHT), (0.8, LEFT)):
        curve = plots.plot_psychometric(brainbox.compute_psychometric(TRIALS, block))
        times = plots.plot_reaction_times(brainbox.compute_reaction_times(TRIALS, block))
        assert curve.lines[1].get_color() == times.lines[0].get_color() == color
        assert curve.lines[1].get_label() == times.lines[0].get_label() == f"{block:.0%} left".replace("%", " %")
    shaded = plots.plot_blocks(brainbox.find_blocks(P_LEFT)).patches
    assert [to_rgba(patch.get_facecolor(), 1) for patch in shaded] == [to_rgba(c) for c in (RIGHT, LEFT, RIGHT)]
    assert shaded[0].get_x() == 49.5


def test_a_weibull_curve_is_one_of_correct_choices() -> None:
    contrasts, n_trials, n_correct = np.array([0.0, 25, 100]), np.full(3, 40), np.array([20, 30, 40])
    fit = brainbox.fit_psychometric(contrasts, n_trials, n_correct, model="weibull50")
    axes = plots.plot_psychometric(brainbox.Psychometric(contrasts, n_trials, n_correct, fit))
    assert labels(axes) == ["Contrast (%)", "Correct choices (fraction)"]


def test_incorrect_licks_are_those_of_incorrect_trials() -> None:
    licks = np.sort(STIM_ON[OUTCOMES == "incorrect"] + 0.11)
    counts = brainbox.align_counts(licks, STIM_ON, (0, 0.5), 0.1, recorded=(0, 700))
    axes = plots.plot_event_averages(counts, OUTCOMES, event="feedback", ylabel="Licks (number)")
    assert points_of(axes, "correct")[:, 1].tolist() == [0, 0, 0, 0, 0]
    assert points_of(axes, "incorrect")[:, 1].tolist() == [0, 1, 0, 0, 0]
    (line,) = [line for line in axes.lines if str(line.get_label()).startswith("incorrect")]
    assert (line.get_color(), line.get_linestyle()) == (INCORRECT, "--")
    assert labels(axes) == ["Time from feedback (s)", "Licks (number)"]


def test_averages_show_mean_and_standard_error_and_leave_out_events_without_a_condition() -> None:
    groups = np.where(np.arange(N) < 10, "left", "")
    axes = plots.plot_event_averages(RASTER, groups, ylabel="Sine (1)")
    expected = brainbox.average_events(RASTER, np.arange(10))
    assert points_of(axes, "left (10)")[:, 1] == pytest.approx(expected.mean)
    (band,) = [each for each in axes.collections if isinstance(each, FillBetweenPolyCollection)]
    assert band.get_paths()[0].vertices[:, 1].max() == pytest.approx((expected.mean + expected.sem).max())


def test_traces_are_one_per_known_event() -> None:
    unknown = brainbox.align_signal(TIMES, TIMES, np.append(STIM_ON[:4], np.nan), (-0.2, 0.5))
    axes = plots.plot_event_traces(unknown, ylabel="Time (s)")
    (thin,) = [each for each in axes.collections if isinstance(each, LineCollection)]
    assert len(thin.get_segments()) == 4


def test_conditions_of_another_number_than_events_are_refused() -> None:
    with pytest.raises(PlotError, match="2 conditions for 200 events"):
        plots.plot_event_averages(RASTER, ["left", "right"], ylabel="Sine (1)")


def test_an_image_has_its_rows_in_the_order_given_and_names_its_groups() -> None:
    order = brainbox.find_trial_ids(TRIALS, sort="choice")
    axes = plots.plot_event_image(RASTER, order, label="Sine (1)")
    (mesh,) = [each for each in axes.collections if isinstance(each, QuadMesh)]
    assert np.array_equal(np.asarray(mesh.get_array()), RASTER.values[order.trial_ids])
    assert [text.get_text() for text in axes.texts] == [f"{name} ({ids.size})" for name, ids in order.groups.items()]


def test_an_image_without_trials_is_refused() -> None:
    nothing = brainbox.find_trial_ids(TRIALS, np.zeros(N, dtype=bool))
    with pytest.raises(PlotError, match="no trials to show"):
        plots.plot_event_image(RASTER, nothing, label="Sine (1)")


def test_the_course_shows_running_values_and_separates_outcomes() -> None:
    followed = course()
    axes = plots.plot_performance_over_trials(followed)
    assert np.array_equal(points_of(axes, "all")[:, 1], followed.performance, equal_nan=True)
    marks = plots.plot_contrasts_over_trials(followed)
    wrong = points_of(marks, "incorrect")
    assert wrong[:, 0].tolist() == np.flatnonzero(~followed.correct).tolist()
    assert wrong[:, 1].tolist() == followed.signed_contrast[~followed.correct].tolist()
    times = plots.plot_reaction_times_over_trials(followed)
    assert points_of(times, "median")[-1, 1] == np.median(followed.reaction_time[-20:])


def test_the_course_of_a_session_without_trials_or_times_is_empty() -> None:
    empty = {name: np.zeros(0) for name in ("contrastLeft", "contrastRight", "feedbackType")}
    axes = plots.plot_session_course(brainbox.compute_session_course(empty))
    assert set(axes) == {"performance", "contrasts", "reaction_times"}
    render(axes["contrasts"].get_figure(root=True))


def test_pseudo_blocks_without_sessions_are_refused() -> None:
    with pytest.raises(PlotError, match="probability_left has shape"):
        plots.plot_pseudo_blocks(np.zeros((0, 5)))


def test_movements_of_the_wheel_have_the_colour_of_their_side() -> None:
    axes = plots.plot_wheel(WHEEL, MOVEMENTS, window=(5, 30))
    assert points_of(axes, "counter-clockwise")[:, 0].tolist() == [10.0]
    assert points_of(axes, "clockwise")[:, 0].tolist() == [20.0]
    left, right = [each for each in axes.collections if isinstance(each, LineCollection)]
    assert left.get_segments()[0][[0, -1], 0] == pytest.approx([20, 21])
    assert tuple(right.get_color()[0]) == to_rgba(RIGHT)


def test_a_window_without_wheel_is_refused() -> None:
    with pytest.raises(PlotError, match="no samples"):
        plots.plot_wheel(WHEEL, window=(1e6, 2e6))


def test_a_pose_has_the_points_asked_for_at_their_median() -> None:
    axes = plots.plot_pose(np.zeros((8, 9)), brainbox.mask_unlikely_points(POSE), points=["nose_tip"])
    assert points_of(axes, "nose tip").tolist() == [[3.5, 1.5]]


def test_the_pupil_shows_what_was_left_out() -> None:
    axes = plots.plot_pupil([0, 1, 2], [30.0, 90.0, np.nan], [30.0, 31.0, 32.0], [False, True, False])
    assert points_of(axes, "left out (1)").tolist() == [[1, 90]]
    with pytest.raises(PlotError, match="3 times, 2 diameters"):
        plots.plot_pupil([0, 1, 2], [30.0, 90.0], [30.0, 31.0])


def test_states_of_a_paw_are_drawn_when_they_last() -> None:
    axes = plots.plot_paw_states(FRAMES, STATES)
    still, wheel = axes.collections[1], axes.collections[3]
    assert [path.get_extents().x0 for path in still.get_paths()] == pytest.approx([0, 10 / 60])
    assert wheel.get_paths()[0].get_extents().x1 == pytest.approx(10 / 60)
    with pytest.raises(PlotError, match="one state per frame"):
        plots.plot_paw_states([], [])


def test_durations_tell_runs_and_total_and_refuse_unknown_states() -> None:
    axes = plots.plot_state_durations([PawState.STILL, PawState.STILL, PawState.UNKNOWN], [1.0, 2.0, 5.0])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["still\n2 runs, 3 s"]
    with pytest.raises(PlotError, match="no run of a known state"):
        plots.plot_state_durations([PawState.UNKNOWN], [1.0])


def test_motion_energy_lies_at_the_later_frame() -> None:
    line = plots.plot_motion_energy(FRAMES, MOTION).lines[0]
    assert line.get_xdata()[0] == FRAMES[2]
    with pytest.raises(PlotError, match="3 times for 20 frames"):
        plots.plot_motion_energy([0, 1, 2], MOTION)


def test_the_best_lag_of_a_camera_is_marked() -> None:
    assert points_of(plots.plot_camera_lag(LAG), "late by 1 frames (17 ms)").tolist() == [[1, 0.9]]


def test_quality_is_told_in_words_and_never_rounded_up() -> None:
    axes = plots.plot_quality({"good": 1.0, "nearly": 0.98999, "bad": 0.5, "none": float("nan")})
    assert [text.get_text() for text in axes.texts] == ["1.000 pass", "0.989 warning", "0.500 fail", "unknown"]
    assert [bar.get_width() for bar in axes.patches] == [1.0, 0.98999, 0.5, 0.0]
    with pytest.raises(PlotError, match="no fractions"):
        plots.plot_quality({})


def test_criteria_are_written_with_values_limits_and_whether_they_are_met() -> None:
    axes = plots.plot_criteria(criteria())
    words = [text.get_text() for text in axes.texts]
    assert words[4:12] == ["bias", "3", "within 10", "yes", "trials", "210, unknown", "all above 400", "no"]
    assert axes.get_title(loc="left") == "Criteria of trained 1b: 1 of 2 met"


@pytest.mark.parametrize("p_left", [None, 0.5])
def test_a_training_report_shows_its_days_and_curves(p_left: float | None) -> None:
    figure = Figure(figsize=(20, 6), layout="constrained")
    part = figure.subfigures(1, 2)[0]
    axes = plots.plot_training_report(report(p_left), figure=part)
    assert set(axes) == {"psychometric", "days", "performance", "criteria"}
    assert all(each.get_figure() is part for each in axes.values())
    assert len(axes["psychometric"].lines) == (4 if p_left is None else 2)
    assert [bar.get_height() for bar in axes["days"].patches] == [N, N, N]
    render(figure)


def test_an_overview_shows_what_there_is() -> None:
    plain = plots.plot_session_overview(brainbox.summarize_session(TRIALS))
    assert len(plain["psychometric"].lines) == 6
    assert "wheel" not in plain
    figure = Figure(figsize=(12, 8), layout="constrained")
    spikes = brainbox.align_raster([1.1, 4.2], STIM_ON[:3])
    untimed = {name: TRIALS[name] for name in TRIALS if name not in {"response_times", "probabilityLeft"}}
    axes = plots.plot_session_overview(
        brainbox.summarize_session(untimed), wheel=RASTER, choices=OUTCOMES, spikes=spikes, figure=figure, title="Mine"
    )
    assert set(axes) == {"psychometric", "performance", "contrasts", "wheel", "spikes"}
    assert figure.get_suptitle() == "Mine"
    render(figure)


def test_every_figure_is_in_the_table_of_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "plots.md").read_text(encoding="utf-8")
    assert [name for name in plots.__all__ if name.startswith("plot_") and f"`.{name}`" not in page] == []


def test_no_events_leave_axes_empty_but_labelled() -> None:
    nothing = brainbox.align_signal([0, 1], [0, 1], [], (-0.5, 0.5))
    for axes in (
        plots.plot_event_averages(nothing, [], ylabel="Speed (rad/s)"),
        plots.plot_event_traces(nothing, ylabel="Speed (rad/s)"),
    ):
        assert axes.get_legend() is None
        assert labels(axes) == ["Time from event (s)", "Speed (rad/s)"]
