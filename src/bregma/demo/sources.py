"""The two public archives that the demo's recordings come from: downloaded once, pinned by hash, kept."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from bregma.demo.disk import explaining_full_disk
from bregma.demo.download import pip_download
from bregma.demo.errors import ArchiveMismatch, DownloadFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Source:
    """One release of a public package, as the registry serves it."""

    package: str
    version: str
    filename: str
    sha256: str
    licence: str

    @property
    def is_wheel(self) -> bool:
        """Whether the archive is a wheel; otherwise it is a source archive."""
        return self.filename.endswith(".whl")

    @property
    def requirement(self) -> str:
        """The line of a requirements file that pins this release."""
        return f"{self.package}=={self.version} --hash=sha256:{self.sha256}"


IBLLIB = Source(
    package="ibllib",
    version="4.1.0",
    filename="ibllib-4.1.0-py3-none-any.whl",
    sha256="31d9a1c1ba74d624193c16c8591960e54eea45bbfc03b6aa60e7bfbeb10b2df4",
    licence="MIT",
)
IBLVIEWER = Source(
    package="iblviewer",
    version="2.4.7",
    filename="iblviewer-2.4.7.tar.gz",
    sha256="e5ea7e1fdba0116291fc50f6a600ef6b717c48791059395c29317e568ad8b9cb",
    licence="MIT",
)
SOURCES = (IBLLIB, IBLVIEWER)


def fetch_sources(
    folder: Path,
    *,
    sources: Sequence[Source] = SOURCES,
    download: Callable[[Sequence[Source], Path], None] = pip_download,
) -> Mapping[str, Path]:
    """Return the archives, downloading those that are not in the folder yet.

    Parameters
    ----------
    folder : Path
        Where the archives are kept; made if needed.
    sources : sequence of Source
        What is wanted.
    download : callable
        Puts archives into an empty folder; pip by default.

    Returns
    -------
    mapping of str to Path
        Package name to archive. Every archive has the hash that was pinned.

    Raises
    ------
    DownloadFailed
        If an archive is neither there nor to be had.
    ArchiveMismatch
        If what was downloaded has another hash. Nothing of it is kept.
    DiskFull
        If no space is left. Nothing half-written is kept.
    """
    with explaining_full_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            missing = [source for source in sources if not _is_intact(folder / source.filename, source)]
            if missing:
                _fetch(missing, folder, download)
    return {source.package: folder / source.filename for source in sources}


def check_archive(path: Path, source: Source) -> None:
    """Raise :class:`ArchiveMismatch` unless the file is the release that was pinned."""
    found = _sha256(path)
    if found != source.sha256:
        raise ArchiveMismatch(
            f"{path.name} has sha256 {found}, not {source.sha256} as {source.package} {source.version}; "
            f"delete it and run the command again"
        )


def _fetch(missing: Sequence[Source], folder: Path, download: Callable[[Sequence[Source], Path], None]) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as staging:
        download(missing, Path(staging))
        for source in missing:
            arrived = Path(staging, source.filename)
            if not arrived.is_file():
                raise DownloadFailed(f"pip succeeded, but did not leave {source.filename}; run the command again")
            check_archive(arrived, source)
        for source in missing:
            Path(staging, source.filename).replace(folder / source.filename)


def _is_intact(path: Path, source: Source) -> bool:
    return path.is_file() and _sha256(path) == source.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
