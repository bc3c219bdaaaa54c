"""Which trials, in which order: blocks, groups, durations, tidy tables, sessions joined."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.brainbox import (
    InvalidInput,
    bootstrap_reaction_times,
    compute_performance_by_contrast,
    compute_performance_easy,
    compute_reaction_times,
    concatenate_trials,
    find_blocks,
    find_trial_ids,
    inter_trial_intervals,
    median_reaction_time,
    movement_times,
    reaction_times,
    select_trials,
    signed_contrast,
    tidy_trials,
    wheel_reaction_times,
)

NAN = np.nan
Columns = dict[str, np.ndarray]


def six_trials() -> Columns:
    return {
        "choice": np.array([-1.0, 0, 1, -1, 1, 0]),
        "feedbackType": np.array([1.0, -1, 1, 1, -1, 1]),
        "contrastLeft": np.array([0.25, NAN, 0, NAN, 0.125, NAN]),
        "contrastRight": np.array([NAN, 1, NAN, 0, NAN, 0.0625]),
        "probabilityLeft": np.array([0.5, 0.5, 0.8, 0.8, 0.2, 0.5]),
        "stimOn_times": np.array([1.0, 2, 3, 4, NAN, 6]),
        "goCue_times": np.array([1.25, 2.25, 3.25, 4.25, 5.25, 6.25]),
        "firstMovement_times": np.array([1.5, 2, NAN, 5, 6, 7]),
        "response_times": np.array([2.0, 4, 3.5, 6, 8, 9]),
    }


def make_trials(seed: int, n: int) -> Columns:
    rng = np.random.default_rng(seed)
    on_left, contrast = rng.random(n) < 0.5, rng.choice([1, 0.25, 0.0625, 0], n)
    return {
        "choice": rng.choice([-1, 0, 1], n),
        "feedbackType": rng.choice([-1, 1], n),
        "contrastLeft": np.where(on_left, contrast, NAN),
        "contrastRight": np.where(on_left | (rng.random(n) < 0.1), NAN, contrast),
        "probabilityLeft": rng.choice([0.2, 0.8], n),
        "stimOn_times": np.arange(n) * 5.0,
        "response_times": np.arange(n) * 5.0 + rng.exponential(1, n),
    }


def test_trials_are_selected_by_side_outcome_contrast_and_event() -> None:
    trials = six_trials()
    assert np.flatnonzero(select_trials(trials, side="left")).tolist() == [0, 2, 4]
    assert np.flatnonzero(select_trials(trials, choice="incorrect")).tolist() == [1, 4]
    assert np.flatnonzero(select_trials(trials, contrasts=(12.5, 0))).tolist() == [2, 3, 4]
    assert np.flatnonzero(select_trials(trials, side="left", event="stimOn_times")).tolist() == [0, 2]


def test_groups_come_one_after_another_with_a_divider_between() -> None:
    order = find_trial_ids(six_trials(), sort="choice and side")
    assert order.trial_ids.tolist() == [0, 2, 4, 3, 5, 1]
    assert order.dividers.tolist() == [2, 3, 5]
    assert {name: ids.tolist() for name, ids in order.groups.items()} == {
        "left_correct": [0, 2],
        "left_incorrect": [4],
        "right_correct": [3, 5],
        "right_incorrect": [1],
    }


def test_a_group_without_trials_is_empty_and_has_no_divider() -> None:
    trials = six_trials()
    order = find_trial_ids(trials, select_trials(trials, side="left"), sort="side")
    assert order.groups["right"].size == 0
    assert order.dividers.tolist() == []
    none = find_trial_ids(trials, np.zeros(6, dtype=bool), sort="choice and side")
    assert none.trial_ids.size == none.dividers.size == 0


def test_unknown_values_come_last_and_equal_ones_stay_in_order() -> None:
    order = find_trial_ids(six_trials(), order_by=[2.0, NAN, 1, 2, 0, 1])
    assert order.trial_ids.tolist() == [4, 2, 5, 0, 3, 1]


@given(seed=st.integers(0, 100), n=st.integers(0, 30), sort=st.sampled_from(["idx", "choice", "side"]))
@settings(max_examples=25, deadline=None)
def test_every_known_trial_comes_once(seed: int, n: int, sort: str) -> None:
    trials = make_trials(seed, n)
    order = find_trial_ids(trials, sort=sort, order_by=reaction_times(trials))
    assert sorted(order.trial_ids) == np.flatnonzero(select_trials(trials)).tolist()
    assert sum(ids.size for ids in order.groups.values()) == order.trial_ids.size


@pytest.mark.parametrize(
    ("options", "words"),
    [({"contrasts": (1, 0.5)}, "give percent"), ({"side": "up"}, "up"), ({"event": "lick_times"}, "no 'lick_times'")],
)
def test_selections_that_mean_nothing_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        select_trials(six_trials(), **options)


def test_masks_and_orders_of_another_length_are_refused() -> None:
    with pytest.raises(InvalidInput, match="give a bool for each of 6"):
        find_trial_ids(six_trials(), np.array([0, 2, 4]))
    with pytest.raises(InvalidInput, match="order_by has 2 values for 6"):
        find_trial_ids(six_trials(), order_by=[1, 2])


def test_blocks_end_where_the_probability_changes() -> None:
    blocks = find_blocks([0.5, 0.5, 0.8, 0.8, 0.8, 0.2, 0.7])
    assert blocks.block_index.tolist() == [0, 0, 1, 1, 1, 2, 3]
    assert blocks.trial_in_block.tolist() == [0, 1, 0, 1, 2, 0, 0]
    assert blocks.first_trial.tolist() == [0, 2, 5, 6]
    assert blocks.n_trials.tolist() == [2, 3, 1, 1]
    assert blocks.block_type == ["unbiased", "left_block", "right_block", "p=0.7"]
    assert blocks.to_xarray().sizes == {"block": 4, "trial": 7}


def test_no_trials_have_no_blocks_and_one_has_one() -> None:
    assert find_blocks([]).n_trials.tolist() == []
    assert find_blocks([0.2]).n_trials.tolist() == [1]


@pytest.mark.parametrize("wrong", [NAN, 80.0, -0.1])
def test_an_unknown_probability_is_named_by_its_trial(wrong: float) -> None:
    with pytest.raises(InvalidInput, match="trials 1 is unknown"):
        find_blocks([0.5, wrong, 0.5])


def test_durations_have_the_events_that_their_names_say() -> None:
    trials = six_trials()
    assert reaction_times(trials)[:4].tolist() == [1, 2, 0.5, 2]
    np.testing.assert_array_equal(wheel_reaction_times(trials), [0.25, -0.25, NAN, 0.75, 0.75, 0.75])
    np.testing.assert_array_equal(movement_times(trials), [0.5, 2, NAN, 1, 2, 2])
    assert median_reaction_time(trials, start="goCue_times", stop="firstMovement_times") == 0.75
    with pytest.raises(InvalidInput, match="no 'laser_times'"):
        reaction_times(trials, start="laser_times")


def test_the_pause_after_a_trial_ends_with_the_next_one() -> None:
    starts, stops = np.array([0.0, 5, 9]), np.array([3.0, NAN, 12])
    expected = [2, NAN, NAN]
    table = {"intervals_0": starts, "stimOff_times": stops}
    np.testing.assert_array_equal(inter_trial_intervals(table), expected)
    pairs = {"intervals": np.stack([starts, starts + 4], axis=1), "stimOff_times": stops}
    np.testing.assert_array_equal(inter_trial_intervals(pairs), expected)
    assert inter_trial_intervals({"intervals": np.zeros((0, 2)), "stimOff_times": np.zeros(0)}).size == 0
    with pytest.raises(InvalidInput, match="no 'stimOff_times'"):
        inter_trial_intervals({"intervals_0": starts})
    with pytest.raises(InvalidInput, match="shape"):
        inter_trial_intervals(pairs | {"intervals": starts})


def test_the_bootstrap_of_reaction_times_repeats_itself_and_holds_the_median() -> None:
    trials = make_trials(0, 300)
    first, second = (bootstrap_reaction_times(trials, rng=1) for _ in range(2))
    np.testing.assert_array_equal(first.low, second.low)
    assert ((first.low <= first.median) & (first.median <= first.high)).all()
    np.testing.assert_array_equal(first.median, compute_reaction_times(trials).median)


def test_one_trial_or_equal_times_have_no_bootstrap_interval() -> None:
    trials = {name: values[:1] for name, values in make_trials(0, 5).items()}
    assert np.isnan(bootstrap_reaction_times(trials, rng=1).low).all()


@given(seed=st.integers(0, 100), n=st.integers(0, 40))
@settings(max_examples=25, deadline=None)
def test_the_order_of_trials_changes_no_summary(seed: int, n: int) -> None:
    trials = make_trials(seed, n)
    order = np.random.default_rng(seed).permutation(n)
    shuffled = {name: values[order] for name, values in trials.items()}
    for block in (None, 0.2):
        first, second = (compute_performance_by_contrast(given_, block) for given_ in (trials, shuffled))
        np.testing.assert_array_equal(first.n_correct, second.n_correct)
        np.testing.assert_array_equal(first.n_right, second.n_right)
        times = (compute_reaction_times(given_, block) for given_ in (trials, shuffled))
        np.testing.assert_array_equal(*(result.median for result in times))
    np.testing.assert_equal(compute_performance_easy(trials), compute_performance_easy(shuffled))


def test_performance_by_contrast_leaves_out_unknown_contrasts() -> None:
    trials = six_trials()
    trials["contrastLeft"][0] = NAN
    result = compute_performance_by_contrast(trials)
    assert result.contrasts.tolist() == [-12.5, 0, 6.25, 100]
    assert result.performance.tolist() == [0, 1, 1, 0]
    assert result.p_right.tolist() == [0, 0.5, 0, 0]
    assert result.to_xarray()["n_trials"].dims == ("contrast",)


def test_contrasts_in_percent_are_refused() -> None:
    with pytest.raises(InvalidInput, match="contrastRight has 25; in trials, contrasts are fractions"):
        signed_contrast({"contrastLeft": [NAN], "contrastRight": [25.0]})


def test_a_tidy_table_has_words_for_codes() -> None:
    trials = six_trials()
    before = {name: values.copy() for name, values in trials.items()}
    table = tidy_trials(pd.DataFrame(trials))
    assert table["choice"].tolist() == [
        "counter_clockwise", "none", "clockwise", "counter_clockwise", "clockwise", "none",
    ]  # fmt: skip
    assert table["is_mouse_rewarded"].tolist() == [True, False, True, True, False, True]
    assert table["gabor_stimulus_side"].tolist() == ["left", "right", "left", "right", "left", "right"]
    assert table["gabor_stimulus_contrast"].tolist() == [25, 100, 0, 0, 12.5, 6.25]
    assert table["block_index"].tolist() == [0, 0, 1, 1, 2, 3]
    assert table["block_type"].tolist() == [
        "unbiased", "unbiased", "left_block", "left_block", "right_block", "unbiased",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(pd.DataFrame(trials), pd.DataFrame(before))
    pd.testing.assert_frame_equal(tidy_trials(trials), table)


def test_a_table_of_no_trials_is_empty_and_one_of_odd_choices_is_refused() -> None:
    assert len(tidy_trials({name: values[:0] for name, values in six_trials().items()})) == 0
    with pytest.raises(InvalidInput, match="other values"):
        tidy_trials(six_trials() | {"choice": np.full(6, 2.0)})


def test_sessions_are_joined_by_the_attributes_they_share() -> None:
    first, second = make_trials(0, 3), make_trials(1, 2)
    first["intervals"] = np.zeros((3, 2))
    joined = concatenate_trials([first, second])
    assert "intervals" not in joined
    assert joined["session"].tolist() == [0, 0, 0, 1, 1]
    np.testing.assert_array_equal(joined["choice"], np.append(first["choice"], second["choice"]))
    assert concatenate_trials([]) == {}
    with pytest.raises(InvalidInput, match="differ in length"):
        concatenate_trials([first | {"choice": np.zeros(9)}])
