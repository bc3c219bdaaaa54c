"""Which events of a session's trials spikes can be aligned to, and in which order."""

import numpy as np

from bregma.brainbox import find_events

NAN = np.nan


def test_the_stimulus_comes_first_and_unknown_kinds_last() -> None:
    names = ("zap_times", "feedback_times", "goCue_times", "air_times", "stimOn_times", "firstMovement_times")
    found = find_events({name: [1.0, 2.0] for name in names})
    assert list(found) == [
        "stimOn_times",
        "goCue_times",
        "firstMovement_times",
        "feedback_times",
        "air_times",
        "zap_times",
    ]


def test_events_are_times_that_are_known() -> None:
    trials = {
        "choice": [1, -1],
        "intervals": np.zeros((2, 2)),
        "stimOn_times": [NAN, NAN],
        "pair_times": np.ones((2, 2)),
        "named_times": np.array(["early", "late"]),
        "goCue_times": np.array([3, 4], dtype=np.int32),
        "feedback_times": [NAN, 5.0],
    }
    found = find_events(trials)
    assert list(found) == ["goCue_times", "feedback_times"]
    assert found["goCue_times"].tolist() == [3.0, 4.0]
    assert found["goCue_times"].dtype == np.float64
    np.testing.assert_array_equal(found["feedback_times"], [NAN, 5.0])


def test_trials_without_times_have_no_events() -> None:
    assert find_events({}) == {}
    assert find_events({"contrastLeft": [0.5]}) == {}
