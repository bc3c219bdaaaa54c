"""Triangles, dots and volumes to pixels, with numpy alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.viewer.render.camera import Placement
from bregma.viewer.render.surface import Mesh

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Size = tuple[int, int]

_AMBIENT, _DIFFUSE, _RIM = 0.55, 0.5, 4.0
_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class Fragments:
    """What one layer puts on the pixels it covers.

    Parameters
    ----------
    pixels : (n,) array of int
        Index of each covered pixel, row by row; each occurs once.
    depth : (n,) array
        Millimetres from the camera.
    rgb : (n, 3) array
        0 to 255.
    alpha : (n,) array
        0 to 1.
    """

    pixels: Indices
    depth: Floats
    rgb: Floats
    alpha: Floats


def splat(places: Floats, rgb: Floats, opacity: float, diameter: float, size: Size) -> Fragments:
    """Draw dots.

    Parameters
    ----------
    places : (n, 3) array
        Column, row and depth of each dot.
    rgb : (n, 3) array
        Its colour, 0 to 255.
    opacity : float
        Of all dots.
    diameter : float
        Of all dots, in pixels.
    size : tuple of 2 int
        Width and height of the picture.
    """
    reach = int(diameter // 2)
    steps = np.arange(-reach, reach + 1)
    disc = [(dx, dy) for dx in steps for dy in steps if dx * dx + dy * dy <= max(diameter / 2, 0.5) ** 2]
    corners = np.floor(places[:, :2]).astype(np.intp)
    pixels, sources = [], []
    for dx, dy in disc:
        column, row = corners[:, 0] + dx, corners[:, 1] + dy
        inside = np.flatnonzero((column >= 0) & (column < size[0]) & (row >= 0) & (row < size[1]))
        pixels.append(row[inside] * size[0] + column[inside])
        sources.append(inside)
    pixel, source = np.concatenate(pixels), np.concatenate(sources)
    kept = _nearest(pixel, places[source, 2])
    source = source[kept]
    return Fragments(pixel[kept], places[source, 2], rgb[source], np.full(len(kept), opacity))


def trace_mesh(mesh: Mesh, rgb: Floats, opacity: float, camera: Placement, size: Size) -> Fragments:
    """Draw the front of a surface, lit from the camera; a translucent one is denser at its rim.

    Parameters
    ----------
    mesh : Mesh
        The surface.
    rgb : (3,) array
        Its colour, 0 to 255.
    opacity : float
        Of the surface where it faces the camera.
    camera : Placement
        From where it is seen.
    size : tuple of 2 int
        Width and height of the picture.
    """
    places = camera.project(mesh.vertices, size)
    facing = vertex_normals(mesh) @ camera.backwards
    corners = places[mesh.faces]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # Rows count downwards, so a triangle that faces the camera turns the other way.
    front = np.flatnonzero(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] < 0)
    found = list(_cover(corners[front], size))
    pixel = np.concatenate([each[0] for each in found] or [np.empty(0, np.intp)])
    face = front[np.concatenate([each[1] for each in found] or [np.empty(0, np.intp)])]
    weights = np.concatenate([each[2] for each in found] or [np.empty((0, 3))])
    depth = np.einsum("ij,ij->i", weights, places[mesh.faces[face], 2])
    kept = _nearest(pixel, depth)
    cosine = np.clip(np.einsum("ij,ij->i", weights[kept], facing[mesh.faces[face[kept]]]), 0, 1)
    alpha = opacity + (1 - opacity) * opacity * (1 - cosine) ** 2 * _RIM
    light = np.minimum(_AMBIENT + _DIFFUSE * cosine, 1)
    return Fragments(pixel[kept], depth[kept], light[:, None] * rgb, np.minimum(alpha, 1))


def vertex_normals(mesh: Mesh) -> Floats:
    """Return the outward unit normal at each vertex, (n, 3)."""
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    n = len(mesh.vertices)
    normals = np.stack(
        [np.bincount(mesh.faces.ravel(), np.repeat(flat[:, axis], 3), minlength=n) for axis in range(3)], axis=1
    )
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: Floats = normals / np.maximum(length, np.finfo(float).tiny)
    return unit


def _cover(corners: Floats, size: Size) -> Iterator[tuple[Indices, Indices, Floats]]:
    """Yield pixel, triangle and barycentric weights, for triangles of like size at a time."""
    low = np.floor(corners[:, :, :2].min(axis=1)).astype(np.intp)
    extent = np.ceil(corners[:, :, :2].max(axis=1)).astype(np.intp) - low + 1
    edge = 2 ** np.ceil(np.log2(np.maximum(extent.max(axis=1), 1))).astype(np.intp)
    for side in np.unique(edge):
        alike = np.flatnonzero(edge == side)
        per_chunk = max(1, _CHUNK // int(side) ** 2)
        for start in range(0, len(alike), per_chunk):
            chosen = alike[start : start + per_chunk]
            pixel, which, weights = _cover_alike(corners[chosen], low[chosen], int(side), size)
            yield pixel, chosen[which], weights


def _cover_alike(corners: Floats, low: Indices, side: int, size: Size) -> tuple[Indices, Indices, Floats]:
    steps = np.arange(side)
    column = low[:, 0, None, None] + steps[None, None, :] + np.zeros((1, side, 1), np.intp)
    row = low[:, 1, None, None] + steps[None, :, None] + np.zeros((1, 1, side), np.intp)
    a, b, c = (corners[:, corner, :2, None, None] for corner in range(3))
    x, y = column + 0.5 - a[:, 0], row + 0.5 - a[:, 1]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    second = (x * ac[:, 1] - y * ac[:, 0]) / area
    third = (ab[:, 0] * y - ab[:, 1] * x) / area
    inside = (second >= 0) & (third >= 0) & (second + third <= 1)
    inside &= (column >= 0) & (column < size[0]) & (row >= 0) & (row < size[1])
    which = np.nonzero(inside)[0]
    weights = np.stack([1 - second[inside] - third[inside], second[inside], third[inside]], axis=1)
    return row[inside] * size[0] + column[inside], which, weights


def _nearest(pixel: Indices, depth: Floats) -> Indices:
    """Return, for each pixel that occurs, where it occurs with the least depth."""
    order = np.lexsort((depth, pixel))
    first = np.flatnonzero(np.diff(pixel[order], prepend=-1))
    nearest: Indices = order[first]
    return nearest
