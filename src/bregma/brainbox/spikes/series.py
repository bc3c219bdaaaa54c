"""Several time series, each sampled at times of its own, on one grid. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, as_floats, check_positive
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike


class Between(StrEnum):
    """The value between two samples: that of the last one, of the nearest one, on the line, or on a cubic spline."""

    PREVIOUS = "previous"
    NEAREST = "nearest"
    LINEAR = "linear"
    CUBIC = "cubic"


@dataclass(frozen=True)
class SyncedSeries(Labelled):
    """Series on one grid.

    ``values`` (n_times, n_columns): the columns of all series in the order given, NaN before the first and after the
    last sample of each. ``times`` (n_times,) s.
    """

    times: Floats = axis("time", unit="s")
    values: Floats = values("time", "column")


def sync_series(
    series: Sequence[tuple[ArrayLike, ArrayLike]],
    step: float,
    *,
    between: Between | str = Between.PREVIOUS,
    offsets: ArrayLike | None = None,
    extrapolate: bool = False,
) -> SyncedSeries:
    """Resample several time series on one evenly spaced grid.

    Parameters
    ----------
    series : sequence of (times, values)
        Times (n,) in seconds, in any order, finite and each once; values (n,) or (n, n_columns), which may be NaN.
    step
        Seconds from one time of the grid to the next. The grid starts at the earliest time of all series and ends
        before the latest.
    between
        The value between two samples.
    offsets : (n_series,) array, optional
        Seconds added to the times of each series.
    extrapolate
        Hold the outer values, or continue the outer lines and curves, beyond each series, and let the grid reach the
        latest time. By default NaN.

    Raises
    ------
    InvalidInput
        If there are no series, one is empty, lengths differ, times repeat or are not finite, or the step is not
        above zero; for cubic splines, if there are fewer than four samples or one is NaN.
    """
    check_positive("step", step)
    if not series:
        raise InvalidInput("series is empty; give at least one (times, values)")
    shifts = np.zeros(len(series)) if offsets is None else as_floats("offsets", offsets)
    if shifts.size != len(series):
        raise InvalidInput(f"offsets has {shifts.size} values for {len(series)} series; give one of each")
    read = [_read_series(number, times, content) for number, (times, content) in enumerate(series)]
    moved = [(times + shift, content) for (times, content), shift in zip(read, shifts, strict=True)]
    grid = _make_grid([times for times, _ in moved], step, extrapolate=extrapolate)
    rule = _RULES[_read_between(between)]
    columns = [_resample(grid, times, content, rule, extrapolate=extrapolate) for times, content in moved]
    return SyncedSeries(grid, np.concatenate(columns, axis=1))


def _read_between(between: Between | str) -> Between:
    try:
        return Between(between)
    except ValueError:
        raise InvalidInput(f"between is {between!r}; give one of {', '.join(Between)}") from None


def _read_series(number: int, times: ArrayLike, content: ArrayLike) -> tuple[Floats, Floats]:
    """Return ascending times (n,) and values (n, n_columns)."""
    when, what = as_floats("times", times), np.asarray(content, dtype=np.float64)
    if when.size == 0 or what.ndim not in (1, 2) or len(what) != when.size:
        raise InvalidInput(f"series {number} has {when.size} times and values of shape {what.shape}; give one per time")
    order = np.argsort(when, kind="stable")
    when = when[order]
    if not (np.isfinite(when).all() and (np.diff(when) > 0).all()):
        raise InvalidInput(f"times of series {number} repeat or are not finite; leave those samples out")
    return when, what.reshape(when.size, -1)[order]


def _make_grid(times: Sequence[Floats], step: float, *, extrapolate: bool) -> Floats:
    first, last = min(each[0] for each in times), max(each[-1] for each in times)
    number = (last - first) / step
    n_steps = int(np.floor(number + 1e-9)) + 1 if extrapolate else max(int(np.ceil(number - 1e-9)), 1)
    if extrapolate and number - (n_steps - 1) > 1e-9:
        n_steps += 1
    return np.asarray(first + np.arange(n_steps) * step, dtype=np.float64)


def _resample(
    grid: Floats,
    times: Floats,
    content: Floats,
    rule: Callable[[Floats, Floats, Floats], Floats],
    *,
    extrapolate: bool,
) -> Floats:
    found = rule(grid, times, content)
    if extrapolate:
        return found
    inside = (grid >= times[0]) & (grid <= times[-1])
    return np.where(inside[:, None], found, np.nan)


def _take_previous(grid: Floats, times: Floats, content: Floats) -> Floats:
    place = np.searchsorted(times, grid, side="right") - 1
    return content[np.maximum(place, 0)]


def _take_nearest(grid: Floats, times: Floats, content: Floats) -> Floats:
    """Of two samples as near, the earlier."""
    return content[np.searchsorted((times[1:] + times[:-1]) / 2, grid)]


def _draw_line(grid: Floats, times: Floats, content: Floats) -> Floats:
    if times.size == 1:
        return np.broadcast_to(content, (grid.size, content.shape[1]))
    left = np.clip(np.searchsorted(times, grid, side="right") - 1, 0, times.size - 2)
    share = ((grid - times[left]) / (times[left + 1] - times[left]))[:, None]
    # At a sample itself, a neighbour that is NaN has no say.
    line = content[left] + share * (content[left + 1] - content[left])
    return np.where(share == 0, content[left], np.where(share == 1, content[left + 1], line))


def _draw_curve(grid: Floats, times: Floats, content: Floats) -> Floats:
    """Read the spline whose third derivative is continuous at the second and the last but one sample too."""
    from scipy.interpolate import make_interp_spline

    if times.size < 4 or not np.isfinite(content).all():
        raise InvalidInput(f"a series of {times.size} samples has too few for a cubic spline, or some that are NaN")
    return np.asarray(make_interp_spline(times, content, k=3)(grid), dtype=np.float64)


_RULES = {
    Between.PREVIOUS: _take_previous,
    Between.NEAREST: _take_nearest,
    Between.LINEAR: _draw_line,
    Between.CUBIC: _draw_curve,
}
