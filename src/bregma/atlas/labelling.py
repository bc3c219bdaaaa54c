"""From volumes of identifiers to labels: rows of a region table, the hemispheres told apart."""

import hashlib
from typing import Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.regions import Regions

Labels = npt.NDArray[np.uint16]


def look_up_rows(ids: npt.NDArray[np.integer], regions: Regions) -> Labels:
    """Return the row of each identifier of a volume, in its memory order.

    Runs of equal voxels are looked up, not voxels: an annotation is piecewise constant along its axes.

    Raises
    ------
    RegionNotFound
        If an identifier is in no row.
    """
    order: Literal["C", "F"] = "F" if ids.flags.f_contiguous else "C"
    flat = ids.ravel(order)
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(starts, append=flat.size)
    return np.repeat(regions.rows(flat[starts]), lengths).reshape(ids.shape, order=order)


def tell_sides(rows: Labels, left: npt.NDArray[np.bool_], regions: Regions) -> Labels:
    """Turn rows of a table, in place, into rows of its lateralised one, where `left` is true the left ones."""
    rows += (rows > 0) * left * np.uint16(regions.n_structures)
    return rows


def fingerprint(regions: Regions) -> str:
    """Return what tells prepared rows of one table from those of another."""
    return hashlib.blake2b(regions.ids.tobytes(), digest_size=6).hexdigest()
