"""Volumes in files: NRRD, NIfTI, TIFF and npy, read a slab at a time where the format allows it."""

import gzip
import struct
import tokenize
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas
from bregma.atlas.orientation import letters_towards

Volume = npt.NDArray[Any]
Slab = tuple[slice, Volume]

_STUMBLES: tuple[type[Exception], ...] = (
    *(OSError, EOFError, ValueError, TypeError, LookupError, RuntimeError, AssertionError, SyntaxError, StopIteration),
    *(zlib.error, struct.error, tokenize.TokenError),
)
_SLAB_BYTES = 32 << 20
_BYTE_ORDER: dict[str, Literal["<", ">"]] = {"little": "<", "big": ">"}
_MICROMETRES = {"mm": 1e3, "millimeter": 1e3, "millimeters": 1e3, "cm": 1e4, "m": 1e6, "meter": 1e6, "nm": 1e-3}
_NRRD_TYPES = {
    name: code
    for code, names in {
        "i1": "signed char|int8|int8_t",
        "u1": "uchar|unsigned char|uint8|uint8_t",
        "i2": "short|short int|signed short|signed short int|int16|int16_t",
        "u2": "ushort|unsigned short|unsigned short int|uint16|uint16_t",
        "i4": "int|signed int|int32|int32_t",
        "u4": "uint|unsigned int|uint32|uint32_t",
        "i8": "longlong|long long|long long int|signed long long|int64|int64_t",
        "u8": "ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t",
        "f4": "float",
        "f8": "double",
    }.items()
    for name in names.split("|")
}


@dataclass(frozen=True)
class StoredVolume:
    """A volume in a file, not read yet.

    Parameters
    ----------
    path : Path
        The file.
    shape : tuple of 3 int
        In the order of the file's axes.
    dtype : dtype
        Of its values.
    slabs : callable
        Reads it: slabs along the last axis, each with its place there.
    spacing_um : tuple of 3 float, optional
        Edges of a voxel along the axes, in micrometres; None where the file does not say it.
    orientation : str, optional
        Where each axis begins, as in `Orientation`; None where the file does not say it, or cannot be believed.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    slabs: Callable[[], Iterator[Slab]]
    spacing_um: tuple[float, ...] | None = None
    orientation: str | None = None

    def read(self) -> Volume:
        """Read all of it."""
        whole = np.empty(self.shape, self.dtype, order="F")
        for place, slab in self.slabs():
            whole[..., place] = slab
        return whole


def open_volume(path: Path | str) -> StoredVolume:
    """Open a volume; what it holds is told by the name of the file.

    Parameters
    ----------
    path : Path
        A file ending in ``.nrrd``, ``.nii``, ``.nii.gz``, ``.tif``, ``.tiff`` or ``.npy``.

    Raises
    ------
    AtlasNotFound
        If there is no such file.
    InvalidAtlas
        If its name says no known format, it is damaged, or it holds no volume.
    """
    path = Path(path)
    if not path.is_file():
        raise AtlasNotFound(f"no volume at {path}")
    for endings, open_format in _FORMATS.items():
        if path.name.lower().endswith(endings):
            volume = open_format(path)
            break
    else:
        raise InvalidAtlas(f"{path} is no volume by its name; known are .nrrd, .nii, .nii.gz, .tif, .tiff and .npy")
    if len(volume.shape) != 3 or 0 in volume.shape:
        raise InvalidAtlas(f"{path} holds an array of shape {volume.shape}, not a volume")
    return volume


def _open_nrrd(path: Path) -> StoredVolume:
    """Open an NRRD file. The space that those of the Allen Institute name is not theirs, so it is not believed."""
    nrrd = _need("nrrd", "pynrrd")
    with _reading(path, "NRRD", nrrd.NRRDError):
        header = nrrd.read_header(str(path))
        encoding = header["encoding"]
        dtype = np.dtype(_NRRD_TYPES[header["type"]]).newbyteorder(_BYTE_ORDER[header.get("endian", "little")])
        directions = header.get("space directions")
        spacings = header.get("spacings") if directions is None else np.linalg.norm(directions, axis=1)
        shape = tuple(int(size) for size in header["sizes"])
    unit = _MICROMETRES.get(str((header.get("space units") or ["microns"])[0]).lower(), 1.0)
    known = spacings is not None and bool(np.all(np.asarray(spacings) > 0))
    spacing = tuple(float(edge) * unit for edge in spacings) if known else None
    streamed = encoding in {"gzip", "gz", "raw"} and "data file" not in header and len(shape) == 3
    streamed = streamed and not {"line skip", "byte skip", "lineskip", "byteskip"} & set(header)
    read = _stream_nrrd if streamed else _read_nrrd
    return StoredVolume(path, shape, dtype, lambda: read(path, shape, dtype), spacing)


def _stream_nrrd(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Slab]:
    import nrrd

    depth = max(1, _SLAB_BYTES // (shape[0] * shape[1] * dtype.itemsize))
    with _reading(path, "NRRD", nrrd.NRRDError), path.open("rb") as file:
        packed = nrrd.read_header(file)["encoding"] != "raw"
        stream: Any = gzip.GzipFile(fileobj=file) if packed else file
        for start in range(0, shape[2], depth):
            place = slice(start, min(start + depth, shape[2]))
            slab = np.empty((place.stop - start, shape[1], shape[0]), dtype)
            _fill(stream, slab, path)
            yield place, slab.T
        if packed and stream.read(1):
            raise InvalidAtlas(f"{path} goes on after the end of its volume")


def _fill(stream: Any, slab: Volume, path: Path) -> None:
    wanted = memoryview(slab.data).cast("B")
    while len(wanted):
        size = stream.readinto(wanted)
        if not size:
            raise InvalidAtlas(f"{path} is not a readable NRRD file: it ends {len(wanted)} bytes too early")
        wanted = wanted[size:]


def _read_nrrd(path: Path, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Iterator[Slab]:
    import nrrd

    with _reading(path, "NRRD", nrrd.NRRDError):
        volume, _ = nrrd.read(str(path))
    yield slice(0, shape[-1]), volume


def _open_nifti(path: Path) -> StoredVolume:
    """Open a NIfTI file; its millimetres and its affine say how its voxels lie."""
    nibabel = _need("nibabel", "nibabel")
    own = nibabel.filebasedimages.ImageFileError, nibabel.spatialimages.HeaderDataError
    with _reading(path, "NIfTI", *own):
        image = nibabel.load(path)
        unit = {"meter": 1e6, "micron": 1.0}.get(image.header.get_xyzt_units()[0], 1e3)
        codes = nibabel.aff2axcodes(image.affine)
        dtype = np.dtype(image.get_data_dtype()) if image.dataobj.slope == 1 else np.dtype(np.float64)
    spacing = tuple(float(edge) * unit for edge in image.header.get_zooms()[:3])
    known = int(image.header["sform_code"]) > 0 or int(image.header["qform_code"]) > 0
    orientation = letters_towards("".join(codes)) if known and None not in codes else None
    shape = tuple(size for axis, size in enumerate(image.shape) if axis < 3 or size > 1)

    def read() -> Iterator[Slab]:
        with _reading(path, "NIfTI"):
            whole = np.asanyarray(image.dataobj).reshape(shape)
        yield slice(0, shape[-1]), whole

    return StoredVolume(path, shape, dtype, read, spacing, orientation)


def _open_tiff(path: Path) -> StoredVolume:
    tifffile = _need("tifffile", "tifffile")
    with _reading(path, "TIFF"), tifffile.TiffFile(path) as file:
        series = file.series[0]
        shape, dtype = tuple(series.shape), np.dtype(series.dtype)

    def read() -> Iterator[Slab]:
        with _reading(path, "TIFF"):
            whole = tifffile.imread(path)
        yield slice(0, shape[-1]), whole

    return StoredVolume(path, shape, dtype, read)


def _open_npy(path: Path) -> StoredVolume:
    with _reading(path, "npy"):
        volume = np.load(path, mmap_mode="r")

    def read() -> Iterator[Slab]:
        yield slice(0, volume.shape[-1]), volume

    return StoredVolume(path, volume.shape, volume.dtype, read)


@contextmanager
def _reading(path: Path, kind: str, *own: type[Exception]) -> Iterator[None]:
    """Say of a file what its reader stumbled over: headers of damaged files break readers in any way."""
    try:
        yield
    except AtlasError:
        raise
    except _STUMBLES + own as error:
        raise InvalidAtlas(f"{path} is not a readable {kind} file: {str(error) or type(error).__name__}") from error


def _need(module: str, package: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        raise AtlasError(f"reading this volume needs {package}: pip install 'bregma[viewer]'") from error


_FORMATS: dict[tuple[str, ...], Callable[[Path], StoredVolume]] = {
    (".nrrd", ".nhdr"): _open_nrrd,
    (".nii", ".nii.gz"): _open_nifti,
    (".tif", ".tiff"): _open_tiff,
    (".npy",): _open_npy,
}
