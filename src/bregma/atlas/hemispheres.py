"""Tell the hemispheres of a volume apart: labels at x < 0 point to the left rows of the lateralised table."""

import numpy as np
import numpy.typing as npt

from bregma.atlas.labelling import tell_sides
from bregma.atlas.regions import Regions
from bregma.atlas.table import Rows


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
    return tell_sides(labels.copy(order="K"), left.reshape(-1, *(1,) * (labels.ndim - 1)), structures)
