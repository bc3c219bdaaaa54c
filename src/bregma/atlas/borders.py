"""Borders of the regions in a slice: as pixels, as lines between them, and as outlines around each region."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats
from bregma.atlas.errors import InvalidValues
from bregma.atlas.slices import Slice

Labels = npt.NDArray[np.integer[Any]]

# From a corner along a border to the next one, by the difference of row and column: the pixel on the left.
_LEFT_PIXEL = {(0, 1): (0, 0), (1, 0): (0, -1), (0, -1): (-1, -1), (-1, 0): (-1, 0)}


@dataclass(frozen=True, eq=False)
class Border:
    """A line between two regions, from one place where three meet to the next, or closed.

    Parameters
    ----------
    points : (n, 2) array
        To the right and up in the picture, in metres, as the extent of the slice. Closed if the first is the last.
    left, right : int
        Label on each side, seen along the line; 0 beyond the edge of the picture.
    """

    points: Floats
    left: int
    right: int


def find_border_pixels(labels: Labels) -> npt.NDArray[np.bool_]:
    """Return which pixels are borders: one pixel wide, those whose neighbour to the right or above differs.

    Parameters
    ----------
    labels : (n_rows, n_columns) array of int
        As ``slice_rows(...).image``.
    """
    labels = _check_labels(labels)
    borders = np.zeros(labels.shape, dtype=bool)
    borders[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    borders[:-1] |= labels[1:] != labels[:-1]
    return borders


def trace_borders(labels: Slice, *, smoothing: int = 0) -> tuple[Border, ...]:
    """Return the borders between the regions of a slice as lines.

    Parameters
    ----------
    labels : Slice
        Of rows or identifiers. Beyond its edges is void.
    smoothing : int
        How often each point is moved halfway to the middle of its neighbours; 0 keeps to the edges of pixels, 8
        makes their steps disappear. Places where three regions meet stay, so that regions still fit into each other;
        what is all inside one region keeps its area.

    Returns
    -------
    tuple of Border
        Each piece of a border once.
    """
    image = np.pad(_check_labels(labels.image), 1)
    left, _, bottom, _ = labels.extent
    found = []
    for line, is_loop in _chain(_link_corners(image)):
        corners = np.array(np.unravel_index(line, image.shape)).T
        points = _smooth(corners, smoothing, is_loop=is_loop) if smoothing else _straighten(corners)
        # Rows and columns of corners are counted with the pad around the picture.
        places = (points[:, ::-1] - 1) * labels.plane.spacing + [left, bottom]
        found.append(Border(places, *_sides(image, corners)))
    return tuple(found)


def trace_regions(labels: Slice, *, smoothing: int = 0) -> dict[int, tuple[Floats, ...]]:
    """Return the outlines of each region of a slice, as closed polygons to fill.

    Parameters
    ----------
    labels : Slice
        Of rows or identifiers; 0 has no outline.
    smoothing : int
        As for `trace_borders`.

    Returns
    -------
    dict of int to tuple of (n, 2) arrays
        For each label its polygons: the region on the left, so that holes run the other way round. In metres, the
        first point is the last.
    """
    pieces: dict[int, list[Floats]] = {}
    for border in trace_borders(labels, smoothing=smoothing):
        pieces.setdefault(border.left, []).append(border.points)
        pieces.setdefault(border.right, []).append(border.points[::-1])
    return {label: _join(lines) for label, lines in sorted(pieces.items()) if label != 0}


def _check_labels(image: npt.ArrayLike) -> Labels:
    labels: Labels = np.asarray(image)
    if labels.ndim != 2 or labels.dtype.kind not in "bui":
        raise InvalidValues(f"borders are between integers in a picture, not {labels.dtype} of shape {labels.shape}")
    return labels


def _link_corners(image: Labels) -> dict[int, list[int]]:
    """Return the corners of pixels that a border links to each corner, as flat indices of a padded picture."""
    width = image.shape[1]
    level = np.flatnonzero(np.pad(image[1:] != image[:-1], [(1, 0), (0, 0)]))
    upright = np.flatnonzero(np.pad(image[:, 1:] != image[:, :-1], [(0, 0), (1, 0)]))
    linked: dict[int, list[int]] = {}
    for corners, step in ((level, 1), (upright, width)):
        for corner in corners.tolist():
            linked.setdefault(corner, []).append(corner + step)
            linked.setdefault(corner + step, []).append(corner)
    return linked


def _chain(linked: dict[int, list[int]]) -> list[tuple[list[int], bool]]:
    """Follow the borders from one junction to the next, then loops that have none; tell loops."""
    junctions = {corner for corner, others in linked.items() if len(others) != 2}
    lines = []
    for start in [*junctions, *linked]:
        while linked[start]:
            line = [start]
            while len(line) == 1 or not (line[-1] in junctions or line[-1] == start):
                line.append(linked[line[-1]].pop())
                linked[line[-1]].remove(line[-2])
            lines.append((line, start not in junctions))
    return lines


def _sides(image: Labels, corners: npt.NDArray[np.intp]) -> tuple[int, int]:
    (row, column), step = corners[0], corners[1] - corners[0]
    left = _LEFT_PIXEL[int(step[0]), int(step[1])]
    # Seen backwards from the second corner, the pixel on the left is the one on the right.
    right = _LEFT_PIXEL[-int(step[0]), -int(step[1])]
    behind = corners[1] + right
    return int(image[row + left[0], column + left[1]]), int(image[behind[0], behind[1]])


def _straighten(corners: npt.NDArray[np.intp]) -> Floats:
    """Leave out the points between others on the same straight line."""
    steps = np.diff(corners, axis=0)
    turns = np.flatnonzero((steps[1:] != steps[:-1]).any(axis=1)) + 1
    return corners[np.r_[0, turns, len(corners) - 1]].astype(np.float64)


def _smooth(corners: npt.NDArray[np.intp], rounds: int, *, is_loop: bool) -> Floats:
    points = corners.astype(np.float64)
    for _ in range(rounds):
        around = np.concatenate([points[-2:-1], points, points[1:2]]) if is_loop else points
        moved = around[1:-1] / 2 + (around[:-2] + around[2:]) / 4
        points = moved if is_loop else np.concatenate([points[:1], moved, points[-1:]])
    if not is_loop:
        return points
    centre = points[:-1].mean(axis=0)
    kept: Floats = centre + (points - centre) * np.sqrt(_area(corners - centre) / _area(points - centre))
    return kept


def _area(polygon: Floats) -> float:
    first, second = polygon[:-1], polygon[1:]
    return float(abs((first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).sum()))


def _join(lines: list[Floats]) -> tuple[Floats, ...]:
    """Put lines with directions together to closed ones."""
    starting: dict[tuple[float, float], list[Floats]] = {}
    for line in lines:
        starting.setdefault((line[0, 0], line[0, 1]), []).append(line)
    closed = []
    for start, candidates in starting.items():
        while candidates:
            parts = [candidates.pop()]
            while (end := (parts[-1][-1, 0], parts[-1][-1, 1])) != start:
                parts.append(starting[end].pop())
            closed.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    return tuple(closed)
