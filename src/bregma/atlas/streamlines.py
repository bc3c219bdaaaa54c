"""Streamlines of the cortex: the lines from the pia to the white matter along which it is layered."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_metres
from bregma.atlas.cortex import CorticalDepth
from bregma.atlas.errors import InvalidValues

_STEP = 0.5
_LONGEST = 0.005


def trace_streamlines(cortex: CorticalDepth, xyz: npt.ArrayLike, *, n_points: int = 21) -> Floats:
    """Trace the streamlines through places of the cortex, from the pia to the white matter.

    Parameters
    ----------
    cortex : CorticalDepth
        As `cortical_depth` makes it.
    xyz : (n, 3) array
        Metres relative to bregma.
    n_points : int
        Points on each line, at equal distances along it.

    Returns
    -------
    (n, n_points, 3) array
        Metres; the pia first. NaN for places outside of the cortex and for NaN.

    Raises
    ------
    InvalidValues
        If a line would have fewer than two points.
    """
    if n_points < 2:
        raise InvalidValues(f"a streamline has two points or more, not {n_points}")
    starts = check_metres(xyz).reshape(-1, 3)
    up, down = _walk(cortex, starts, -1.0), _walk(cortex, starts, 1.0)
    lines = np.concatenate([up[::-1], down[1:]]).transpose(1, 0, 2)
    lines[cortex.rows_at(starts) < 0] = np.nan
    return _space_evenly(lines, n_points)


def project_to_pia(cortex: CorticalDepth, xyz: npt.ArrayLike) -> Floats:
    """Return where the streamlines through places of the cortex reach the pia.

    Returns
    -------
    (n, 3) array
        Metres relative to bregma; NaN for places outside of the cortex and for NaN.
    """
    return trace_streamlines(cortex, xyz, n_points=2)[:, 0]


def project_to_white_matter(cortex: CorticalDepth, xyz: npt.ArrayLike) -> Floats:
    """Return where the streamlines through places of the cortex reach the white matter, as `project_to_pia` does."""
    return trace_streamlines(cortex, xyz, n_points=2)[:, 1]


def _walk(cortex: CorticalDepth, starts: Floats, sign: float) -> Floats:
    """Follow the directions in steps of half a voxel; whoever would leave the cortex stays where it is."""
    step = _STEP * cortex.grid.spacing[0]
    places = starts.copy()
    moving = cortex.rows_at(places) >= 0
    path = [places.copy()]
    for _ in range(int(_LONGEST / step)):
        going = np.flatnonzero(moving)
        if going.size == 0:
            break
        ahead = places[going] + sign * step * cortex.directions[cortex.rows_at(places[going])]
        inside = cortex.rows_at(ahead) >= 0
        places[going[inside]] = ahead[inside]
        moving[going[~inside]] = False
        path.append(places.copy())
    return np.stack(path)


def _space_evenly(lines: Floats, n_points: int) -> Floats:
    """Put points at equal distances along lines that stand still at both ends."""
    steps = np.linalg.norm(np.diff(lines, axis=1), axis=2)
    along = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(steps, axis=1)], axis=1)
    spaced = np.full((len(lines), n_points, 3), np.nan)
    for row in np.flatnonzero(np.isfinite(along[:, -1])):
        wanted = np.linspace(0, along[row, -1], n_points)
        for axis in range(3):
            spaced[row, :, axis] = np.interp(wanted, along[row], lines[row, :, axis])
    return spaced
