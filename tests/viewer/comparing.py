"""Compares a picture with a stored one as an eye would: other graphics libraries round differently, and may."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

FOLDER = Path(__file__).parent / "pictures"
RENEW = "BREGMA_RENEW_PICTURES"
LARGEST = 30_000
MOST_DIFFERENCE = 1.5
MOST_UNLIKE = 0.01
_BLOCK = 8
_LEVEL = 4
_LEAST_LIKENESS = 0.6
# What noise of one or two grey levels in a flat block may do.
_QUIET = 30.0


def difference(one: Image, other: Image) -> float:
    """Return the mean difference of two pictures, in 255ths."""
    return float(np.abs(one.astype(np.int16) - other).mean())


def unlike_share(one: Image, other: Image) -> float:
    """Return the share of blocks of 8 by 8 pixels that have another structure (SSIM, Wang et al. 2004) or hue."""
    a, b = _blocks(one), _blocks(other)
    mean_a, mean_b = a.mean(axis=-1), b.mean(axis=-1)
    spread_a, spread_b = a.var(axis=-1), b.var(axis=-1)
    together = ((a - mean_a[..., None]) * (b - mean_b[..., None])).mean(axis=-1)
    structure = (2 * together + _QUIET) / (spread_a + spread_b + _QUIET)
    light = (2 * mean_a * mean_b + _QUIET) / (mean_a**2 + mean_b**2 + _QUIET)
    return float(((structure * light).min(axis=-1) < _LEAST_LIKENESS).mean())


def _blocks(image: Image) -> npt.NDArray[np.float64]:
    height, width = (edge // _BLOCK * _BLOCK for edge in image.shape[:2])
    parts = image[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, 3)
    return parts.transpose(0, 2, 4, 1, 3).reshape(-1, 3, _BLOCK * _BLOCK).astype(np.float64)


def coarsen(picture: Image) -> Image:
    """Return a picture in 64 levels, of which a PNG is half as large."""
    return picture // _LEVEL * _LEVEL + np.uint8(_LEVEL // 2)


def check_picture(name: str, picture: Image, folder: Path) -> None:
    """Fail unless a picture looks like the stored one of its name.

    Parameters
    ----------
    name : str
        Of the stored picture.
    picture : (height, width, 3) array
        What was drawn; it is written into `folder` when it does not look alike.
    folder : Path
        A temporary one.
    """
    from PIL import Image as Pillow

    path, picture = FOLDER / f"{name}.png", coarsen(picture)
    if os.environ.get(RENEW):
        FOLDER.mkdir(exist_ok=True)
        Pillow.fromarray(picture).save(path, optimize=True)
        assert path.stat().st_size <= LARGEST, f"{path.name} has {path.stat().st_size} bytes; draw it smaller"
        return
    with Pillow.open(path) as stored:
        wanted = np.asarray(stored.convert("RGB"))
    found = (difference(picture, wanted), unlike_share(picture, wanted))
    if found[0] > MOST_DIFFERENCE or found[1] > MOST_UNLIKE:
        Pillow.fromarray(picture).save(folder / path.name)
        words = f"differs by {found[0]:.2f} of 255, and {found[1]:.1%} of its blocks are unlike"
        raise AssertionError(f"{name} {words}: look at {folder / path.name} and {path}; {RENEW}=1 renews")
