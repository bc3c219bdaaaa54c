"""Find the annotation volume of the Allen atlas: a file, the user's cache, or the Allen server."""

import http.client
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from bregma.alf import atomic_write
from bregma.atlas.atlas import ALLEN_CREDIT, Atlas
from bregma.atlas.coordinates import xyz_from_ccf
from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas, RegionNotFound
from bregma.atlas.hemispheres import lateralise_labels
from bregma.atlas.regions import Regions

ALLEN_SERVER = "https://download.alleninstitute.org/informatics-archive/current-release/mouse_ccf/annotation/ccf_2017"
RESOLUTIONS_UM = (10, 25, 50, 100)
_SECONDS_OF_SILENCE = 20.0

Opener = Callable[[str], BinaryIO]


def open_https(url: str) -> BinaryIO:
    """Open an https address for reading; gives up after twenty silent seconds."""
    import urllib.request

    if not url.startswith("https://"):
        raise AtlasNotFound(f"an atlas is only downloaded over https, not from {url}; {_WAY_OUT}")
    answer: BinaryIO = urllib.request.urlopen(url, timeout=_SECONDS_OF_SILENCE)  # noqa: S310 - https only, above
    return answer


def load_atlas(
    path: Path | str | None = None,
    *,
    resolution_um: int = 50,
    cache_dir: Path | str | None = None,
    opener: Opener = open_https,
) -> Atlas:
    """Load the Allen annotation: from a file, else from the cache, else from the Allen server into the cache.

    Parameters
    ----------
    path : Path, optional
        An NRRD file as the Allen Institute publishes it, or a folder that holds ``annotation_<resolution>.nrrd``.
        With a path, nothing else is tried.
    resolution_um : int
        Edge of a voxel: 10, 25, 50 or 100 micrometres. A file says its own.
    cache_dir : Path, optional
        Where downloads are kept; the user's cache folder by default.
    opener : callable
        Opens an address for reading; tests give their own.

    Returns
    -------
    Atlas
        Voxel i of the file is centred at i times the resolution from the volume's corner, as in the published
        coordinates of the International Brain Laboratory.

    Raises
    ------
    AtlasNotFound
        If there is no such file, or none in the cache and none to be had from the server.
    InvalidAtlas
        If the file is not an annotation volume.
    """
    if resolution_um not in RESOLUTIONS_UM:
        raise InvalidAtlas(f"the Allen annotation comes in {RESOLUTIONS_UM} um, not {resolution_um}")
    if path is not None:
        return read_annotation(_find_file(Path(path), resolution_um))
    cached = (Path(cache_dir) if cache_dir is not None else _user_cache()) / f"annotation_{resolution_um}.nrrd"
    if not cached.is_file():
        _download(f"{ALLEN_SERVER}/{cached.name}", cached, opener)
    return read_annotation(cached)


def read_annotation(path: Path) -> Atlas:
    """Read one NRRD annotation volume with axes (AP, DV, ML), as the Allen Institute publishes it.

    Raises
    ------
    InvalidAtlas
        If it is no NRRD file, has other axes, or holds identifiers that no region has.
    AtlasError
        If the package that reads NRRD files is not installed.
    """
    ids, resolution_um = _read_nrrd(path)
    regions = Regions.allen()
    try:
        rows = _rows_of_volume(ids, regions)
    except RegionNotFound as error:
        raise InvalidAtlas(f"{path} is not an annotation of the Allen mouse brain: {error}") from error
    labels = np.asfortranarray(rows.transpose(2, 0, 1)[:, ::-1, ::-1])
    last_ap, last_dv = (np.array(ids.shape[:2]) - 1) * resolution_um
    x, y, z = xyz_from_ccf([0.0, last_ap, last_dv]).tolist()
    spacing = resolution_um * 1e-6
    labels = lateralise_labels(labels, x + np.arange(len(labels)) * spacing, regions)
    return Atlas(labels, (x, y, z), spacing, regions.lateralised, f"Allen CCFv3, {resolution_um:g} µm", ALLEN_CREDIT)


def _rows_of_volume(ids: npt.NDArray[np.integer], regions: Regions) -> npt.NDArray[np.uint16]:
    """Look up runs of equal voxels, not voxels: an annotation is piecewise constant along its last axis."""
    flat = np.ascontiguousarray(ids).reshape(-1)
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]])) if flat.size else np.empty(0, np.intp)
    lengths = np.diff(starts, append=flat.size)
    return np.repeat(regions.rows(flat[starts]), lengths).reshape(ids.shape)


def _read_nrrd(path: Path) -> tuple[npt.NDArray[np.integer], float]:
    try:
        import nrrd
    except ImportError as error:
        raise AtlasError("reading an annotation volume needs pynrrd: pip install 'bregma[viewer]'") from error
    try:
        volume, header = nrrd.read(str(path))
    except (nrrd.NRRDError, ValueError, OSError, EOFError) as error:
        raise InvalidAtlas(f"{path} is not a readable NRRD file: {error}") from error
    directions = header.get("space directions")
    resolution_um = float(abs(directions[0][0])) if directions is not None else 0.0
    if volume.ndim != 3 or not np.issubdtype(volume.dtype, np.integer) or resolution_um <= 0:
        raise InvalidAtlas(
            f"{path} holds {volume.dtype} of shape {volume.shape} with directions {directions}; "
            "an annotation is a volume of integers with cubic voxels"
        )
    return volume, resolution_um


def _find_file(path: Path, resolution_um: int) -> Path:
    file = path / f"annotation_{resolution_um}.nrrd" if path.is_dir() else path
    if not file.is_file():
        raise AtlasNotFound(f"no annotation volume at {file}; {_WAY_OUT}")
    return file


def _user_cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("bregma")) / "atlas"


_WAY_OUT = (
    "download annotation_<resolution>.nrrd from the Allen Institute (mouse_ccf/annotation/ccf_2017) and pass its path "
    "(load_atlas(path), --atlas PATH), or use phantom_atlas()"
)


def _download(url: str, target: Path, opener: Opener) -> None:
    try:
        with atomic_write(target) as file, opener(url) as answer:
            shutil.copyfileobj(answer, file)
            file.flush()
            _check_nrrd(Path(file.name), url)
    except AtlasError:
        raise
    except (OSError, http.client.HTTPException) as error:
        reason = f"{url} cannot be had ({error})"
        raise AtlasNotFound(f"no {target.name} in {target.parent}, and {reason}; {_WAY_OUT}") from error


def _check_nrrd(part: Path, url: str) -> None:
    with part.open("rb") as file:
        if file.read(4) != b"NRRD":
            raise AtlasNotFound(f"{url} did not send an NRRD file (a log-in page of the network?); {_WAY_OUT}")
    try:
        read_annotation(part)
    except InvalidAtlas as error:
        raise AtlasNotFound(f"{url} broke off or is damaged ({error}); try again, or {_WAY_OUT}") from error
