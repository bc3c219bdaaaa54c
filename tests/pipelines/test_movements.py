"""Movements of the wheel in sessions of real mice."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bregma.pipelines.extraction.movements import extract_movements
from bregma.pipelines.extraction.wheel import Wheel


@pytest.mark.parametrize("session", ["session_training_ge5", "session_biased_ge5"])
def test_movements_and_first_movements_are_those_of_the_reference(shared_data: Path, session: str) -> None:
    truth = shared_data / "extraction_truth"
    kind = "Training" if "training" in session else "Biased"
    with np.load(truth / f"{session}_wheel.npz") as wheel:
        found = Wheel(wheel["ts"], wheel["pos"])
        intervals, amplitudes = wheel["intervals"], wheel["peakAmplitude"]
    trials = pd.read_parquet(truth / f"{session}_{kind}Trials_table.pqt")
    movements, first = extract_movements(found, trials)
    np.testing.assert_allclose(movements.intervals, intervals, atol=1e-6)
    np.testing.assert_allclose(movements.peak_amplitudes, amplitudes, atol=1e-6)
    assert np.isfinite(first.times).any()
    assert "firstMovement_times" in trials
    np.testing.assert_allclose(first.times, trials["firstMovement_times"], atol=1e-6)


def test_a_still_wheel_gives_trials_without_first_movements() -> None:
    trials = pd.DataFrame({"goCue_times": [1.0, 5.0], "feedback_times": [2.0, np.nan]})
    movements, first = extract_movements(Wheel(np.zeros(0), np.zeros(0)), trials)
    assert movements.intervals.shape == (0, 2)
    assert np.isnan(first.times).all()
