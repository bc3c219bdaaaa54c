"""Intensities as colours and opacities. No graphics."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.viewer.scene.arrays import Bytes, Floats
from bregma.viewer.scene.layers.volumes import Transfer
from bregma.viewer.scene.values import colour_table

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

_LOW, _HIGH = 1.0, 99.5
_MOST_LOOKED_AT = 2_000_000


def find_limits(image: npt.NDArray[Any] | None) -> tuple[float, float]:
    """Return the 1st and the 99.5th percentile of what is neither zero nor NaN; of a large image, of every n-th voxel.

    Two equal ones become a range that begins at zero; without any, the limits are 0 and 1.
    """
    if image is None:
        return 0.0, 1.0
    flat = image.ravel(order="K")
    sample = flat[:: max(1, flat.size // _MOST_LOOKED_AT)].astype(np.float32)
    sample = sample[np.isfinite(sample) & (sample != 0)]
    if not sample.size:
        return 0.0, 1.0
    low, high = (float(edge) for edge in np.percentile(sample, [_LOW, _HIGH]))
    return (low, high) if low < high else (min(low - 1, 0.0), high)


def colour_intensities(image: npt.NDArray[Any], transfer: Transfer) -> Bytes:
    """Return the colours of intensities, on a last axis of 3; those of NaN mean nothing."""
    assert transfer.limits is not None  # whoever asks has found them
    low, high = transfer.limits
    place = (image.astype(np.float32) - low) * (255.999 / (high - low))
    index = np.nan_to_num(np.clip(place, 0, 255)).astype(np.uint8)
    return np.asarray(colour_table(transfer.colormap)[index])


def opacity_curve(transfer: Transfer) -> Floats:
    """Return the (n, 2) nodes of the opacity: intensity, and opacity from 0 to 1."""
    assert transfer.limits is not None  # whoever asks has found them
    low, high = transfer.limits
    shares, opacities = np.array(transfer.opacity).T
    return np.stack([low + shares * (high - low), opacities], axis=1)


def opacity_at(image: npt.NDArray[Any], transfer: Transfer) -> Floats:
    """Return the opacity of intensities; NaN is transparent."""
    intensities, opacities = opacity_curve(transfer).T
    found: Floats = np.interp(image.astype(np.float64), intensities, opacities)
    return np.nan_to_num(found)
