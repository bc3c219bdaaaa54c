"""Stereotaxic spaces beside the Allen's: the same brain, stretched along the axes as in a living head.

The Allen template is squeezed and stretched against brains in heads, where manipulators and the atlas of Paxinos and
Franklin measure. Two sets of factors are in use, both found by laying magnetic resonance images over the template.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bregma.atlas.coordinates import Floats, check_metres


@dataclass(frozen=True)
class Space:
    """A space whose coordinates are the Allen's times a factor along each axis, from bregma.

    Parameters
    ----------
    name : str
        What to call it.
    scale : tuple of 3 float
        Factors along x, y and z.
    """

    name: str
    scale: tuple[float, float, float]

    def from_allen(self, xyz: npt.ArrayLike) -> Floats:
        """Take coordinates of the Allen atlas to this space; (..., 3) in metres relative to bregma, NaN stays NaN."""
        places: Floats = check_metres(xyz) * np.array(self.scale)
        return places

    def to_allen(self, xyz: npt.ArrayLike) -> Floats:
        """Take coordinates of this space to the Allen atlas; the inverse of `from_allen`."""
        places: Floats = check_metres(xyz) / np.array(self.scale)
        return places


#: The Allen's own.
ALLEN = Space("Allen", (1.0, 1.0, 1.0))

#: As the planning software Needles measures: from the MRI atlas DSURQE of 40 mice (Dorr et al. 2008,
#: NeuroImage 42:60).
NEEDLES = Space("Needles", (1.0, 1.087, 0.952))

#: From magnetic resonance images of 12 mice in Toronto (Qiu et al. 2018, Nature Communications 9:2615).
MRI_TORONTO = Space("MRI Toronto", (0.952, 1.031, 0.885))
