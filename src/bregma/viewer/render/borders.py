"""The voxels of a volume of labels where regions touch."""

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.uint16]


def keep_borders(labels: Labels, mapping: Labels) -> Labels:
    """Return the labels of voxels with a neighbour of another region, along any axis; void (0) inside of regions.

    Parameters
    ----------
    labels : (n_x, n_y, n_z) array of uint16
        Row of a region table at each voxel.
    mapping : (n_regions,) array of uint16
        The row that stands for each row: what is mapped to the same row has no border.

    Returns
    -------
    (n_x, n_y, n_z) array of uint16
        The first axis fastest.
    """
    mapped = mapping[labels]
    is_border = np.zeros(labels.shape, dtype=bool, order="F")
    for axis in range(3):
        low, high = [slice(None)] * 3, [slice(None)] * 3
        low[axis], high[axis] = slice(None, -1), slice(1, None)
        differs = mapped[tuple(low)] != mapped[tuple(high)]
        is_border[tuple(low)] |= differs
        is_border[tuple(high)] |= differs
    return np.where(is_border, labels, np.uint16(0))
