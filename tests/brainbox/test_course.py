"""What figures of behaviour show: the course of a session, its summary, baselines, the quality of its events."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bregma.brainbox import (
    EventRaster,
    InvalidInput,
    compute_running_mean,
    compute_running_median,
    compute_session_course,
    compute_task_quality,
    compute_tracked_fractions,
    find_pupil_outliers,
    smooth_pupil_diameter,
    subtract_baseline,
    summarize_session,
)

nan = np.nan
TRIALS = {
    "contrastLeft": np.array([1.0, nan, 0.25, nan]),
    "contrastRight": np.array([nan, 1.0, nan, 0.0]),
    "choice": np.array([1, -1, -1, 0]),
    "feedbackType": np.array([1, 1, -1, -1]),
    "probabilityLeft": np.array([0.5, 0.5, 0.8, 0.8]),
    "stimOn_times": np.array([1.0, 5.0, 9.0, nan]),
    "response_times": np.array([1.5, 5.7, 9.3, 15.0]),
}


def test_running_values_are_those_of_the_last_known_trials() -> None:
    assert compute_running_mean([1, 0, nan, 1, 1], 2).tolist()[1:] == [0.5, 0.5, 0.5, 1.0]
    assert np.isnan(compute_running_mean([1, 0, nan, 1, 1], 2)[0])
    assert compute_running_median([5.0, 1.0, 3.0, 9.0], 3).tolist()[2:] == [3.0, 3.0]
    assert np.isnan(compute_running_median([nan, 1.0], 2)).all()
    assert compute_running_mean([], 3).size == 0
    with pytest.raises(InvalidInput, match="window is 0"):
        compute_running_mean([1.0], 0)


def test_the_course_follows_contrasts_outcomes_and_times() -> None:
    course = compute_session_course(TRIALS, window=2)
    assert course.signed_contrast.tolist() == [-100, 100, -25, 0]
    assert course.correct.tolist() == [True, True, False, False]
    assert course.performance[1:].tolist() == [1.0, 0.5, 0.0]
    assert course.performance_easy[1:].tolist() == [1.0, 1.0, 1.0]
    assert course.median_reaction_time[1:] == pytest.approx([0.6, 0.5, 0.5])
    assert course.blocks is not None
    assert course.blocks.probability_left.tolist() == [0.5, 0.8]
    assert set(course.to_xarray().dims) == {"trial"}


def test_a_course_without_blocks_or_times_has_none() -> None:
    bare = {name: TRIALS[name] for name in ("contrastLeft", "contrastRight", "feedbackType")}
    course = compute_session_course(bare)
    assert course.blocks is None
    assert np.isnan(course.reaction_time).all()
    assert compute_session_course(bare | {"probabilityLeft": [0.5, nan, 0.5, 0.5]}).blocks is None


def test_a_summary_has_a_curve_per_kind_of_block_or_one() -> None:
    summary = summarize_session(TRIALS)
    assert [curve.block for curve in summary.psychometrics] == [0.5, 0.8]
    assert [times.block for times in summary.reaction_times] == [0.5, 0.8]
    one = summarize_session(TRIALS | {"probabilityLeft": np.full(4, 0.5), "response_times": np.full(4, nan)})
    assert [curve.block for curve in one.psychometrics] == [None]
    assert one.reaction_times == ()


def test_a_baseline_is_subtracted_row_by_row() -> None:
    rows = np.array([[1.0, 3, 7], [nan, 2, 5], [nan, nan, 1]])
    raster = EventRaster(np.arange(3.0), np.array([-1.0, 0.0, 1.0]), rows)
    flat = subtract_baseline(raster, (-1, 0)).values
    assert flat[0].tolist() == [-1, 1, 5]
    assert flat[1, 1:].tolist() == [0, 3]
    assert np.isnan(flat[2]).all()
    with pytest.raises(InvalidInput, match="no time of the raster"):
        subtract_baseline(raster, (2, 3))


def test_outliers_of_the_pupil_are_found_and_do_not_pull_the_line() -> None:
    diameter = 30 + np.sin(np.arange(600) / 50)
    diameter[[100, 400]] += 20
    assert np.flatnonzero(find_pupil_outliers(diameter)).tolist() == [100, 400]
    assert abs(smooth_pupil_diameter(diameter)[100] - (30 + np.sin(2))) < 0.05


def test_points_count_as_tracked_where_they_are_likely() -> None:
    pose = {"paw_l_x": [0.0] * 4, "paw_l_y": [0.0] * 4, "paw_l_likelihood": [1.0, 0.9, 0.2, nan]}
    assert compute_tracked_fractions(pose) == {"paw_l": 0.5}
    assert np.isnan(compute_tracked_fractions({"a_likelihood": []})["a"])


def test_events_that_follow_as_the_task_makes_them_pass() -> None:
    feedback = np.array([10.0, 20.0, 30.0, 40.0])
    timed = TRIALS | {
        "stimOn_times": feedback - 5,
        "goCue_times": feedback - 5 + np.array([0.005, 0.02, nan, 0.005]),
        "response_times": feedback - 0.001,
        "feedback_times": feedback,
        "stimOff_times": feedback + np.array([1.0, 2.0, 2.1, 7.0]),
        "firstMovement_times": feedback - np.array([1.0, 6.0, 1.0, 1.0]),
    }
    quality = compute_task_quality(timed)
    assert quality.fractions == {
        "stimOn_goCue_delays": 0.5,
        "response_feedback_delays": 1.0,
        "trial_length": 0.75,
        "positive_feedback_stimOff_delays": 0.5,
        "negative_feedback_stimOff_delays": 1.0,
        "detected_wheel_moves": pytest.approx(1 / 3),
    }
    assert quality.to_xarray()["passed"].dims == ("check", "trial")


def test_checks_without_their_events_are_left_out() -> None:
    quality = compute_task_quality(TRIALS)
    assert quality.checks == ()
    assert quality.passed.shape == (0, 4)
    assert compute_task_quality({name: np.zeros(0) for name in TRIALS}).fractions == {}


@pytest.mark.parametrize("session", ["ZM_335", "session_biased_ge5", "session_training_ge5"])
def test_quality_is_that_of_the_reference_but_for_trials_without_a_choice(shared_data: Path, session: str) -> None:
    folder = shared_data / "ibl_raw_sessions" / "reference_ibllib410" / session
    trials = pd.read_parquet(folder / "alf" / "_ibl_trials.table.pqt")
    for name in ("stimOff_times", "quiescencePeriod"):
        trials[name] = np.load(folder / "alf" / f"_ibl_trials.{name}.npy")[: len(trials)]
    expected = json.loads((folder / "task_qc.json").read_text())["checks"]
    fractions = compute_task_quality(trials).fractions
    assert fractions
    for name, fraction in fractions.items():
        if name != "negative_feedback_stimOff_delays":
            assert fraction == pytest.approx(expected[f"_task_{name}"]["fraction"])
