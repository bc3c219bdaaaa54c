"""Along a line of sight through a volume: which voxels it meets, where regions begin, what is seen. No graphics."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bregma.atlas.grid import Grid
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.sight import Sight

Floats = npt.NDArray[np.float64]

#: A plane that cuts, in millimetres: a point of it, and the direction of what remains.
Cutter = tuple[Floats, Floats]

_STEPS_PER_VOXEL = 2


def walk(grid: Grid, sight: Sight, cutters: Sequence[Cutter] = ()) -> Floats:
    """Return (n, 3) places on a line of sight within a volume, half a voxel apart, the nearest first, in metres.

    Parameters
    ----------
    grid : Grid
        The voxels.
    sight : Sight
        The line.
    cutters : sequence of (point, normal)
        Planes; what lies behind one is left out.
    """
    low, high = (grid.bounds * MM).T
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([low - sight.start, high - sight.start]) / sight.direction
    # A line within a face of the volume gives 0 / 0; the other axes decide.
    begin, end = np.nanmax(ends.min(axis=0), initial=0.0), np.nanmin(ends.max(axis=0))
    step = min(grid.spacing) * MM / _STEPS_PER_VOXEL
    along = np.arange(begin + step / 2, end, step) if end > begin else np.empty(0)
    places = sight.start + along[:, None] * sight.direction
    for point, normal in cutters:
        places = places[(places - point) @ normal >= 0]
    metres: Floats = places / MM
    return metres


def find_starts(labels: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """Return where runs of equal labels begin, without those of label 0."""
    starts = np.flatnonzero(np.diff(labels.astype(np.int64), prepend=-1))
    kept: npt.NDArray[np.intp] = starts[labels[starts] != 0]
    return kept


def find_brightest(alpha: Floats) -> int | None:
    """Return which of the places along a line is seen most: what it lets shine, dimmed by what is before it."""
    passing = np.concatenate([[1.0], np.cumprod(1 - alpha[:-1])]) if len(alpha) else np.empty(0)
    seen = alpha * passing
    return int(np.argmax(seen)) if seen.any() else None
