"""What a ONE is made of: a server, tables, and a folder of files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bregma.one.cache import fetch_tables
from bregma.one.client import AlyxClient
from bregma.one.files import DatasetFiles
from bregma.one.local import LocalCatalogue
from bregma.one.recording import Recorder
from bregma.one.remote import RemoteCatalogue
from bregma.one.snapshot import read_info

if TYPE_CHECKING:
    from typing import Self

    from bregma.one.catalogue import Catalogue
    from bregma.one.tables import TablesInfo


class Mode(StrEnum):
    """Where questions go: to the server, or to the tables on this machine."""

    REMOTE = "remote"
    LOCAL = "local"

    @classmethod
    def parse(cls, value: str) -> Mode:
        """Convert a text; raises ValueError naming the modes there are."""
        try:
            return cls(value)
        except ValueError:
            raise ValueError(f"no mode {value!r}; choose 'remote' or 'local'") from None


class Setup:
    """Server, tables and files of one user, and the mode in which questions are asked; parameters as of ``ONE``."""

    def __init__(
        self,
        base_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        cache_dir: Path | str | None = None,
        mode: str = "remote",
        wildcards: bool = True,
        *,
        tables_dir: Path | str | None = None,
        client: AlyxClient | None = None,
    ) -> None:
        self._mode = Mode.parse(mode)
        self.wildcards = wildcards
        self.record_loaded = False
        self.recorder = Recorder()
        self.alyx = client or AlyxClient(base_url, username, password, token=token)
        self.cache_dir = Path(cache_dir) if cache_dir else _default_cache(self.alyx.base_url)
        self._remote = RemoteCatalogue(self.alyx)
        self._local = LocalCatalogue(tables_dir or self.cache_dir)
        self._files = DatasetFiles(self.cache_dir, None if self.offline else self.alyx)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.alyx.base_url!r}, mode={str(self.mode)!r}, cache_dir={str(self.cache_dir)!r})"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.alyx.close()

    @property
    def mode(self) -> Mode:
        """Where questions go if nothing else is said."""
        return self._mode

    @property
    def offline(self) -> bool:
        """Whether questions go to the tables."""
        return self.mode is Mode.LOCAL

    @property
    def tables_dir(self) -> Path:
        """Where the tables are."""
        return self._local.folder

    def load_cache(
        self, tables_dir: Path | str | None = None, *, tag: str | None = None, clobber: bool = False
    ) -> TablesInfo:
        """Get the newest tables of the server (remote mode), or open others (local mode).

        Parameters
        ----------
        tables_dir : path, optional
            Where they are or go; by default the cache folder, and a folder of its own inside for a tag.
        tag : str, optional
            Only what this public release holds.
        clobber : bool
            Download even if those here are as new.

        Returns
        -------
        TablesInfo
            When and by whom the tables were made.

        Raises
        ------
        TablesMissing, InvalidTables, ServerUnavailable
            If there are none, or none that can be read.
        """
        folder = Path(tables_dir) if tables_dir else self.cache_dir / (tag or "")
        info = None if self.offline else fetch_tables(self.alyx, folder, tag=tag, clobber=clobber)
        self._local = LocalCatalogue(folder)
        return info or read_info(folder / "sessions.pqt")

    def _catalogue(self, query_type: str | None = None) -> Catalogue:
        mode = self.mode if query_type is None else Mode.parse(query_type)
        return self._local if mode is Mode.LOCAL else self._remote


def _default_cache(base_url: str) -> Path:
    """One folder per server: datasets of two servers may have the same path."""
    from bregma.services.home import Home

    return Home.default().cache / urlsplit(base_url).netloc.replace(":", "_")
