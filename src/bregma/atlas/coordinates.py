"""Allen CCF micrometres to and from metres relative to bregma.

The Allen common coordinate framework counts from the front, top, left corner of the volume. The field's
coordinates count from bregma: x to the right, y to the front, z upwards, in metres. The place of bregma in
the CCF is the one used by the International Brain Laboratory.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Bregma in the Allen CCF: (ML, AP, DV), in micrometres from the left, the front and the top.
BREGMA_UM: tuple[float, float, float] = (5739.0, 5400.0, 332.0)

_DIRECTION = np.array([1.0, -1.0, -1.0])


def xyz_from_ccf(ml_ap_dv_um: npt.ArrayLike) -> Floats:
    """Turn Allen CCF coordinates into metres relative to bregma.

    Parameters
    ----------
    ml_ap_dv_um : (..., 3) array
        Micrometres from the left, the front and the top of the volume, in this order. NaN stays NaN.

    Returns
    -------
    (..., 3) array
        x (right), y (front), z (up), in metres.

    Raises
    ------
    ValueError
        If the last axis does not have three entries.
    """
    xyz: Floats = (_triples(ml_ap_dv_um) - np.array(BREGMA_UM)) * _DIRECTION * 1e-6
    return xyz


def ccf_from_xyz(xyz: npt.ArrayLike) -> Floats:
    """Turn metres relative to bregma into Allen CCF micrometres; the inverse of `xyz_from_ccf`.

    Parameters
    ----------
    xyz : (..., 3) array
        x (right), y (front), z (up), in metres. NaN stays NaN.

    Returns
    -------
    (..., 3) array
        ML, AP and DV, in micrometres from the left, the front and the top of the volume.

    Raises
    ------
    ValueError
        If the last axis does not have three entries.
    """
    ml_ap_dv_um: Floats = _triples(xyz) * _DIRECTION * 1e6 + np.array(BREGMA_UM)
    return ml_ap_dv_um


def _triples(values: Any) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != 3:
        raise ValueError(f"coordinates have three entries on their last axis; this array has shape {array.shape}")
    return array
