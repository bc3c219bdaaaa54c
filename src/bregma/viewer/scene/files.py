"""Volumes in files as layers of a scene: turned to x, y, z, with their place in metres."""

from pathlib import Path
from typing import Any

import numpy as np

from bregma.atlas.orientation import ALLEN_ORIENTATION, Orientation, ccf_resolution, check_ccf_order, place_of_ccf
from bregma.atlas.volumes import open_volume
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.scene.layers.volumes import ImageVolume


def read_image(path: Path | str, *, orientation: str | None = None, **look: Any) -> ImageVolume:
    """Read an NRRD, NIfTI, TIFF or npy file as a volume in the space of the Allen CCF.

    Parameters
    ----------
    path : Path
        The file.
    orientation : str, optional
        Where each axis of the file begins, as in `bregma.atlas`; by default what the file says, else ``asl``.
    look
        As of `ImageVolume`; `spacing` and `origin` come first before what the file says.

    Raises
    ------
    InvalidLayer
        If neither the file nor its shape says how large a voxel is.
    AtlasNotFound, InvalidAtlas
        If there is no such file, or it holds no volume.
    """
    stored = open_volume(path)
    order = Orientation(orientation or stored.orientation or ALLEN_ORIENTATION)
    check_ccf_order(stored.shape, order, stored.path)
    edges_um = stored.spacing_um
    known = ccf_resolution(stored.shape)
    if edges_um is None and known is not None:
        edges_um = (known, known, known)
    if edges_um is None and "spacing" not in look:
        raise InvalidLayer(f"{stored.path.name} does not say how large a voxel is: give spacing=(…, …, …), in metres")
    image = np.asfortranarray(order.to_xyz(stored.read()))
    image.flags.writeable = False
    if edges_um is not None:
        x, y, z = order.shape_xyz([round(edge * 1000) for edge in edges_um])
        look = {"spacing": (x * 1e-9, y * 1e-9, z * 1e-9)} | look
    if "origin" not in look:
        look["origin"] = place_of_ccf(image.shape, look["spacing"][0] * 1e6)
    return ImageVolume(image=image, **look)
