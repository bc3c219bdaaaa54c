"""Trials: contrasts, performance, choices and reaction times, by hand and against a reference."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bregma.brainbox import (
    InvalidInput,
    compute_performance,
    compute_performance_easy,
    compute_reaction_times,
    median_reaction_time,
    signed_contrast,
)
from bregma.brainbox.behavior.trials import count_choices

NAN = np.nan


def five_trials() -> dict[str, np.ndarray]:
    """Return right, left, no response, zero contrast on the right, left with an error."""
    return {
        "contrastLeft": np.array([NAN, 1.0, 0.5, NAN, 0.0625]),
        "contrastRight": np.array([0.25, NAN, NAN, 0.0, NAN]),
        "choice": np.array([-1, 1, 0, -1, -1]),
        "feedbackType": np.array([1, 1, -1, 1, -1]),
        "probabilityLeft": np.array([0.5, 0.8, 0.8, 0.8, 0.2]),
        "stimOn_times": np.array([1.0, 2.0, 3.0, NAN, 5.0]),
        "response_times": np.array([1.5, 2.25, 63.0, 4.5, 6.0]),
    }


def test_contrasts_are_percent_and_negative_on_the_left() -> None:
    assert signed_contrast(five_trials()).tolist() == [25, -100, -50, 0, -6.25]


def test_a_trial_without_contrast_has_an_unknown_one() -> None:
    assert np.isnan(signed_contrast({"contrastLeft": [NAN], "contrastRight": [NAN]})[0])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"no 'contrastRight'; they have contrastLeft"):
        signed_contrast({"contrastLeft": [0.5]})


def test_performance_counts_rewards() -> None:
    assert compute_performance(five_trials()) == pytest.approx(3 / 5)
    assert compute_performance_easy(five_trials()) == pytest.approx(1 / 2)


def test_performance_of_no_trials_is_unknown() -> None:
    empty = {name: values[:0] for name, values in five_trials().items()}
    assert np.isnan(compute_performance(empty))
    assert np.isnan(compute_performance_easy(empty))


def test_a_choice_of_minus_one_is_rightward_and_no_response_is_not() -> None:
    contrasts, n_trials, n_right = count_choices(five_trials())
    assert contrasts.tolist() == [-100, -50, -6.25, 0, 25]
    assert n_trials.tolist() == [1, 1, 1, 1, 1]
    assert n_right.tolist() == [0, 0, 1, 1, 1]


def test_a_block_has_only_its_own_trials() -> None:
    contrasts, n_trials, _ = count_choices(five_trials(), block=0.8)
    assert contrasts.tolist() == [-100, -50, 0]
    assert n_trials.sum() == 3


def test_a_reaction_time_runs_from_stimulus_to_response() -> None:
    result = compute_reaction_times(five_trials())
    assert result.contrasts.tolist() == [-100, -50, -6.25, 25]
    assert result.median.tolist() == [0.25, 60, 1, 0.5]
    assert result.n_trials.tolist() == [1, 1, 1, 1]
    assert np.isnan(result.low).all()


def test_the_go_cue_stands_in_for_unknown_stimuli() -> None:
    trials = five_trials() | {"stimOn_times": np.full(5, NAN), "goCue_times": np.array([1.0, 2, 3, 4, 5])}
    assert median_reaction_time(trials, contrast=0) == pytest.approx(0.5)


def test_the_interval_of_a_median_is_that_of_order_statistics() -> None:
    trials = {
        "contrastLeft": np.full(21, NAN),
        "contrastRight": np.ones(21),
        "choice": np.full(21, -1),
        "stimOn_times": np.zeros(21),
        "response_times": np.arange(21.0)[::-1],
    }
    result = compute_reaction_times(trials, confidence=0.95)
    # Of 21 values, the 6th from either end bound the median with 97.3 % confidence; the 7th only with 92.2 %.
    assert (result.low[0], result.median[0], result.high[0]) == (5.0, 10.0, 15.0)


def test_a_mapping_and_a_data_frame_give_the_same() -> None:
    frame = pd.DataFrame(five_trials())
    assert compute_reaction_times(frame).median.tolist() == compute_reaction_times(five_trials()).median.tolist()


def test_real_performance_and_counts_are_those_of_the_reference(shared_data: Path) -> None:
    table = pd.read_csv(shared_data / "ibl_learning_KS014" / "brainbox_reference_training_metrics.csv")
    table = table[table["source"] == "ibllib_11sessions"].set_index("date")
    trials = pd.read_parquet(shared_data / "ibl_training_11sessions" / "trials.pqt")
    for date, session in trials.groupby("date"):
        row = table.loc[date]
        assert len(session) == row["n"]
        assert compute_performance_easy(session) == pytest.approx(row["perf_easy"], abs=1e-12)
        assert median_reaction_time(session) == pytest.approx(row["rt_median"], abs=1e-9)
        assert median_reaction_time(session, contrast=0) == pytest.approx(row["rt_median_0"], abs=1e-9)
        contrasts, n_trials, _ = count_choices(session)
        assert contrasts.round(2).tolist() == pytest.approx(json.loads(row["contrasts"]), abs=0.006)
        assert n_trials.tolist() == json.loads(row["n_per_contrast"])
