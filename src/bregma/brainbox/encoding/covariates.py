"""What a model may explain spikes by: events, periods, signals, values of trials, earlier spikes. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_floats, check_ascending, check_same_length
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.encoding.bases import Basis

CLOSE = 1e-6
"""Part of a bin by which rounding may move a time."""


@dataclass(frozen=True)
class Rows:
    """The rows of a design matrix: the bins of each trial, one trial after another.

    ``starts``, ``stops`` (n_trials,) s, NaN for trials without rows; no trial overlaps another. ``first``
    (n_trials + 1,) is the first row of each trial, and how many in all.
    """

    starts: Floats
    stops: Floats
    first: Ints
    bin_size: float

    @property
    def n_rows(self) -> int:
        """How many bins in all."""
        return int(self.first[-1])

    @property
    def n_bins(self) -> Ints:
        """Bins of each trial."""
        return np.diff(self.first)

    @property
    def trial(self) -> Ints:
        """The trial of each row."""
        return np.repeat(np.arange(self.starts.size), self.n_bins)

    @property
    def place(self) -> Ints:
        """The bin within its trial of each row."""
        return np.arange(self.n_rows) - np.repeat(self.first[:-1], self.n_bins)

    @property
    def times(self) -> Floats:
        """The centre of each bin."""
        return np.repeat(self.starts, self.n_bins) + (self.place + 0.5) * self.bin_size

    def find_trials(self, times: Floats) -> Ints:
        """Return the trial that each time is in (its stop included), -1 for none."""
        order = np.argsort(self.starts, kind="stable")
        place = np.searchsorted(self.starts[order], times, side="right") - 1
        trial = order[np.maximum(place, 0)]
        return np.where((place >= 0) & (times <= self.stops[trial]), trial, -1)


class Covariate(Protocol):
    """Anything that fills columns of a design matrix."""

    @property
    def name(self) -> str:
        """What its columns are called."""

    @property
    def basis(self) -> Basis | None:
        """Functions of time that its columns stand for; None for one column."""

    def fill(self, rows: Rows) -> Floats:
        """Return its columns (n_rows, n_columns)."""


@dataclass(frozen=True)
class EventKernel(Concise):
    """A response to an event, spread over time by a basis.

    Parameters
    ----------
    name
        Of the covariate.
    times : (n_events,) array
        Seconds, in any order, any number in a trial. NaN events, and those outside of all trials, are left out.
    basis
        The lag 0 of its functions is the first bin that starts at or after the event, so that a kernel of positive
        lags never precedes it. A kernel ends with its trial.
    values : (n_events,) array, optional
        Height of each event, such as a contrast; NaN leaves it out. By default 1.
    """

    name: str
    times: ArrayLike
    basis: Basis
    values: ArrayLike | None = None

    def fill(self, rows: Rows) -> Floats:
        """Return its columns."""
        times = as_floats("times", self.times)
        heights = _read_heights(self.values, times)
        trial = rows.find_trials(times)
        used = (trial >= 0) & np.isfinite(heights)
        trial, heights = trial[used], heights[used]
        place = np.ceil((times[used] - rows.starts[trial]) / rows.bin_size - CLOSE).astype(np.int64)
        return convolve(trial, place, heights, self.basis, rows)


@dataclass(frozen=True)
class Boxcar(Concise):
    """A period of constant height.

    Parameters
    ----------
    name
        Of the covariate.
    starts, stops : (n_periods,) arrays
        Seconds. A period with a NaN is left out; one across several trials counts in each.
    values : (n_periods,) array, optional
        Height of each period; NaN leaves it out. By default 1.
    published
        By default each bin holds the part of it that the period covers. True: whole bins, from the first that starts
        at or after `starts` to the first that starts at or after `stops`, both included; only in the trial that the
        period starts in (as in the package neurencoding).
    """

    name: str
    starts: ArrayLike
    stops: ArrayLike
    values: ArrayLike | None = None
    published: bool = False

    basis = None

    def fill(self, rows: Rows) -> Floats:
        """Return its column."""
        starts, stops = as_floats("starts", self.starts), as_floats("stops", self.stops)
        check_same_length(starts=starts, stops=stops)
        heights = _read_heights(self.values, starts)
        used = np.isfinite(starts) & np.isfinite(stops) & np.isfinite(heights)
        if (stops[used] < starts[used]).any():
            raise InvalidInput(f"a period of {self.name!r} stops before it starts; exchange starts and stops")
        cover = _cover_whole if self.published else _cover_part
        column = np.zeros(rows.n_rows)
        for start, stop, height in zip(starts[used], stops[used], heights[used], strict=True):
            cover(column, start, stop, height, rows)
        return column[:, None]


@dataclass(frozen=True)
class Signal(Concise):
    """A variable that changes all the time, such as the speed of the wheel.

    Parameters
    ----------
    name
        Of the covariate.
    times, values : (n_samples,) arrays
        Seconds, ascending, and samples; NaN samples are left out. A bin gets the mean of its samples, one without
        samples the value interpolated at its centre.
    basis
        None: one column. A basis spreads the signal over lags, within each trial.
    """

    name: str
    times: ArrayLike
    values: ArrayLike
    basis: Basis | None = None

    def fill(self, rows: Rows) -> Floats:
        """Return its columns."""
        column = self._average(rows)
        if self.basis is None:
            return column[:, None]
        return convolve(rows.trial, rows.place, column, self.basis, rows)

    def _average(self, rows: Rows) -> Floats:
        times, samples = as_floats("times", self.times), as_floats("values", self.values)
        check_same_length(times=times, values=samples)
        known = np.isfinite(times) & np.isfinite(samples)
        times, samples = times[known], samples[known]
        check_ascending(f"times of {self.name!r}", times, repeats=True)
        centres = rows.times
        half = rows.bin_size / 2
        if centres.size and (not times.size or times[0] > centres.min() + half or times[-1] < centres.max() - half):
            raise InvalidInput(f"samples of {self.name!r} do not cover all trials; leave out the trials beyond them")
        total = np.concatenate([[0.0], np.cumsum(samples)])
        first, last = (np.searchsorted(times, centres + side - CLOSE * rows.bin_size) for side in (-half, half))
        number = last - first
        mean = (total[last] - total[first]) / np.maximum(number, 1)
        return np.where(number > 0, mean, np.interp(centres, times, samples))


@dataclass(frozen=True)
class TrialValue(Concise):
    """One value in all bins of a trial, such as the prior of its block.

    Parameters
    ----------
    name
        Of the covariate.
    values : (n_trials,) array
        In the order of the trials; NaN is refused.
    """

    name: str
    values: ArrayLike

    basis = None

    def fill(self, rows: Rows) -> Floats:
        """Return its column."""
        heights = as_floats("values", self.values)
        check_same_length(trials=rows.starts, values=heights)
        if not np.isfinite(heights[rows.n_bins > 0]).all():
            raise InvalidInput(f"values of {self.name!r} have a NaN; leave these trials out")
        return heights[rows.trial][:, None]


@dataclass(frozen=True)
class SpikeHistory(Concise):
    """Earlier spikes, of the unit that is explained or of another; those before a trial's start included.

    Parameters
    ----------
    name
        Of the covariate.
    times : (n_spikes,) array
        Seconds, in any order; NaN are left out.
    basis
        Its window starts one bin or more after the spike: a spike must not explain itself.
    """

    name: str
    times: ArrayLike
    basis: Basis

    def fill(self, rows: Rows) -> Floats:
        """Return its columns."""
        if self.basis.first < 1:
            raise InvalidInput(f"the basis of {self.name!r} has lag 0; start its window one bin after the spike")
        times = as_floats("times", self.times)
        times = np.sort(times[np.isfinite(times)])
        reach = (self.basis.first + len(self.basis.lags)) * rows.bin_size
        first = np.searchsorted(times, rows.starts - reach)
        number = np.searchsorted(times, rows.stops) - first
        trial = np.repeat(np.arange(rows.starts.size), number)
        spike = np.arange(number.sum()) + np.repeat(first - np.cumsum(number) + number, number)
        place = np.floor((times[spike] - rows.starts[trial]) / rows.bin_size + CLOSE).astype(np.int64)
        return convolve(trial, place, np.ones(spike.size), self.basis, rows)


def convolve(trial: Ints, place: Ints, heights: Floats, basis: Basis, rows: Rows) -> Floats:
    """Add the basis, times its height, at each bin `place` of a trial; what reaches out of the trial is cut off."""
    if abs(basis.bin_size - rows.bin_size) > CLOSE * rows.bin_size:
        raise InvalidInput(f"the basis has bins of {basis.bin_size:g} s, the design of {rows.bin_size:g} s; use one")
    columns = np.zeros((rows.n_rows, basis.n_bases))
    for lag, weights in enumerate(basis.functions):
        at = place + basis.first + lag
        inside = (at >= 0) & (at < rows.n_bins[trial])
        row = (rows.first[:-1][trial] + at)[inside]
        # Two events may share a bin: their heights are added up first.
        impulse = np.bincount(row, weights=heights[inside], minlength=rows.n_rows)
        hit = np.flatnonzero(impulse)
        columns[hit] += impulse[hit, None] * weights
    return columns


def _read_heights(values: ArrayLike | None, times: Floats) -> Floats:
    if values is None:
        return np.ones(times.size)
    heights = as_floats("values", values)
    check_same_length(times=times, values=heights)
    return heights


def _cover_part(column: Floats, start: float, stop: float, height: float, rows: Rows) -> None:
    """Add the height, times the part of each bin that the period covers."""
    for trial in np.flatnonzero((rows.starts < stop) & (rows.stops > start)):
        edges = rows.starts[trial] + np.arange(rows.n_bins[trial] + 1) * rows.bin_size
        covered = np.minimum(edges[1:], stop) - np.maximum(edges[:-1], start)
        column[rows.first[trial] : rows.first[trial + 1]] += height * np.maximum(covered, 0) / rows.bin_size


def _cover_whole(column: Floats, start: float, stop: float, height: float, rows: Rows) -> None:
    trial = int(rows.find_trials(np.array([start]))[0])
    if trial < 0:
        return
    begin, end = (int(np.ceil((time - rows.starts[trial]) / rows.bin_size - CLOSE)) for time in (start, stop))
    first, following = rows.first[trial], rows.first[trial + 1]
    column[min(first + begin, following) : min(first + end + 1, following)] += height
