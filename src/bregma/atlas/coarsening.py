"""Volumes with larger voxels: every n-th voxel, the majority of a block, or its mean."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from bregma.atlas.table import Rows

Scalar = TypeVar("Scalar", bound=np.generic)


def sample_voxels(volume: npt.NDArray[Scalar], step: int) -> npt.NDArray[Scalar]:
    """Return every n-th voxel along each axis, the first among them."""
    return np.asfortranarray(volume[::step, ::step, ::step])


def vote_in_blocks(labels: Rows, step: int) -> Rows:
    """Return the most frequent label of each block of ``step`` voxels along each axis.

    Of equally frequent labels the smallest wins. What the last blocks lack of voxels is void.
    """
    blocks = _split(labels, step)
    voted = blocks[..., 0].copy()
    mixed = (blocks.min(axis=-1) != voted) | (blocks.max(axis=-1) != voted)
    voted[mixed] = _most_frequent(np.sort(blocks[mixed], axis=-1))
    return np.asfortranarray(voted)


def average_blocks(volume: npt.NDArray[Scalar], step: int) -> npt.NDArray[Scalar]:
    """Return the mean of each block of ``step`` voxels along each axis, in the type of the volume.

    The mean of integers is rounded. What the last blocks lack of voxels counts as zero.
    """
    means = _split(volume, step).mean(axis=-1)
    rounded = np.rint(means) if np.issubdtype(volume.dtype, np.integer) else means
    return np.asfortranarray(rounded.astype(volume.dtype))


def _split(volume: npt.NDArray[Scalar], step: int) -> npt.NDArray[Scalar]:
    """Return the voxels of each block on a last axis of their own."""
    whole = np.pad(volume, [(0, -n % step) for n in volume.shape])
    n_x, n_y, n_z = (n // step for n in whole.shape)
    parts = whole.reshape(n_x, step, n_y, step, n_z, step).transpose(0, 2, 4, 1, 3, 5)
    return parts.reshape(n_x, n_y, n_z, step**3)


def _most_frequent(ordered: Rows) -> Rows:
    """Return the label of the longest run in each row of sorted labels, the first of equally long ones."""
    best, run = ordered[:, 0].copy(), np.ones(len(ordered), dtype=np.int64)
    longest = run.copy()
    for i in range(1, ordered.shape[1]):
        run = np.where(ordered[:, i] == ordered[:, i - 1], run + 1, 1)
        better = run > longest
        best[better] = ordered[better, i]
        longest[better] = run[better]
    return best
