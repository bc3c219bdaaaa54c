"""The surfaces of all regions of a mapping in one mesh, whose every triangle knows what it parts. Kept on disk."""

import hashlib
from functools import lru_cache
from pathlib import Path
from threading import Thread
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.atlas.prepared import user_cache
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.nets import FARTHEST, Net, cast_net

_VERSION = 2
_SMOOTHING_STEPS = 16
_WORTH_KEEPING = 1_000_000
_MOST_KEPT = 8
KEEPER = "bregma keeps surfaces"
"""Name of the threads that write."""

Rows = npt.NDArray[np.uint16]


@lru_cache(maxsize=4)
def region_surfaces(atlas: Atlas, mapping: str, detail_um: float, folder: Path | None = None) -> Net:
    """Return the surfaces of all regions of a mapping, the two sides of the brain apart.

    Parameters
    ----------
    atlas : Atlas
        A finer one is thinned out to the detail.
    mapping : str
        Which regions are told apart, with or without ``-lr``.
    detail_um : float
        Edge of the voxels that the surfaces are made of, in micrometres.
    folder : Path, optional
        Where meshes of large atlases are kept; by default the user's cache folder.
    """
    coarse = atlas.coarsen(detail_um)
    rows = coarse.regions.mapping(mapping, lateralised=True)
    if coarse.labels.size < _WORTH_KEEPING:
        return make_surfaces(coarse, rows)
    kept = (folder or user_cache() / "surfaces") / f"{mapping.casefold()}-{_digest(coarse, rows)}.npz"
    found = _read(kept)
    if found is None:
        found = make_surfaces(coarse, rows)
        # Nobody waits for the disk; Python ends when it is written.
        Thread(target=_keep, args=(found, kept), name=KEEPER).start()
    return found


def make_surfaces(atlas: Atlas, rows: Rows) -> Net:
    """Return the smoothed surfaces of all regions, from the voxels.

    Parameters
    ----------
    atlas : Atlas
        What the voxels belong to.
    rows : (n_rows,) array of uint16
        The row that stands for each row of the atlas.
    """
    labels = rows[atlas.labels]
    where = [np.flatnonzero(labels.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    if not all(axis.size for axis in where):
        return Net(np.empty((0, 3), np.float32), np.empty((0, 3), np.int32), np.empty((0, 2), np.uint16))
    low = np.array([axis[0] for axis in where])
    inside = labels[tuple(slice(axis[0], axis[-1] + 1) for axis in where)]
    cropped = np.zeros(np.add(inside.shape, 2), dtype=np.uint16, order="F")
    cropped[1:-1, 1:-1, 1:-1] = inside
    origin, spacing = (np.array(atlas.origin) + (low - 1) * atlas.spacing) * MM, atlas.spacing * MM
    return cast_net(cropped, origin, spacing, steps=_SMOOTHING_STEPS)


def _digest(atlas: Atlas, rows: Rows) -> str:
    """Return what tells this mesh from others: voxels, their place, the mapping, and how it is made."""
    state = hashlib.blake2b(digest_size=12)
    how = (_VERSION, _SMOOTHING_STEPS, FARTHEST)
    state.update(repr((how, atlas.origin, atlas.spacing, atlas.labels.shape)).encode())
    state.update(np.ascontiguousarray(rows).data)
    state.update(np.ascontiguousarray(atlas.labels.ravel(order="K")).data)
    return state.hexdigest()


def _read(path: Path) -> Net | None:
    try:
        with path.open("rb") as file, np.load(file) as stored:
            return Net(**{name: stored[name] for name in ("vertices", "faces", "owners")})
    except (OSError, KeyError, ValueError, BadZipFile):  # not there, or of a writer that was stopped: it is made again
        return None


def _keep(mesh: Net, path: Path) -> None:
    from bregma.alf import atomic_write

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            np.savez(file, vertices=mesh.vertices, faces=mesh.faces, owners=mesh.owners)
        newest = sorted(path.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in newest[_MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:  # a full or read-only disk: the mesh is made again next time
        return
