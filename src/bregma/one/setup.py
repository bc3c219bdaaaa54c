"""What a ONE is made of: a server, tables, and a folder of files."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bregma.one.catalogue.local import LocalCatalogue
from bregma.one.caution import warn
from bregma.one.recording import Recorder
from bregma.one.server.parameters import SavedParameters
from bregma.one.server.place import Place, cache_of_store, copy_tables
from bregma.one.tables.snapshot import read_info

if TYPE_CHECKING:
    from typing import Self

    from bregma.one.catalogue import Catalogue
    from bregma.one.client import AlyxClient
    from bregma.one.files import DatasetFiles
    from bregma.one.tables import TablesInfo
    from bregma.store import Store

_FORMER_MODES = frozenset({"auto", "refresh"})


class Mode(StrEnum):
    """Where questions go: to the server, or to the tables on this machine."""

    REMOTE = "remote"
    LOCAL = "local"

    @classmethod
    def parse(cls, value: str) -> Mode:
        """Convert a text; raises ValueError naming the modes there are."""
        if value in _FORMER_MODES:
            warn(
                f"the mode {value!r} is no more: the server is asked (mode='remote'), and load_cache() gets new tables",
                FutureWarning,
            )
            return cls.REMOTE
        try:
            return cls(value)
        except ValueError:
            raise ValueError(f"no mode {value!r}; choose 'remote' or 'local'") from None


class Setup:
    """Server, tables and files of one user, and the mode in which questions are asked; parameters as of ``ONE``."""

    def __init__(
        self,
        base_url: str | Path | None = None,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        cache_dir: Path | str | None = None,
        mode: str | None = None,
        wildcards: bool = True,
        *,
        tables_dir: Path | str | None = None,
        silent: bool = False,
        cache_rest: str | None = None,
        bandwidth: float | None = None,
        client: AlyxClient | None = None,
    ) -> None:
        from bregma.one.catalogue.remote import RemoteCatalogue
        from bregma.one.client import AlyxClient

        place, saved = Place.parse(base_url), SavedParameters()
        alone = not any((place.server, username, password, token, client))
        folder = place.folder or (Path(cache_dir).expanduser() if cache_dir else None)
        known = saved.server_of(folder) if folder and alone else None
        is_local = bool(place.folder or place.store) or bool(folder and alone and known is None and _is_data(folder))
        self._mode = Mode.parse(mode or ("local" if is_local else "remote"))
        self.wildcards = wildcards
        self.record_loaded = False
        self.recorder = Recorder()
        self.alyx = client or AlyxClient(
            place.server or known,
            username,
            None if self.offline else password,
            cache_dir=folder,
            silent=silent,
            cache_rest=None if self.offline else cache_rest,
            token=token,
        )
        self._cache_dir = folder or (cache_of_store(place.store) if place.store else self.alyx.cache_dir)
        self._store = _open(place.store, self._cache_dir) if place.store else None
        self._remote = RemoteCatalogue(self.alyx)
        self._local = LocalCatalogue(tables_dir or self._cache_dir)
        self._bandwidth = bandwidth
        self._files = self._make_files()

    def __repr__(self) -> str:
        place = str(self.cache_dir) if self.offline else self.alyx.base_url
        return f"{type(self).__name__}({place!r}, mode={str(self.mode)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.alyx.close()

    @property
    def mode(self) -> Mode:
        """Where questions go if nothing else is said."""
        return self._mode

    @mode.setter
    def mode(self, value: str) -> None:
        self._mode = Mode.parse(value)
        self._renew_files()

    @property
    def cache_dir(self) -> Path:
        """Where files go."""
        return self._cache_dir

    @cache_dir.setter
    def cache_dir(self, value: Path | str) -> None:
        self._cache_dir = Path(value).expanduser()
        self._renew_files()

    @property
    def uuid_filenames(self) -> bool:
        """Whether names of files keep the id of their dataset before the extension."""
        return self._files.uuid_filenames

    @uuid_filenames.setter
    def uuid_filenames(self, value: bool) -> None:
        self._files.uuid_filenames = bool(value)

    @property
    def offline(self) -> bool:
        """Whether questions go to the tables."""
        return self.mode is Mode.LOCAL

    @property
    def tables_dir(self) -> Path:
        """Where the tables are."""
        return self._local.folder

    def load_cache(
        self, tables_dir: Path | str | None = None, clobber: bool = False, tag: str | None = None
    ) -> TablesInfo:
        """Get the newest tables of the server (remote mode), or open others (local mode).

        Parameters
        ----------
        tables_dir : path, optional
            Where they are or go; by default the cache folder, and a folder of its own inside for a tag.
        clobber : bool
            Download even if those here are as new.
        tag : str, optional
            Only what this public release holds.

        Returns
        -------
        TablesInfo
            When and by whom the tables were made.

        Raises
        ------
        TablesMissing, InvalidTables, ServerUnavailable
            If there are none, or none that can be read.
        """
        from bregma.one.tables.cache import fetch_tables

        folder = Path(tables_dir) if tables_dir else self.cache_dir / (tag or "")
        info = None if self.offline else fetch_tables(self.alyx, folder, tag=tag, clobber=clobber)
        self._local = LocalCatalogue(folder)
        return info or read_info(folder / "sessions.pqt")

    def save_cache(self, save_dir: Path | str | None = None, clobber: bool = False) -> None:
        """Add what the server was found to have to the tables on this machine, to be searched offline.

        Parameters
        ----------
        save_dir : path, optional
            Where to; by default where the tables are. In another folder these tables are saved too.
        clobber : bool
            Replace the tables there instead of adding to them.
        """
        from bregma.one.catalogue.found import save_found

        self._remote.complete()
        save_found(self._remote.found, self._local, Path(save_dir) if save_dir else self.tables_dir, clobber=clobber)
        self._local = LocalCatalogue(self.tables_dir)

    def _catalogue(self, query_type: str | None = None) -> Catalogue:
        mode = self.mode if query_type is None else Mode.parse(query_type)
        return self._local if mode is Mode.LOCAL else self._remote

    def _renew_files(self) -> None:
        named = self.uuid_filenames
        self._files = self._make_files()
        self.uuid_filenames = named

    def _make_files(self) -> DatasetFiles:
        from bregma.one.files import DatasetFiles

        client = None if self.offline else self.alyx
        silent = True if self.alyx.silent else None
        return DatasetFiles(self._cache_dir, client, origin=self._store, bandwidth=self._bandwidth, silent=silent)


def _is_data(folder: Path) -> bool:
    """Tell whether a folder is to be opened, not filled: it has tables, or the environment names no server."""
    return (folder / "sessions.pqt").is_file() or not os.environ.get("BREGMA_URL")


def _open(address: str, folder: Path) -> Store:
    """Open a zip or an object store, and copy its tables into a folder."""
    from bregma.store import open_store

    store: Store = open_store(address)
    copy_tables(store, folder, address=address)
    return store
