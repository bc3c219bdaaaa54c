"""Load an atlas of the mouse brain: from the user's cache or the Allen server, from a file, or from a folder."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bregma.atlas.allen import AllenFile, download_allen
from bregma.atlas.atlas import ALLEN_CREDIT, Atlas
from bregma.atlas.direction import check_directions
from bregma.atlas.errors import AtlasNotFound, InvalidAtlas, RegionNotFound
from bregma.atlas.labelling import fingerprint, look_up_rows, tell_sides
from bregma.atlas.orientation import (
    ALLEN_ORIENTATION,
    Orientation,
    ccf_resolution,
    check_ccf_order,
    place_of_ccf,
)
from bregma.atlas.prepared import open_prepared, user_cache
from bregma.atlas.regions import Regions
from bregma.atlas.volumes import StoredVolume, open_volume

if TYPE_CHECKING:
    from bregma.store import Engine

_VERSION = 1


def load_atlas(
    path: Path | str | None = None,
    *,
    resolution_um: int | None = None,
    template: bool | Path | str = False,
    orientation: str | None = None,
    cache_dir: Path | str | None = None,
    engine: "Engine | None" = None,
) -> Atlas:
    """Load the Allen annotation: from a file or folder, else from the cache, else from the Allen server into the cache.

    What is read is prepared once in the cache folder, and opened as a memory map from then on. The annotation is
    © Allen Institute for Brain Science: free for research and other non-commercial use with citation (Wang et al.
    2020, Cell 181, 936-953), by its citation policy.

    Parameters
    ----------
    path : Path, optional
        A volume of Allen identifiers (NRRD, NIfTI, TIFF or npy), or a folder that holds
        ``annotation_<resolution>.nrrd``, or a folder of a BrainGlobe atlas (see `load_brainglobe`). With a path,
        nothing else is tried.
    resolution_um : int, optional
        Edge of a voxel: 10, 25, 50 or 100 micrometres; 50 by default. A file says its own, or its shape does.
    template : bool or Path
        Load the average picture too: that of the Allen server, the one beside the annotation, or a given file.
    orientation : str, optional
        Where the axes of the given files begin, as in `Orientation`; by default what a NIfTI file says, else ``asl``.
    cache_dir : Path, optional
        Where downloads and prepared volumes are kept; the user's cache folder by default.
    engine : Engine, optional
        What brings files over https.

    Returns
    -------
    Atlas
        Voxel i of the file is centred at i times the resolution from the volume's corner, as in the published
        coordinates of the International Brain Laboratory. Its labels cannot be written: take ``labels.copy()``.

    Raises
    ------
    AtlasNotFound
        If there is no such file, or none in the cache and none to be had from the server.
    InvalidAtlas
        If the file is not an annotation volume, or its axes run another way than said.
    """
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    if path is not None and any((Path(path) / name).is_file() for name in ("metadata.json", "manifest.json")):
        from bregma.atlas.brainglobe import load_brainglobe

        return load_brainglobe(path, template=bool(template))
    if path is None:
        file = download_allen(resolution_um=resolution_um or 50, cache_dir=folder, engine=engine)
    else:
        file = _find_file(Path(path), AllenFile("annotation", resolution_um or 50))
    atlas = read_annotation(file, resolution_um=resolution_um, orientation=orientation, cache_dir=folder)
    if template is False:
        return atlas
    if template is True:
        template = _find_template(file, round(atlas.resolution_um), folder, engine)
    return replace(atlas, template=read_template(template, atlas, orientation=orientation, cache_dir=folder))


def read_annotation(
    path: Path | str,
    *,
    resolution_um: float | None = None,
    orientation: str | None = None,
    cache_dir: Path | str | None = None,
) -> Atlas:
    """Read one volume of Allen identifiers, in the coordinates of the CCF.

    Parameters
    ----------
    path : Path
        NRRD, NIfTI, TIFF or npy.
    resolution_um : float, optional
        Edge of a voxel, needed only where neither the file nor its shape says it.
    orientation : str, optional
        Where the axes of the file begin; ``asl`` as in the Allen files by default.
    cache_dir : Path, optional
        Where the prepared volume is kept; the user's cache folder by default.

    Raises
    ------
    AtlasNotFound
        If there is no such file.
    InvalidAtlas
        If it is no volume of integers with cubic voxels, has other axes, or holds identifiers that no region has.
    """
    volume = open_volume(path)
    order = Orientation(orientation or volume.orientation or ALLEN_ORIENTATION)
    check_ccf_order(volume.shape, order, volume.path)
    spacing_um = _spacing_of(volume, resolution_um)
    regions = Regions.allen()
    shape = order.shape_xyz(volume.shape)
    x, y, z = place_of_ccf(shape, spacing_um)
    left = x + np.arange(shape[0]) * spacing_um * 1e-6 < 0

    def fill(target: npt.NDArray[np.uint16]) -> None:
        sides = order.from_xyz(np.broadcast_to(left[:, None, None], shape))
        _write_rows(volume, order.from_xyz(target), sides, regions)
        check_directions(target, regions, volume.path, order)

    settings = f"{_VERSION} {order.letters} {spacing_um} {fingerprint(regions)}"
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    labels = open_prepared(volume.path, settings, shape, fill, folder)
    name = f"Allen CCFv3, {spacing_um:g} µm"
    return Atlas(labels, (x, y, z), spacing_um * 1e-6, regions.lateralised, name, ALLEN_CREDIT)


def read_template(
    path: Path | str, atlas: Atlas, *, orientation: str | None = None, cache_dir: Path | str | None = None
) -> npt.NDArray[np.uint16]:
    """Read the picture that belongs to an atlas, turned onto the grid of its labels.

    Raises
    ------
    AtlasNotFound
        If there is no such file.
    InvalidAtlas
        If it is no volume of unsigned integers with the shape of the labels.
    """
    volume = open_volume(path)
    order = Orientation(orientation or volume.orientation or ALLEN_ORIENTATION)
    check_ccf_order(volume.shape, order, volume.path)
    if order.shape_xyz(volume.shape) != atlas.labels.shape:
        raise InvalidAtlas(
            f"{path} has shape {volume.shape}, the labels {order.from_xyz(atlas.labels).shape}: "
            "a template lies on the grid of the annotation"
        )
    if volume.dtype.kind != "u" or volume.dtype.itemsize > 2:
        raise InvalidAtlas(f"{path} holds {volume.dtype}; a template is a volume of uint8 or uint16")

    def fill(target: npt.NDArray[np.uint16]) -> None:
        turned = order.from_xyz(target)
        for place, slab in volume.slabs():
            turned[..., place] = slab

    folder = user_cache() if cache_dir is None else Path(cache_dir)
    return open_prepared(volume.path, f"{_VERSION} {order.letters}", atlas.labels.shape, fill, folder)


def _spacing_of(volume: StoredVolume, resolution_um: float | None) -> float:
    """Return the edge of a voxel: what the file says, what its shape says, or what the caller says."""
    edges = volume.spacing_um
    if edges is None:
        edge = resolution_um or ccf_resolution(volume.shape)
        if edge is None:
            raise InvalidAtlas(f"{volume.path} says no size of its voxels; pass resolution_um")
        edges = (edge,)
    if volume.dtype.kind not in "iu" or not np.allclose(edges, edges[0], rtol=1e-3):
        raise InvalidAtlas(
            f"{volume.path} holds {volume.dtype} of shape {volume.shape} with voxels of {edges} um; "
            "an annotation is a volume of integers with cubic voxels"
        )
    known = ccf_resolution(volume.shape)
    if known is None or np.isclose(edges[0], known, rtol=1e-3):
        return float(f"{edges[0]:.6g}")
    if np.isclose(edges[0] * 1e3, known, rtol=1e-3):  # millimetres, in a file that does not say so
        return float(known)
    raise InvalidAtlas(
        f"{volume.path} says that its voxels have edges of {edges[0]:g} um, but it has the shape {volume.shape} of the "
        f"mouse brain at {known} um"
    )


def _write_rows(
    volume: StoredVolume, target: npt.NDArray[np.uint16], left: npt.NDArray[np.bool_], regions: Regions
) -> None:
    """Turn identifiers into rows of the lateralised table, slab by slab."""
    for place, slab in volume.slabs():
        try:
            rows = look_up_rows(slab, regions)
        except RegionNotFound as error:
            raise InvalidAtlas(f"{volume.path} is not an annotation of the Allen mouse brain: {error}") from error
        target[..., place] = tell_sides(rows, left[..., place], regions)


def _find_file(path: Path, wanted: AllenFile) -> Path:
    file = path / wanted.name if path.is_dir() else path
    if not file.is_file():
        raise AtlasNotFound(f"no annotation volume at {file}; {wanted.way_out}")
    return file


def _find_template(annotation: Path, resolution_um: int, folder: Path, engine: "Engine | None") -> Path:
    """Return the template beside an annotation, else the one of the cache or the Allen server."""
    beside = annotation.with_name(AllenFile("template", resolution_um).name)
    if beside.is_file():
        return beside
    return download_allen("template", resolution_um=resolution_um, cache_dir=folder, engine=engine)
