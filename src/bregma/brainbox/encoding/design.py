"""Design matrices: what happened in each bin of each trial, in named columns. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_intervals, check_positive
from bregma.brainbox.encoding.bases import Basis, round_up
from bregma.brainbox.encoding.covariates import CLOSE, Covariate, Rows
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.trains import read_spikes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, DTypeLike, NDArray

MAX_CONDITION = 1e8


@dataclass(frozen=True)
class DesignMatrix(Labelled):
    """Covariates in bins of time, trial after trial.

    ``matrix`` (n_rows, n_columns); ``times`` (n_rows,) the centre of each bin, s; ``trial`` (n_rows,) the place of its
    trial among those given; ``columns`` (n_columns,) names such as ``stimulus_2``, ``covariate`` (n_columns,) the name
    of the covariate that each belongs to. ``np.asarray`` gives the matrix, so that estimators take it as it is.
    """

    rows: Rows
    bases: dict[str, Basis | None]
    times: Floats = axis("time", unit="s")
    columns: NDArray[np.str_] = axis("column")
    matrix: Floats = values("time", "column")
    trial: Ints = values("time")
    covariate: NDArray[np.str_] = values("column")

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Floats:
        """Return the matrix."""
        return np.array(self.matrix, dtype=dtype, copy=copy)

    @property
    def names(self) -> list[str]:
        """The covariates, in the order of their columns."""
        return list(self.bases)

    def find_columns(self, name: str) -> Ints:
        """Return the columns of a covariate.

        Raises
        ------
        InvalidInput
            If there is none of that name.
        """
        if name not in self.bases:
            raise InvalidInput(f"no covariate {name!r} in the design; it has {', '.join(self.names)}")
        return np.flatnonzero(self.covariate == name)

    def select(self, names: Sequence[str]) -> DesignMatrix:
        """Return the design of some covariates only, in the order asked."""
        at = np.concatenate([np.zeros(0, dtype=np.int64), *(self.find_columns(name) for name in names)])
        return replace(
            self,
            columns=self.columns[at],
            matrix=self.matrix[:, at],
            covariate=self.covariate[at],
            bases={name: self.bases[name] for name in names},
        )

    @cached_property
    def condition(self) -> float:
        """Ratio of the largest to the smallest singular value of the matrix; infinite where columns depend."""
        spectrum = np.sqrt(np.maximum(np.linalg.eigvalsh(self.matrix.T @ self.matrix), 0))
        if not spectrum.size:
            return 1.0
        return float(spectrum[-1] / spectrum[0]) if spectrum[0] > spectrum[-1] * CLOSE**1.25 else float("inf")

    def check(self, max_condition: float = MAX_CONDITION) -> None:
        """Check that the columns are independent enough for their weights to have a meaning.

        Columns are compared at equal length, so that units do not matter.

        Raises
        ------
        InvalidInput
            If not; names the columns that nearly depend on each other, or are zero.
        """
        lengths = np.linalg.norm(self.matrix, axis=0)
        if (lengths == 0).any():
            raise InvalidInput(f"columns are zero in all rows: {', '.join(self.columns[lengths == 0])}; leave them out")
        scaled = self.matrix / lengths
        powers, directions = np.linalg.eigh(scaled.T @ scaled)
        if (powers.size and powers[0] * max_condition**2 < powers[-1]) or (powers.size and powers[0] < 1e-13):
            share = np.abs(directions[:, 0])
            listed = ", ".join(self.columns[share > 0.1 * share.max()])
            raise InvalidInput(f"columns depend on each other: {listed}; leave one out, or fit with alpha above zero")


@dataclass(frozen=True)
class TrialCounts(Labelled):
    """Spikes of each unit in each row of a design.

    ``counts`` (n_rows, n_units); column i is unit ``cluster_ids[i]``. ``np.asarray`` gives the counts.
    """

    times: Floats = axis("time", unit="s")
    cluster_ids: Ints = axis("cluster")
    counts: Floats = values("time", "cluster", unit="spikes")
    trial: Ints = values("time")

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Floats:
        """Return the counts."""
        return np.array(self.counts, dtype=dtype, copy=copy)


def build_design(intervals: ArrayLike, covariates: Sequence[Covariate], *, bin_size: float = 0.02) -> DesignMatrix:
    """Build the design matrix of trials from what happened in them.

    Parameters
    ----------
    intervals : (n_trials, 2) array
        Start and stop of each trial, s. Trials with a NaN have no rows. The last bin may reach past the stop.
    covariates
        `EventKernel`, `Boxcar`, `Signal`, `TrialValue`, `SpikeHistory`: each fills one or more columns.
    bin_size
        Seconds.

    Returns
    -------
    DesignMatrix
        Without a column for the mean rate: the models fit it by themselves.

    Raises
    ------
    InvalidInput
        If a trial is empty or overlaps another, two covariates share a name, or a covariate does not fit the trials.

    Notes
    -----
    Park, Meister, Huk & Pillow (2014), Nature Neuroscience 17:1395.
    """
    rows = _make_rows(intervals, bin_size)
    names = [covariate.name for covariate in covariates]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"two covariates are called {twice[0]!r}; give each a name of its own")
    filled = [covariate.fill(rows) for covariate in covariates]
    return DesignMatrix(
        times=rows.times,
        columns=np.array([column for name, part in zip(names, filled, strict=True) for column in _label(name, part)]),
        matrix=np.hstack([np.zeros((rows.n_rows, 0)), *filled]),
        trial=rows.trial,
        covariate=np.repeat(np.array(names, dtype=np.str_), [part.shape[1] for part in filled]),
        rows=rows,
        bases={covariate.name: covariate.basis for covariate in covariates},
    )


def count_in_trials(
    design: DesignMatrix, spike_times: ArrayLike, spike_clusters: ArrayLike, cluster_ids: ArrayLike | None = None
) -> TrialCounts:
    """Count the spikes of each unit in each row of a design.

    Parameters
    ----------
    design
        Its trials and bins.
    spike_times, spike_clusters : (n_spikes,) arrays
        Seconds and cluster of each spike, in any order; NaN times are left out, and spikes after a trial's stop.
    cluster_ids : (n_units,) array, optional
        Units to count, in this order. By default all that occur.

    Raises
    ------
    InvalidInput
        If lengths differ or a unit is asked for twice.
    """
    trains, rows = read_spikes(spike_times, spike_clusters, cluster_ids), design.rows
    trial = rows.find_trials(trains.times)
    used = (trial >= 0) & (trains.rows >= 0)
    trial, unit = trial[used], trains.rows[used]
    place = np.floor((trains.times[used] - rows.starts[trial]) / rows.bin_size + CLOSE).astype(np.int64)
    row = rows.first[:-1][trial] + np.minimum(place, rows.n_bins[trial] - 1)
    counts = np.bincount(row * trains.n_units + unit, minlength=rows.n_rows * trains.n_units)
    return TrialCounts(
        design.times, trains.cluster_ids, counts.reshape(rows.n_rows, trains.n_units).astype(np.float64), design.trial
    )


def _make_rows(intervals: ArrayLike, bin_size: float) -> Rows:
    check_positive("bin_size", bin_size)
    table = as_intervals("intervals", intervals)
    if not len(table):
        raise InvalidInput("intervals has no trials; give a start and a stop of each")
    known = np.isfinite(table).all(axis=1)
    starts, stops = np.where(known, table.T, np.nan)
    empty = np.flatnonzero(stops == starts)
    if empty.size:
        raise InvalidInput(f"intervals {empty[0]} has no length; leave out such trials")
    order = np.argsort(starts[known])
    if (starts[known][order][1:] < stops[known][order][:-1]).any():
        raise InvalidInput("trials overlap: a spike would count twice; shorten their intervals")
    n_bins = [round_up(length / bin_size) if np.isfinite(length) else 0 for length in stops - starts]
    return Rows(starts, stops, np.concatenate([[0], np.cumsum(n_bins)]).astype(np.int64), bin_size)


def _label(name: str, part: Floats) -> list[str]:
    n_columns = part.shape[1]
    return [name] if n_columns == 1 else [f"{name}_{column}" for column in range(n_columns)]
