"""Which triangles of all regions are drawn: those that can be seen, each with the region it belongs to."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.nets import Net

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Skin:
    """Triangles to draw.

    Parameters
    ----------
    vertices : (n, 3) array of float32
        In millimetres.
    faces : (m, 3) array of int32
        Vertices of each triangle, its front outwards.
    face_rows : (m,) array of uint16
        The region of each triangle.
    vertex_rows : (n,) array of uint16
        The region of each vertex; of one of its regions where several share it.
    """

    vertices: Floats
    faces: npt.NDArray[np.int32]
    face_rows: npt.NDArray[np.uint16]
    vertex_rows: npt.NDArray[np.uint16]


def outer_skin(mesh: Net, visible: npt.NDArray[np.bool_]) -> Skin:
    """Return what is seen of solid regions that touch: only what parts a visible one from what is not.

    Parameters
    ----------
    mesh : Net
        All surfaces.
    visible : (n_rows,) array of bool
        Which regions are drawn.
    """
    first, second = visible[mesh.owners[:, 0]], visible[mesh.owners[:, 1]]
    faces = np.concatenate([mesh.faces[first & ~second], mesh.faces[second & ~first, ::-1]])
    rows = np.concatenate([mesh.owners[first & ~second, 0], mesh.owners[second & ~first, 1]])
    used = np.zeros(len(mesh.vertices), dtype=bool)
    used[faces] = True
    new = (np.cumsum(used) - 1).astype(np.int32)
    return _make_skin(mesh.vertices[used], new[faces], rows)


def closed_skins(mesh: Net, visible: npt.NDArray[np.bool_]) -> Skin:
    """Return a closed surface of each visible region, which shares no vertex with its neighbours'.

    Parameters
    ----------
    mesh, visible
        As for `outer_skin`.
    """
    first, second = visible[mesh.owners[:, 0]], visible[mesh.owners[:, 1]]
    faces = np.concatenate([mesh.faces[first], mesh.faces[second, ::-1]])
    rows = np.concatenate([mesh.owners[first, 0], mesh.owners[second, 1]])
    order = np.argsort(rows, kind="stable")
    faces, rows = faces[order], rows[order]
    vertices, faces = _part_vertices(faces, rows, len(mesh.vertices))
    return _make_skin(mesh.vertices[vertices], faces, rows)


def _part_vertices(
    faces: npt.NDArray[np.int32], rows: npt.NDArray[np.uint16], n_vertices: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Give each region vertices of its own: the old number of each new one, and the triangles in new numbers."""
    old, parted = [], np.empty_like(faces)
    edges = np.flatnonzero(np.diff(rows, prepend=-1, append=-1))
    last_seen, total = np.empty(n_vertices, dtype=np.int32), 0
    for start, stop in pairwise(edges):
        corners = faces[start:stop].ravel()
        place = np.arange(len(corners), dtype=np.int32)
        last_seen[corners] = place
        is_last = last_seen[corners] == place
        number = np.cumsum(is_last, dtype=np.int32) - 1 + np.int32(total)
        parted[start:stop] = number[last_seen[corners]].reshape(-1, 3)
        old.append(corners[is_last])
        total += len(old[-1])
    return np.concatenate(old) if old else np.empty(0, np.int32), parted


def _make_skin(vertices: Floats, faces: npt.NDArray[np.int32], rows: npt.NDArray[np.uint16]) -> Skin:
    vertex_rows = np.zeros(len(vertices), dtype=np.uint16)
    vertex_rows[faces] = rows[:, None]
    return Skin(vertices, faces, rows, vertex_rows)
