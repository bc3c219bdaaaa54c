"""One level of an OME-Zarr (Zarr 3) pyramid in a folder, read with what decodes its chunks."""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas

_TOLERANCE = 1e-3
_PACKED = {"zstd", "gzip", "blosc"}


def read_level(path: Path, resolution_um: Sequence[float]) -> npt.NDArray[Any]:
    """Read the level of a pyramid that has voxels of a size.

    Parameters
    ----------
    path : Path
        The folder of the pyramid, with ``zarr.json``; its scales are in millimetres.
    resolution_um : (3,) sequence of float
        Edges of a voxel, in micrometres.

    Raises
    ------
    AtlasNotFound
        If there is no such level, or its chunks were not downloaded.
    InvalidAtlas
        If its chunks are packed in an unknown way.
    """
    if not (path / "zarr.json").is_file():
        raise AtlasNotFound(f"no volume at {path}; let BrainGlobe's tool download it")
    attributes = json.loads((path / "zarr.json").read_text(encoding="utf-8"))["attributes"]
    levels = attributes.get("ome", attributes)["multiscales"][0]["datasets"]
    for level in levels:
        scale = next(step["scale"] for step in level["coordinateTransformations"] if step["type"] == "scale")
        if np.allclose(np.array(scale[-3:]) * 1e3, resolution_um, rtol=_TOLERANCE):
            return _read_array(path / level["path"])
    raise AtlasNotFound(f"{path} has no level with voxels of {tuple(resolution_um)} um")


def _read_array(path: Path) -> npt.NDArray[Any]:
    header = json.loads((path / "zarr.json").read_text(encoding="utf-8"))
    shape, size = header["shape"], header["chunk_grid"]["configuration"]["chunk_shape"]
    names = {codec["name"] for codec in header["codecs"]}
    if not names <= {"bytes"} | _PACKED:
        raise InvalidAtlas(f"{path} is packed with {', '.join(sorted(names))}; known are {', '.join(sorted(_PACKED))}")
    array = np.full(shape, header.get("fill_value", 0), dtype=header["data_type"])
    if not (path / "c").is_dir():
        raise AtlasNotFound(f"the voxels of {path} are not here; let BrainGlobe's tool download them")
    separator = header["chunk_key_encoding"].get("configuration", {}).get("separator", "/")
    for place in _places(shape, size):
        file = path / separator.join(["c", *map(str, place)])
        if file.is_file():
            chunk = _unpack(file.read_bytes(), header["codecs"], array.dtype).reshape(size)
            where = tuple(slice(at * edge, (at + 1) * edge) for at, edge in zip(place, size, strict=True))
            kept = array[where].shape
            array[where] = chunk[tuple(slice(0, length) for length in kept)]
    return array


def _places(shape: Sequence[int], size: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return product(*(range(-(-length // edge)) for length, edge in zip(shape, size, strict=True)))


def _unpack(content: bytes, codecs: Sequence[dict[str, Any]], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    try:
        import numcodecs  # type: ignore[import-untyped]
    except ImportError as error:
        raise AtlasError("reading this atlas needs numcodecs: pip install numcodecs") from error
    for codec in reversed(codecs):
        if codec["name"] in _PACKED:
            content = numcodecs.get_codec({"id": codec["name"]}).decode(content)
    order = next((codec.get("configuration", {}).get("endian") for codec in codecs if codec["name"] == "bytes"), None)
    return np.frombuffer(content, dtype.newbyteorder(">" if order == "big" else "<"))
