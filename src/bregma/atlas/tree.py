"""Walk a tree that is given by the row of each one's parent; roots are their own parents."""

import numpy as np
import numpy.typing as npt

Parents = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def find_inside(parents: Parents, chosen: int | npt.NDArray[np.integer]) -> Flags:
    """Return which rows are chosen, or somewhere below a chosen one."""
    inside = np.zeros(len(parents), dtype=bool)
    inside[chosen] = True
    count = 0
    while count != (count := int(np.count_nonzero(inside))):
        inside |= inside[parents]
    return inside


def find_above(parents: Parents, row: int) -> npt.NDArray[np.int64]:
    """Return a row and all those above it, the root first."""
    path = [row]
    while (parent := int(parents[path[-1]])) != path[-1]:
        path.append(parent)
    return np.array(path[::-1])


def find_nearest(parents: Parents, listed: Flags) -> npt.NDArray[np.int64]:
    """Return for each row the nearest listed one at or above it; its root where none is listed."""
    nearest = np.arange(len(parents))
    while not np.array_equal(nearest, above := np.where(listed[nearest], nearest, parents[nearest])):
        nearest = above
    return nearest


def count_levels(parents: Parents) -> npt.NDArray[np.uint8]:
    """Return how many are above each row; 0 for a root."""
    levels = np.zeros(len(parents), dtype=np.uint8)
    row = parents
    below = np.arange(len(parents))
    while (moved := row != below).any():
        levels += moved
        below, row = row, parents[row]
    return levels
