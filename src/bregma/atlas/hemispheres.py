"""Tell the hemispheres of a volume apart: labels at x < 0 point to the left rows of the lateralised table."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.regions import Regions, Rows


def lateralise_labels(labels: Rows, x: npt.ArrayLike, structures: Regions) -> Rows:
    """Return labels that point to the lateralised table.

    Parameters
    ----------
    labels : (n_x, ...) array of uint16
        Rows of `structures`.
    x : (n_x,) array
        Where the centres of the voxels along the first axis are, in metres; at x < 0 they are left.
    structures : Regions
        A table that is not lateralised.

    Returns
    -------
    (n_x, ...) array of uint16
        Rows of ``structures.lateralised``, in the memory order of the labels.
    """
    left = np.asarray(x) < 0
    turned = labels.copy(order="K")
    turned[left] += (labels[left] > 0) * np.uint16(structures.n_structures)
    return turned
