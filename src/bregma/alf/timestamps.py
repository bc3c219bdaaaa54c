"""Times of continuous series, kept as one time per sample or as two points to draw a line through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf.filters import filter_by
from bregma.alf.formats import read_file
from bregma.alf.grammar import NameParts

if TYPE_CHECKING:
    import numpy as np


def ts2vec(ts: np.ndarray, n_samples: int) -> np.ndarray:
    """Give each sample its time.

    Parameters
    ----------
    ts : (n,), (n, 1) or (k, 2) array
        Times in seconds, which stay as they are; or rows of a sample number and its time in seconds, increasing.
    n_samples : int
        How many samples there are.

    Returns
    -------
    (n_samples,) array
        The time of each sample, in seconds; between the points on a line, beyond them that of the last one.

    Raises
    ------
    ValueError
        If the array has another shape.
    """
    import numpy as np

    if ts.ndim == 1 or (ts.ndim == 2 and ts.shape[1] == 1):
        return ts.reshape(-1)
    if ts.ndim != 2 or ts.shape[1] != 2:
        raise ValueError(f"timestamps have shape {ts.shape}; expected a vector, or rows of sample and time (2, 2)")
    times: np.ndarray = np.interp(np.arange(n_samples), ts[:, 0], ts[:, 1])
    return times


def read_ts(filename: Path | str) -> tuple[np.ndarray, Any]:
    """Read a series and the time of each of its samples.

    Parameters
    ----------
    filename : path
        The series, such as ``_ibl_wheel.position.npy``; its times are beside it, as the attribute ``timestamps`` or
        ``times`` of the same object.

    Returns
    -------
    (n,) array
        The time of each sample, in seconds.
    array
        What the file holds, one row per sample.

    Raises
    ------
    FileNotFoundError
        If there are no times beside the file, or several.
    """
    path = Path(filename)
    parts = NameParts.of(path.name)
    found, _ = filter_by(path.parent, object=parts.object, attribute="times*", extension=parts.extension)
    if len(found) != 1:
        raise FileNotFoundError(
            f"expected one file {parts.object}.times*.{parts.extension} beside {path}, found {len(found)}; "
            "read the times and the values with load_object"
        )
    values = read_file(path)
    return ts2vec(read_file(path.parent / found[0]), len(values)), values
