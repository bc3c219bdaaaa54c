"""Values of columns: clocks that run forward, intervals that end after they start, rows that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alf.validation.finding import Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from bregma.alf.validation.column import Column

UNIX_SECONDS = 1e8
"""Times of a session are hours at most: larger ones count from 1970, or are no seconds."""


def check_values(column: Column) -> Iterator[Finding]:
    """Check what the name of an attribute promises."""
    name = column.attribute
    if column.values.dtype.kind not in "fiu" and _kind(name):
        yield error(
            column.file, f"{name} holds {column.values.dtype}, not numbers", "save times in seconds, as float64"
        )
    elif name == "timestamps":
        yield from _check_timestamps(column)
    elif _kind(name) == "intervals":
        yield from _check_intervals(column)
    elif _kind(name) == "times":
        yield from _check_times(column)


def check_reference(column: Column, rows: Mapping[str, int]) -> Iterator[Finding]:
    """Check an attribute that is named as another object: it holds row numbers of that one."""
    import numpy as np

    thing = column.attribute
    if thing not in rows or thing == column.parts.object or not column.rows:
        return
    values = np.asarray(column.values)
    if values.dtype.kind not in "fiu" or not np.array_equal(values, np.round(values)):
        what = f"{thing} are no whole numbers, but name the rows of object {thing!r}"
        yield error(column.file, what, "save row numbers from 0, or rename the attribute")
        return
    low, high = int(values.min()), int(values.max())
    if low < 0 or high >= rows[thing]:
        what = f"{thing} run from {low} to {high}, but object {thing!r} has rows 0 to {rows[thing] - 1}"
        yield error(column.file, what, "count rows from 0, and save both objects together")


def _kind(name: str) -> str:
    """Tell whether an attribute holds times, intervals or timestamps, by its name."""
    last = name.rpartition("_")[2]
    return last if last in {"times", "intervals", "timestamps"} else ""


def _check_times(column: Column) -> Iterator[Finding]:
    import numpy as np

    values, own = np.asarray(column.values), column.attribute == "times"
    if values.ndim > 1 and values.shape[1:] != (1,):
        yield error(column.file, f"{column.attribute} have shape {values.shape}", "save one time per row")
        return
    if bad := int(np.sum(~np.isfinite(values) if own else np.isinf(values))):
        advice = "leave those rows out" if own else "write NaN where there was no such event"
        yield error(column.file, f"{bad} of {len(values)} {column.attribute} are not finite", advice)
    elif own and (back := _steps_back(values)):
        what = f"times go back {back} times, first after row {_first_step_back(values)}"
        yield error(column.file, what, "sort all attributes of the object by time")
    yield from _check_clock(column, values)


def _check_clock(column: Column, values: np.ndarray) -> Iterator[Finding]:
    """Doubt times that can hardly be seconds of the session's clock, unless the name tells another."""
    import numpy as np

    if column.parts.timescale or not values.size:
        return
    advice = "convert them to seconds on the session's clock, or name theirs: times_clock"
    if (np.isfinite(values) & (values > UNIX_SECONDS)).any():
        yield warning(column.file, f"{column.attribute} are too large for seconds of a session", advice)
    elif values.dtype.kind in "iu" and len(values) > 1:
        yield warning(column.file, f"{column.attribute} are whole numbers, as samples are", advice)


def _check_intervals(column: Column) -> Iterator[Finding]:
    import numpy as np

    values = np.asarray(column.values)
    if values.ndim != 2 or values.shape[1] != 2:
        yield error(column.file, f"{column.attribute} have shape {values.shape}", "save two columns, start and end")
    elif bad := int(np.sum(values[:, 1] < values[:, 0])):
        first = int(np.flatnonzero(values[:, 1] < values[:, 0])[0])
        what = f"{bad} of {len(values)} {column.attribute} end before they start, first in row {first}"
        yield error(column.file, what, "put the start in the first column and the end in the second")
    else:
        yield from _check_clock(column, values)


def _check_timestamps(column: Column) -> Iterator[Finding]:
    import numpy as np

    values = np.asarray(column.values)
    if values.ndim > 2 or (values.ndim == 2 and values.shape[1] > 2):
        advice = "save one time per row, or rows of a sample number and its time"
        yield error(column.file, f"timestamps have shape {values.shape}", advice)
    elif not np.isfinite(values).all():
        yield error(column.file, "timestamps are not all finite", "leave out what has no time, or interpolate")
    elif any(_steps_back(one) for one in (values.T if values.ndim == 2 else [values])):
        yield error(column.file, "timestamps go back", "sort them; samples and their times both grow")
    else:
        yield from _check_clock(column, values[:, -1] if values.ndim == 2 else values)


def _steps_back(values: np.ndarray) -> int:
    import numpy as np

    flat = values.reshape(-1)
    return int(np.sum(flat[1:] < flat[:-1]))


def _first_step_back(values: np.ndarray) -> int:
    import numpy as np

    flat = values.reshape(-1)
    return int(np.flatnonzero(flat[1:] < flat[:-1])[0])
