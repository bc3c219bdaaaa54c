"""Small pictures made larger without steps: labels stay labels, intensities are mixed."""

from typing import Any

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.uint16]


def enlarge_labels(labels: Labels, doublings: int) -> Labels:
    """Return labels on pixels of half the edge, once or more often; oblique borders lose their steps.

    A pixel is told apart only at its corners, where the labels beside and above it agree; no label is made up.

    Notes
    -----
    This is the Scale2x rule of A. Mazzoleni.
    """
    for _ in range(doublings):
        padded = np.pad(labels, 1, mode="edge")
        below, above = padded[:-2, 1:-1], padded[2:, 1:-1]
        left, right = padded[1:-1, :-2], padded[1:-1, 2:]
        may_change = (below != above) & (left != right)
        doubled = np.repeat(np.repeat(labels, 2, axis=0), 2, axis=1)
        for row, beside in enumerate((below, above)):
            for column, next_to in enumerate((left, right)):
                corner = may_change & (beside == next_to)
                doubled[row::2, column::2] = np.where(corner, beside, labels)
        labels = doubled
    return labels


def enlarge_image(image: npt.NDArray[Any], doublings: int) -> npt.NDArray[np.float32]:
    """Return intensities on pixels of half the edge, once or more often, mixed from the nearest ones."""
    down, across = (_weights(n, 2**doublings) for n in image.shape)
    enlarged: npt.NDArray[np.float32] = down @ image.astype(np.float32) @ across.T
    return enlarged


def _weights(n: int, times: int) -> npt.NDArray[np.float32]:
    """Return how much of each of n pixels is in each of the smaller ones."""
    place = np.clip((np.arange(n * times) + 0.5) / times - 0.5, 0, n - 1)
    before = np.minimum(place.astype(np.intp), max(n - 2, 0))
    share = (place - before).astype(np.float32)
    weights = np.zeros((n * times, n), dtype=np.float32)
    rows = np.arange(n * times)
    weights[rows, before] = 1 - share
    weights[rows, np.minimum(before + 1, n - 1)] += share
    return weights
