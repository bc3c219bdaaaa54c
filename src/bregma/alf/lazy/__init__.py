"""Parts of large files without reading the whole: arrays, tables, raw traces, videos, here or on a server."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from bregma.alf.errors import UnreadableFile
from bregma.alf.formats.binary import layout_of, map_binary
from bregma.alf.grammar import NameParts, is_id, is_valid
from bregma.alf.lazy.array import LazyArray, RawArray
from bregma.alf.lazy.npy import map_npy, open_npy
from bregma.alf.lazy.source import ByteSource
from bregma.alf.lazy.table import LazyTable
from bregma.alf.lazy.traces import Traces
from bregma.alf.lazy.video import Video
from bregma.alf.metadata import find_metadata, read_description, read_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np

    from bregma.alf.lazy.source import SeekableFile

__all__ = [
    "ByteSource",
    "LazyArray",
    "LazyTable",
    "RawArray",
    "Traces",
    "Video",
    "explained_by",
    "has_parts",
    "open_lazily",
]

VIDEOS = frozenset({".mp4", ".avi", ".mkv", ".mov"})
TABLES = frozenset({".pqt", ".parquet"})


def open_lazily(
    source: Path | str | SeekableFile,
    *,
    name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> np.ndarray | LazyArray | LazyTable | Video:
    """Open a file, reading no more of it than is asked for later.

    Parameters
    ----------
    source : path or binary file
        A file of this machine, or anything that reads and seeks.
    name : str, optional
        The file's name, whose extension says what it is; needed where a binary file does not tell its own.
    metadata : mapping, optional
        What the file beside it says, where that is not there to be read: the ``.ch`` of a ``.cbin``, the
        ``.metadata.json`` of a ``.bin``.

    Returns
    -------
    numpy.memmap, LazyArray, LazyTable, Traces or Video
        ``.npy`` and ``.bin`` as an array (mapped into memory, where the file is here), ``.pqt`` as a table,
        ``.cbin`` as traces, ``.mp4`` and ``.avi`` as a video.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    UnreadableFile
        If the file is empty, damaged, lacks its metadata, or has a format of which no parts can be read.
    """
    if isinstance(source, (str, Path)):
        return _open_path(Path(source), metadata)
    name = name or str(getattr(source, "name", ""))
    return _open_bytes(ByteSource(source, name), PurePosixPath(name).suffix.lower(), metadata)


def has_parts(name: str) -> bool:
    """Tell whether parts of a file of this name can be read."""
    return PurePosixPath(name).suffix.lower() in {".npy", ".bin", ".cbin", *TABLES, *VIDEOS}


def explained_by(name: str, beside: Iterable[str]) -> str | None:
    """Find the file that must be read to read another one.

    Parameters
    ----------
    name : str
        The name of a data file.
    beside : iterable of str
        The names of the files of its folder, all of the convention.

    Returns
    -------
    str or None
        The ``.ch`` of a ``.cbin``, or the ``.metadata.json`` of a ``.bin``; None if there is none, or none is needed.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension == ".cbin":
        wanted = _header_name(name)
        return next((other for other in beside if other.endswith(".ch") and _header_name(other) == wanted), None)
    found = find_metadata(NameParts.of(name), map(Path, beside)) if extension == ".bin" else None
    return None if found is None else found.name


def _open_path(path: Path, metadata: Mapping[str, Any] | None) -> np.ndarray | LazyArray | LazyTable | Video:
    extension = path.suffix.lower()
    if not path.stat().st_size:
        raise UnreadableFile(f"{path} is empty; download or extract it again")
    if extension == ".npy":
        return map_npy(path)
    if extension == ".bin":
        return map_binary(path, _need(metadata or read_metadata(path), "dtype", path, ".metadata.json"))
    if extension in TABLES:
        return LazyTable(path)
    if extension in VIDEOS:
        return Video(path)
    if extension == ".cbin":
        return _open_traces(path, metadata or _read_header(path))
    raise _unknown(str(path), extension)


def _open_traces(path: Path, header: Mapping[str, Any]) -> Traces:
    source = ByteSource(path.open("rb"), str(path))
    try:
        return Traces(source, header)
    except UnreadableFile:
        source.close()
        raise


def _open_bytes(
    source: ByteSource, extension: str, metadata: Mapping[str, Any] | None
) -> LazyArray | LazyTable | Video:
    if extension == ".npy":
        return open_npy(source)
    if extension == ".bin":
        dtype, shape = layout_of(_need(metadata, "dtype", source.name, ".metadata.json"), source.size, source.name)
        return RawArray(source, dtype, shape)
    if extension in TABLES:
        return LazyTable(source)
    if extension in VIDEOS:
        return Video(source)
    if extension == ".cbin":
        return Traces(source, _need(metadata, "chunk_bounds", source.name, ".ch"))
    raise _unknown(source.name, extension)


def _read_header(path: Path) -> dict[str, Any]:
    """Read the ``.ch`` file of a ``.cbin`` file, whether or not their names have dataset ids."""
    found = explained_by(path.name, sorted(other.name for other in path.parent.glob("*.ch") if is_valid(other.name)))
    if found is None:
        raise UnreadableFile(
            f"{path} has no {_header_name(path.name)} beside it, which tells how it is compressed; download that too"
        )
    return read_description(path.with_name(found))


def _header_name(name: str) -> str:
    """Name the ``.ch`` file that explains a ``.cbin`` file, without dataset ids."""
    parts = NameParts.of(name)
    extra = ".".join(part for part in (parts.extra or "").split(".") if not is_id(part))
    return str(parts._replace(extra=extra or None, extension="ch"))


def _need(metadata: Mapping[str, Any] | None, key: str, name: object, extension: str) -> Mapping[str, Any]:
    if not metadata or key not in metadata:
        raise UnreadableFile(f"{name} needs a {extension} file with {key!r}; download it too, or pass metadata=")
    return metadata


def _unknown(name: str, extension: str) -> UnreadableFile:
    return UnreadableFile(f"no parts of {name} can be read, as its format is {extension!r}; load it with read_file")
