"""Real recordings as arrays, for tests beside the reference; and spikes drawn at random."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from bregma.brainbox.arrays import Floats, Ints


class Recorded(NamedTuple):
    """Spikes in order: times s, clusters, amplitudes V and depths um; events s, and one of two groups for each."""

    times: Floats
    clusters: Ints
    amps: Floats
    depths: Floats
    events: Floats
    groups: Ints

    def keep(self, clusters: Ints, n_events: int) -> "Recorded":
        """Return the spikes of some units, and the first events."""
        used = np.isin(self.clusters, clusters)
        spikes = (values[used] for values in self[:4])
        return Recorded(*spikes, self.events[:n_events], self.groups[:n_events])


def load_two_minutes(folder: Path) -> Recorded:
    """Load 289 units of the reference's own test, without amplitudes or depths."""
    times, clusters = (np.load(folder / "ibl_spikes_2min" / f"spikes.{name}.npy") for name in ("times", "clusters"))
    return _complete(times, clusters)


def load_kilosort(folder: Path) -> Recorded:
    """Load 403 units over 90 s, sorted by Kilosort 4. Its amplitudes have no unit; they are made like volts."""
    alf = folder / "ibl_kilosort4_ZFM-02370" / "alf" / "probe00"
    times, clusters, amps, depths = (np.load(alf / f"spikes.{n}.npy") for n in ("times", "clusters", "amps", "depths"))
    return _complete(times, clusters)._replace(amps=amps.astype(float) * 1e-5, depths=depths.astype(float))


def load_task(folder: Path) -> Recorded:
    """Load a session of Steinmetz et al.: its stimuli, and whether the mouse was right.

    Spikes are known to 10 ms; they are placed at random within.
    """
    alf = next((folder / "steinmetz2019_18sessions" / "alf").glob("Cori/*/001/alf"))
    times, clusters, events, feedback = (
        np.load(alf / f"{name}.npy").ravel()
        for name in ("spikes.times", "spikes.clusters", "trials.stimOn_times", "trials.feedbackType")
    )
    times = times + np.random.default_rng(0).uniform(0, 0.01, times.size)
    order = np.argsort(times)
    return _complete(times[order], clusters[order])._replace(events=events, groups=(feedback > 0).astype(int))


def draw(rng: np.random.Generator | int = 5, n_units: int = 30, n_spikes: int = 30_000) -> Recorded:
    """Draw spikes at random in 100 s; ids of units have gaps."""
    rng = np.random.default_rng(rng)
    return _complete(np.sort(rng.uniform(0, 100, n_spikes)), rng.integers(0, n_units, n_spikes) * 3)


def load_days(folder: Path) -> dict[str, pd.DataFrame]:
    """Load the trials of eleven days of one mouse, by date."""
    trials = pd.read_parquet(folder / "ibl_training_11sessions" / "trials.pqt")
    return {day: group.reset_index(drop=True) for day, group in trials.groupby("date")}


def _complete(times: Floats, clusters: Ints) -> Recorded:
    """Draw what is not recorded."""
    rng = np.random.default_rng(5)
    amps, depths = rng.lognormal(np.log(1e-4), 0.3, times.size), rng.uniform(0, 3800, times.size)
    events = np.sort(rng.uniform(2, times[-1] - 3, 40))
    return Recorded(
        np.asarray(times, dtype=np.float64),
        np.asarray(clusters, dtype=np.int64),
        amps,
        depths,
        events,
        rng.permutation(40) % 2,
    )
