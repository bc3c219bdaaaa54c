"""Make flat maps from an annotation: the brain or its cortex from above, and the brain along ellipses around it."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import Floats
from bregma.atlas.cortex import CorticalDepth
from bregma.atlas.errors import InvalidAtlas
from bregma.atlas.flatmaps import FlatMap, Voxels
from bregma.atlas.grid import Grid
from bregma.atlas.streamlines import trace_streamlines

_CIRCLE_STEPS = 4096


def map_dorsal_cortex(atlas: Atlas, *, depths: CorticalDepth | None = None, cortex: str = "Isocortex") -> FlatMap:
    """Return the cortex seen from above.

    Parameters
    ----------
    atlas : Atlas
        Whose cortex.
    depths : CorticalDepth, optional
        As `cortical_depth` makes it: a pixel then shows the voxels along its streamline down to the white matter, and
        volumes are projected along it. By default it shows the voxel of the surface.
    cortex : str
        Acronym of what is shown, where it is the highest of its column.
    """
    inside = np.zeros(len(atlas.regions), dtype=bool)
    inside[atlas.regions.descendants(cortex)] = True
    return _look_down("dorsal cortex", atlas, inside, depths)


def map_top_view(atlas: Atlas) -> FlatMap:
    """Return the whole brain seen from above: each pixel shows the highest voxel of its column."""
    return _look_down(f"{atlas.name} from above", atlas, np.arange(len(atlas.regions)) > 0, None)


def _look_down(name: str, atlas: Atlas, inside: npt.NDArray[np.bool_], depths: CorticalDepth | None) -> FlatMap:
    """Show the highest voxel of each column, where it is inside."""
    labels = atlas.labels
    highest = labels.shape[2] - 1 - (labels[:, :, ::-1] != 0).argmax(axis=2)
    x, y = np.indices(highest.shape)
    top = labels[x, y, highest]
    voxels = np.where(inside[top], np.ravel_multi_index((x, y, highest), labels.shape), -1)[..., None]
    if depths is not None:
        voxels = _follow_streamlines(atlas.grid, voxels, depths)
    left, bottom = (atlas.origin[axis] - atlas.spacing / 2 for axis in (0, 1))
    right, front = (edge + n * atlas.spacing for edge, n in zip((left, bottom), labels.shape[:2], strict=True))
    rows = np.where(inside[top], top, 0).astype(np.uint16).T
    extent = (left, right, bottom, front)
    return FlatMap(
        name,
        rows,
        atlas.regions,
        voxels.transpose(1, 0, 2),
        atlas.grid,
        extent,
        is_metric=True,
        is_from_above=True,
        credit=atlas.credit,
    )


def map_circles(atlas: Atlas, *, n: int = 5) -> FlatMap:
    """Return the brain along concentric ellipses, cut open at the back and laid side by side, the innermost first.

    Each column of the picture is a column of the brain from its bottom to its top. The widest ellipse spans four
    fifths of the length and of the width of the brain.

    Parameters
    ----------
    atlas : Atlas
        Which brain.
    n : int
        Number of ellipses.
    """
    rings = _unroll_all(atlas, n)
    return _as_map("circles", atlas, np.concatenate(rings, axis=1))


def map_pyramid(atlas: Atlas, *, n: int = 5) -> FlatMap:
    """Return the brain along the concentric ellipses of `map_circles`, one above the other, the innermost on top."""
    rings = _unroll_all(atlas, n)
    width = rings[-1].shape[1]
    lower = [(width - ring.shape[1]) // 2 for ring in rings]
    centred = [
        np.pad(ring, ((0, 0), (edge, width - ring.shape[1] - edge)), constant_values=-1)
        for edge, ring in zip(lower, rings, strict=True)
    ]
    return _as_map("pyramid", atlas, np.concatenate(centred[::-1], axis=0))


def _as_map(name: str, atlas: Atlas, voxels: Voxels) -> FlatMap:
    rows = np.where(voxels >= 0, atlas.labels.reshape(-1)[voxels], 0).astype(np.uint16)
    height, width = rows.shape
    extent = (0.0, width * atlas.spacing, 0.0, height * atlas.spacing)
    return FlatMap(
        name, rows, atlas.regions, voxels[..., None], atlas.grid, extent, is_metric=True, credit=atlas.credit
    )


def _unroll_all(atlas: Atlas, n: int) -> list[Voxels]:
    if n < 1:
        raise InvalidAtlas(f"a brain is cut along one ellipse or more, not {n}")
    brain = np.argwhere((atlas.labels != 0).any(axis=2))
    if len(brain) == 0:
        raise InvalidAtlas(f"{atlas.name} is void everywhere")
    centre, widest = brain.mean(axis=0), 0.4 * np.ptp(brain, axis=0)
    return [_unroll(atlas, centre, widest * ring / n) for ring in range(1, n + 1)]


def _unroll(atlas: Atlas, centre: Floats, size: Floats) -> Voxels:
    """Return the voxels of the columns along one ellipse, at distances of one voxel; the lowest row first."""
    angle = np.linspace(0, 2 * np.pi, _CIRCLE_STEPS) - np.pi / 2
    path = centre + size * np.stack([-np.cos(angle), np.sin(angle)], axis=1)
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    wanted = np.arange(0, along[-1])
    x, y = (np.rint(np.interp(wanted, along, path[:, axis])).astype(np.intp) for axis in (0, 1))
    z = np.arange(atlas.labels.shape[2])[:, None]
    voxels: Voxels = np.ravel_multi_index(np.broadcast_arrays(x, y, z), atlas.labels.shape).astype(np.int64)
    return voxels


def _follow_streamlines(grid: Grid, surface: Voxels, depths: CorticalDepth) -> Voxels:
    """Return the voxels along the streamline from each voxel of the surface, each once, then -1."""
    pixels = np.flatnonzero(surface.ravel() >= 0)
    starts = grid.xyz_of(np.stack(np.unravel_index(surface.ravel()[pixels], grid.shape), axis=-1))
    steps = int(np.ceil(depths.thickness.max() / grid.spacing[0])) + 1
    index = grid.index_of(trace_streamlines(depths, starts, n_points=steps))
    flat = np.ravel_multi_index(tuple(np.moveaxis(np.maximum(index, 0), -1, 0)), grid.shape)
    flat[index[..., 0] < 0] = -1
    flat[:, 1:][flat[:, 1:] == flat[:, :-1]] = -1
    stack = np.full((surface.size, steps), -1, dtype=np.int64)
    stack[pixels] = flat
    return stack.reshape(*surface.shape[:2], steps)
