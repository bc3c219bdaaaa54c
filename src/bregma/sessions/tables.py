"""Objects as tables: rows of one length, and what does not fit them named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bregma.sessions.errors import InconsistentData


@dataclass(frozen=True)
class Assembled:
    """A table of the attributes that have as many rows as most, and why the others were left out."""

    table: pd.DataFrame
    left_out: dict[str, str]


def assemble(bunch: Mapping[str, Any]) -> Assembled:
    """Make one table of an object whose files may differ in length, as those of several revisions do.

    Parameters
    ----------
    bunch
        Arrays by attribute; of two dimensions one column each (``intervals_0``).

    Returns
    -------
    Assembled
        The attributes of the length that most have (the longest of those equally frequent), times in 64 bits; and
        for each other its own length and that of the table.
    """
    columns = as_columns(bunch)
    lengths, counts = np.unique([len(values) for values in columns.values()], return_counts=True)
    n_rows = int(lengths[counts == counts.max()].max()) if lengths.size else 0
    left_out = {
        name: f"{len(values)} rows where the others have {n_rows}"
        for name, values in columns.items()
        if len(values) != n_rows
    }
    kept = {name: as_precise(name, values) for name, values in columns.items() if name not in left_out}
    return Assembled(pd.DataFrame(kept), left_out)


def as_precise(name: str, values: Any) -> Any:
    """Return times in 64 bits: 32 bits would make them jitter after an hour; other attributes as they are."""
    is_time = name in ("times", "timestamps") or name.endswith("_times") or name.startswith("intervals")
    return np.asarray(values, dtype=np.float64) if is_time else values


def match_times(name: str, times: Any, n_frames: int) -> np.ndarray:
    """Return the time of each frame that a camera's data have.

    Times longer than the data lose their first ones: the first frames of a video were not always written, while all
    were timed. The last of both belong together.

    Parameters
    ----------
    name
        The camera, for the message.
    times : (n_times,) array
        Seconds.
    n_frames
        Rows of the data.

    Raises
    ------
    InconsistentData
        If there are fewer times than frames: which of them lack one is not known.
    """
    seconds = np.asarray(times, dtype=np.float64)
    if len(seconds) < n_frames:
        raise InconsistentData(
            f"{name} has {len(seconds)} times for {n_frames} frames of data; which frames lack a time is not known"
        )
    return seconds[len(seconds) - n_frames :]


def columns_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a table as arrays by name, as `brainbox` takes them."""
    return {str(name): table[name].to_numpy() for name in table.columns}


def as_columns(bunch: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an object as plain one-dimensional columns; intervals become two of them."""
    columns: dict[str, Any] = {}
    for name, values in bunch.items():
        array = np.asarray(values)
        if array.ndim == 2:
            columns |= {f"{name}_{i}": array[:, i] for i in range(array.shape[1])}
        elif array.ndim == 1:
            columns[name] = array
    return columns
