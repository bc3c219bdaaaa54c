"""To and from pynapple: units as a TsGroup, trials as an IntervalSet, traces as a Tsd or TsdFrame.

Pynapple keeps times in seconds, to the nanosecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, Window, as_floats, check_window
from bregma.brainbox.exchange.sorting import SortedSpikes, read_sorted_spikes
from bregma.later import need_package

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pynapple
    from numpy.typing import ArrayLike, NDArray

MADE_HERE = "rate"
"""Column that pynapple adds to every group."""
MICROSECOND = 1e-6


def spikes_to_pynapple(
    spikes: SortedSpikes, *, values: str | None = None, time_support: Window | None = None
) -> pynapple.TsGroup:
    """Make a group with one time series per unit, and the table of units as its metadata.

    Parameters
    ----------
    spikes : SortedSpikes
    values : 'amps' or 'depths', optional
        What to carry with the spikes: each unit is then a ``Tsd``, else a ``Ts``.
    time_support : (start, stop), optional
        When there was a recording, in seconds; rates are spikes per second of it. By default from the first spike to
        the last one.

    Returns
    -------
    pynapple.TsGroup
        In ascending order of cluster ids.

    Raises
    ------
    PackageMissing
        If pynapple is not installed.
    InvalidInput
        If spikes lie outside the time support, there is none and no spike to take it from, or the table of units has
        a column ``rate``, which is pynapple's own.
    """
    need_package("pynapple", "exchange")
    import pynapple

    if MADE_HERE in spikes.units:
        raise InvalidInput("units have a column 'rate', which pynapple computes itself; rename it, such as 'rate_hz'")
    support = pynapple.IntervalSet(*_time_support(spikes.times, time_support))
    carried = None if values is None else spikes.named(values)
    order, series = np.argsort(spikes.cluster_ids), {}
    for cluster_id in spikes.cluster_ids[order].tolist():
        times = spikes.of_unit(cluster_id, spikes.times)
        if carried is None:
            series[cluster_id] = pynapple.Ts(times, time_support=support)
        else:
            series[cluster_id] = pynapple.Tsd(times, d=spikes.of_unit(cluster_id, carried), time_support=support)
    table = {name: column[order] for name, column in spikes.units.items()}
    return pynapple.TsGroup(series, time_support=support, metadata=table or None)


def spikes_from_pynapple(
    group: pynapple.TsGroup, *, amps: pynapple.TsGroup | None = None, depths: pynapple.TsGroup | None = None
) -> SortedSpikes:
    """Read sorted spikes from a group; its metadata, but for the rate, become the table of units.

    Parameters
    ----------
    group : pynapple.TsGroup
    amps, depths : pynapple.TsGroup, optional
        The same units as ``Tsd``, as `spikes_to_pynapple` makes with ``values``.

    Raises
    ------
    InvalidInput
        If amps or depths are not of the same units and spikes.
    """
    ids = np.array([int(key) for key in group.keys()], dtype=np.int64)  # noqa: SIM118 - iterates over series otherwise
    counts = [len(group[key]) for key in ids.tolist()]
    columns = [name for name in group.metadata_columns if name != MADE_HERE]
    return read_sorted_spikes(
        _join([group[key].t for key in ids.tolist()]),
        np.repeat(ids, counts),
        amps=None if amps is None else _read_carried("amps", amps, ids.tolist(), counts),
        depths=None if depths is None else _read_carried("depths", depths, ids.tolist(), counts),
        cluster_ids=ids,
        units={name: np.asarray(group.get_info(name)) for name in columns},
    )


def trials_to_pynapple(trials: Mapping[str, Any]) -> pynapple.IntervalSet:
    """Make the intervals of trials, with everything else said of them as metadata.

    Parameters
    ----------
    trials : mapping or DataFrame
        ``intervals`` (n_trials, 2), or ``intervals_0`` and ``intervals_1``, in seconds; all else one value per trial.

    Returns
    -------
    pynapple.IntervalSet
        A trial that ends as the next one begins ends a microsecond before, as pynapple wants it.

    Raises
    ------
    PackageMissing
        If pynapple is not installed.
    InvalidInput
        If there are no intervals, one is NaN, empty or overlaps another (pynapple would drop or join it), or a column
        has not one value per trial.
    """
    need_package("pynapple", "exchange")
    import pynapple

    columns = {str(name): np.asarray(column) for name, column in dict(trials).items()}
    intervals = _take_intervals(columns)
    for name, column in columns.items():
        if column.shape != (len(intervals),):
            raise InvalidInput(f"{name} has shape {column.shape}; give one value for each of {len(intervals)} trials")
    starts, stops = intervals[:, 0], intervals[:, 1].copy()
    stops[:-1] -= np.where(stops[:-1] == starts[1:], MICROSECOND, 0)
    return pynapple.IntervalSet(starts, stops, metadata=columns or None)


def trials_from_pynapple(intervals: pynapple.IntervalSet) -> dict[str, NDArray[Any]]:
    """Return ``intervals`` (n_trials, 2) in seconds, and each column of the metadata."""
    columns = {name: np.asarray(intervals.get_info(name)) for name in intervals.metadata_columns}
    return {"intervals": np.asarray(intervals.values, np.float64), **columns}


def series_to_pynapple(times: ArrayLike, values: ArrayLike) -> pynapple.Tsd | pynapple.TsdFrame:
    """Make a series: a ``Tsd`` of (n_samples,) values, a ``TsdFrame`` of (n_samples, n_columns).

    Raises
    ------
    PackageMissing
        If pynapple is not installed.
    InvalidInput
        If times are not ascending and finite (pynapple would sort them), or there is not one per sample.
    """
    need_package("pynapple", "exchange")
    import pynapple

    when, what = as_floats("times", times), np.asarray(values)
    if not np.isfinite(when).all() or (np.diff(when) < 0).any():
        raise InvalidInput("times are not ascending and finite; sort them, with their values, and drop NaN")
    if what.ndim not in (1, 2) or len(what) != len(when):
        raise InvalidInput(f"values have shape {what.shape}; give {len(when)} samples first, as many as times")
    return pynapple.Tsd(when, what) if what.ndim == 1 else pynapple.TsdFrame(when, what)


def series_from_pynapple(series: pynapple.Tsd | pynapple.TsdFrame) -> tuple[Floats, NDArray[Any]]:
    """Return the times (n_samples,) in seconds and the values (n_samples, ...) of a series."""
    return np.asarray(series.t, np.float64), np.asarray(series.values)


def _time_support(times: Floats, time_support: Window | None) -> Window:
    if time_support is None:
        if times.size == 0:
            raise InvalidInput("there are no spikes to take time_support from; give (start, stop) of the recording")
        return float(times[0]), float(max(times[-1], times[0] + MICROSECOND))
    check_window(time_support)
    start, stop = time_support
    outside = int(np.sum((times < start) | (times > stop)))
    if outside:
        raise InvalidInput(f"{outside} spikes are outside time_support {time_support}; give that of the recording")
    return time_support


def _take_intervals(columns: dict[str, NDArray[Any]]) -> Floats:
    """Take the intervals out of the columns, checked."""
    if "intervals" in columns:
        intervals = np.asarray(columns.pop("intervals"), np.float64)
    elif {"intervals_0", "intervals_1"} <= columns.keys():
        intervals = np.stack([np.asarray(columns.pop(f"intervals_{end}"), np.float64) for end in (0, 1)], axis=1)
    else:
        raise InvalidInput("trials have no intervals; give intervals (n_trials, 2), or intervals_0 and intervals_1")
    if intervals.ndim != 2 or intervals.shape[1] != 2:
        raise InvalidInput(f"intervals have shape {intervals.shape}; give (n_trials, 2)")
    wrong = np.flatnonzero(~(intervals[:, 0] < intervals[:, 1]))
    if wrong.size:
        raise InvalidInput(f"trial {wrong[0]} is from {intervals[wrong[0], 0]} to {intervals[wrong[0], 1]}; drop it")
    overlapping = np.flatnonzero(intervals[1:, 0] < intervals[:-1, 1])
    if overlapping.size:
        raise InvalidInput(f"trial {overlapping[0] + 1} begins before trial {overlapping[0]} ends; sort or cut them")
    return intervals


def _read_carried(name: str, group: pynapple.TsGroup, ids: list[int], counts: list[int]) -> NDArray[Any]:
    if [int(key) for key in group.keys()] != ids or [len(group[key]) for key in ids] != counts:  # noqa: SIM118
        raise InvalidInput(f"{name} are not of the same units and spikes as the group")
    return _join([group[key].values for key in ids])


def _join(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0), *arrays])
