"""What both sides work on: spikes of log-normal units, trials, an hour of wheel and of pupil. The same for one seed."""

from pathlib import Path

import numpy as np
import pandas as pd

HOUR = 3600.0
N_UNITS, N_EVENTS = 500, 1000


def make_data(folder: Path, n_spikes: int) -> None:
    """Write the arrays that the cases read, one file each."""
    rng = np.random.default_rng(1)
    weights = rng.lognormal(0, 1, N_UNITS)
    times = np.sort(rng.uniform(0, HOUR, n_spikes))
    clusters = rng.choice(N_UNITS, n_spikes, p=weights / weights.sum()).astype(np.int64)
    # Units stay where they are in the brain, the probe moves by 20 um within some minutes.
    depths = rng.uniform(100, 3700, N_UNITS)[clusters] + rng.normal(0, 8, n_spikes) + 20 * np.sin(times / 100)
    arrays = {
        "times": times,
        "clusters": clusters,
        "amps": rng.lognormal(-9.5, 0.4, n_spikes),
        "depths": depths,
        "events": np.sort(rng.uniform(10, HOUR - 10, N_EVENTS)),
        **_make_wheel(rng),
        "pupil": _make_pupil(rng),
        "frames": rng.integers(0, 255, (200, 512, 640), dtype=np.uint8),
        "noise_frames": rng.choice(np.array([0, 128, 255], dtype=np.uint8), p=[0.02, 0.96, 0.02], size=(600, 15, 15)),
        "voltage": _make_voltage(rng),
        "psychometric": _make_choices(rng),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    _make_trials(rng).to_parquet(folder / "trials.pqt")


def _make_wheel(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """An hour at 1 kHz, in radians: 1,800 turns of the wheel, and rest between them."""
    times = np.arange(0, HOUR, 0.001)
    velocity = np.zeros(times.size)
    for second in np.arange(1, HOUR - 1, 2.0):
        first, length = int((second + rng.uniform(0, 0.8)) * 1000), int(rng.integers(80, 700))
        velocity[first : first + length] += rng.choice([-1, 1]) * np.hanning(length) * rng.uniform(0.5, 6)
    tick = 2 * np.pi / 4096
    position = np.round(np.cumsum(velocity) * 0.001 / tick) * tick
    return {"wheel_times": times, "wheel_position": position}


def _make_pupil(rng: np.random.Generator) -> np.ndarray:
    """Diameters of an hour at 60 Hz, with blinks (outliers) and gaps (NaN)."""
    n = int(HOUR * 60)
    diameter = 20 + 3 * np.sin(np.arange(n) / 400) + np.cumsum(rng.normal(0, 0.01, n)) + rng.normal(0, 0.3, n)
    diameter[rng.integers(0, n, n // 200)] += 30
    for start in rng.integers(0, n - 300, 60):
        diameter[start : start + rng.integers(5, 200)] = np.nan
    return diameter


def _make_voltage(rng: np.random.Generator) -> np.ndarray:
    """A second of 384 channels at 30 kHz, in volts: noise of each, and more that they have in common."""
    common = 3e-5 * np.convolve(rng.normal(size=30_000), np.ones(8) / 8, mode="same")
    return (6e-6 * rng.normal(size=(30_000, 384)) + common[:, None] * np.linspace(0.8, 1.2, 384)).astype(np.float32)


def _make_choices(rng: np.random.Generator) -> np.ndarray:
    """Contrasts in percent, trials of each, and the part of choices to the right."""
    contrasts = np.array([-100, -25, -12.5, -6.25, 0, 6.25, 12.5, 25, 100])
    n_trials = np.full(contrasts.size, 110)
    chance = 0.08 + 0.86 / (1 + np.exp(-(contrasts - 4) / 9))
    return np.stack([contrasts, n_trials, rng.binomial(n_trials, chance) / n_trials])


def _make_trials(rng: np.random.Generator) -> pd.DataFrame:
    left = rng.random(N_EVENTS) < 0.5
    contrast = rng.choice([0, 0.0625, 0.125, 0.25, 1.0], N_EVENTS)
    blocks = np.where(np.arange(N_EVENTS) // 50 % 2 == 0, 0.2, 0.8)
    blocks[:90] = 0.5
    return pd.DataFrame(
        {
            "contrastLeft": np.where(left, contrast, np.nan),
            "contrastRight": np.where(left, np.nan, contrast),
            "choice": np.where(rng.random(N_EVENTS) < 0.8, np.where(left, 1, -1), np.where(left, -1, 1)),
            "probabilityLeft": blocks,
            "stimOn_times": np.arange(N_EVENTS) * 3.0,
            "response_times": np.arange(N_EVENTS) * 3.0 + 0.5,
            "feedbackType": rng.choice([-1, 1], N_EVENTS),
        }
    )
