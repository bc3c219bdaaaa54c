"""The Swanson flat map: a drawing of the brain unfolded, as a picture of region rows or as outlines."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import AtlasNotFound, InvalidAtlas
from bregma.atlas.fetching import Wanted, fetch_once
from bregma.atlas.flatmaps import FlatMap
from bregma.atlas.prepared import user_cache
from bregma.atlas.regions import Regions

if TYPE_CHECKING:
    from bregma.store import Engine

SWANSON_CREDIT = "Flat map: Hahn et al. 2021, J Comp Neurol 529, 576-594, after L. Swanson."

_SERVER = "https://ibl-brain-wide-map-public.s3.amazonaws.com/atlas"
_PICTURE, _OUTLINES = "swanson2allen.npz", "swansonpaths.json"
_WAY_OUT = "take {name} from the public bucket of the International Brain Laboratory (folder atlas) and pass its path"


@dataclass(frozen=True, eq=False)
class Outline:
    """One region of a drawing.

    Parameters
    ----------
    row : int
        Of the region.
    rings : tuple of (n, 2) array
        Corners of its pieces, in pixels: to the right, and down from the top.
    has_holes : bool
        Whether every ring after the first is a hole in it, instead of a piece of its own.
    """

    row: int
    rings: tuple[npt.NDArray[np.float64], ...]
    has_holes: bool


def load_swanson(
    path: Path | str | None = None,
    *,
    both_sides: bool = False,
    cache_dir: Path | str | None = None,
    engine: "Engine | None" = None,
) -> FlatMap:
    """Load the Swanson flat map of the mouse: from a file, else from the cache, else from the server.

    Parameters
    ----------
    path : Path, optional
        ``swanson2allen.npz``. With a path, nothing else is tried.
    both_sides : bool
        Draw the left side too, as the mirror image below the right one.
    cache_dir : Path, optional
        Where it is kept; the user's cache folder by default.
    engine : Engine, optional
        What brings it over https.

    Returns
    -------
    FlatMap
        A drawing: it shows values of regions, and has no voxels. Its credit is `SWANSON_CREDIT`.

    Raises
    ------
    AtlasNotFound
        If it is not to be had; the message names the way out.
    InvalidAtlas
        If the file is another one.
    """
    picture = read_swanson(_find(path, _PICTURE, _check_picture, cache_dir, engine))
    regions = Regions.allen().lateralised
    rows = picture[::-1]
    if both_sides:
        mirrored = np.where(picture > 0, picture + np.uint16(regions.n_structures), 0)
        rows = np.concatenate([mirrored, rows]).astype(np.uint16)
    height, width = rows.shape
    extent = (0.0, width, 0.0, height)
    return FlatMap("Swanson flat map", np.ascontiguousarray(rows), regions, extent=extent, credit=SWANSON_CREDIT)


def load_swanson_outlines(
    path: Path | str | None = None, *, cache_dir: Path | str | None = None, engine: "Engine | None" = None
) -> tuple[Outline, ...]:
    """Load the Swanson flat map as outlines of its regions, as `load_swanson` does the picture.

    Parameters
    ----------
    path : Path, optional
        ``swansonpaths.json``. With a path, nothing else is tried.
    cache_dir, engine
        As for `load_swanson`.
    """
    return read_outlines(_find(path, _OUTLINES, _check_outlines, cache_dir, engine))


def read_swanson(path: Path) -> npt.NDArray[np.uint16]:
    """Read the picture of the right side: rows of the Allen table, the first row of pixels on top.

    Raises
    ------
    InvalidAtlas
        If the file is another one.
    """
    try:
        with np.load(path) as stored:
            picture: npt.NDArray[Any] = stored["swanson2allen"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidAtlas(f"{path} is no Swanson flat map: {error}") from error
    if picture.ndim != 2 or picture.dtype.kind not in "iu" or not 0 < picture.max() < len(Regions.allen()):
        raise InvalidAtlas(f"{path} holds {picture.dtype} of shape {picture.shape}, not a picture of region rows")
    return picture.astype(np.uint16)


def read_outlines(path: Path) -> tuple[Outline, ...]:
    """Read outlines: a list of regions with ``thisID`` (a row), ``coordsReg`` and ``hole``.

    Raises
    ------
    InvalidAtlas
        If the file is another one.
    """
    try:
        entries = json.loads(Path(path).read_text(encoding="utf-8"))
        return tuple(_read_outline(entry) for entry in entries)
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidAtlas(f"{path} holds no outlines: {type(error).__name__} {error}") from error


def _read_outline(entry: dict[str, Any]) -> Outline:
    row = int(entry["thisID"])
    if not 0 <= row < len(Regions.allen()):
        raise ValueError(f"there is no row {row}")
    pieces = entry["coordsReg"] if isinstance(entry["coordsReg"], list) else [entry["coordsReg"]]
    rings = tuple(np.stack([piece["x"], piece["y"]], axis=1).astype(np.float64) for piece in pieces)
    return Outline(row, rings, bool(entry["hole"]))


def _check_picture(path: Path) -> None:
    read_swanson(path)


def _check_outlines(path: Path) -> None:
    read_outlines(path)


def _find(
    path: Path | str | None, name: str, check: Any, cache_dir: Path | str | None, engine: "Engine | None"
) -> Path:
    way_out = _WAY_OUT.format(name=name)
    if path is not None:
        if not Path(path).is_file():
            raise AtlasNotFound(f"no Swanson flat map at {path}; {way_out}")
        return Path(path)
    folder = user_cache() if cache_dir is None else Path(cache_dir)
    return fetch_once(Wanted(name, f"{_SERVER}/{name}", check, way_out), folder, engine)
