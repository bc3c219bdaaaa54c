"""The files of datasets on this machine: found, checked, fetched when missing or damaged."""

from __future__ import annotations

import errno
import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bregma.alf import ALFPath
from bregma.one.errors import FileNotDownloaded
from bregma.one.files.mirrors import Mirrors
from bregma.one.files.verified import Stamp, VerifiedHashes
from bregma.store import Engine, Fetch, Fingerprint, HashMismatch, LocalStore, Plan, Source, StoreError, hash_file
from bregma.store.locking import lock_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from bregma.one.client import AlyxClient
    from bregma.one.records import Dataset, Session
    from bregma.store import Store

    Wanted = Sequence[tuple[Dataset, ALFPath]]

_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_LOCKS = 1024
_HASHING = 4


class DatasetFiles:
    """A folder of files, laid out as in the lab (without ids in the names).

    Any number of processes may share it. A folder that cannot be written to serves what it has.

    Parameters
    ----------
    root : Path
        The folder.
    client : AlyxClient, optional
        Who fetches what is missing; without one, and without an origin, nothing is fetched.
    origin : Store, optional
        Where files come from instead: a tree laid out in the same way. A folder of this machine is used in place.
    parallel : int
        How many files are fetched at once.
    bandwidth : float, optional
        Bytes per second, of all transfers together; no limit by default.
    silent : bool, optional
        Never (True) or always (False) show progress; by default on a terminal only.
    """

    def __init__(
        self,
        root: Path,
        client: AlyxClient | None = None,
        *,
        origin: Store | None = None,
        parallel: int = 16,
        bandwidth: float | None = None,
        silent: bool | None = None,
    ) -> None:
        self.root = Path(root)
        self._client = client
        self._origin = origin
        self._mirrors = Mirrors(client) if client is not None else None
        connection = client.connection if client is not None else None
        retry = connection.retry if connection is not None else None
        self.engine = Engine(connection, parallel=parallel, retry=retry, bandwidth=bandwidth, silent=silent)
        self.verified = VerifiedHashes(self.root)
        self.uuid_filenames = False
        """Whether names of files keep the id of their dataset before the extension."""

    @property
    def place(self) -> Path:
        """The folder in which files are looked for."""
        return self._origin.root if isinstance(self._origin, LocalStore) else self.root

    def path(self, session: Session, dataset: Dataset) -> ALFPath:
        """Say where a file lies or will lie.

        Raises
        ------
        FileNotDownloaded
            If its path leads out of the folder, as a hostile server or table could say.
        """
        path = ALFPath(self.place / _relative(session, dataset))
        return path.with_uuid(dataset.id) if self.uuid_filenames else path

    def ensure(self, session: Session, datasets: Iterable[Dataset], *, check_hash: bool = True) -> list[ALFPath]:
        """Return the files of datasets, fetching those that are missing or damaged.

        Parameters
        ----------
        session : Session
            Whose files.
        datasets : iterable of Dataset
            Which.
        check_hash : bool
            Whether files that are already here are compared with their md5 too, once as long as they do
            not change; sizes are always compared, and what is fetched is always checked.

        Raises
        ------
        FileNotDownloaded
            If a file is missing and cannot be fetched.
        HashMismatch
            If a file is damaged and cannot be fetched, or the server's is another one.
        """
        wanted = [(dataset, self.path(session, dataset)) for dataset in datasets]
        lacking = self._lacking(wanted, check_hash=check_hash)
        if lacking:
            self._obtain(session, lacking)
        return [path for _, path in wanted]

    def plan(self, session: Session, datasets: Iterable[Dataset], *, check_hash: bool = True) -> Plan:
        """Say how many files and bytes ``ensure`` would fetch, and fetch nothing."""
        wanted = [(dataset, self.path(session, dataset)) for dataset in datasets]
        lacking = self._lacking(wanted, check_hash=check_hash)
        return Engine.plan(Fetch(path, (), dataset.fingerprint) for dataset, path in lacking)

    def source_of(self, dataset: Dataset, session: Session | None = None) -> Source:
        """Find the best copy of a dataset to read parts of: an address with headers, or a key of a store.

        Parameters
        ----------
        dataset : Dataset
            Which.
        session : Session, optional
            Whose; needed only where files come from an origin.

        Raises
        ------
        FileNotDownloaded
            If no copy is known.
        """
        if self._origin is not None and session is not None:
            return Source.of(self._origin, _relative(session, dataset).as_posix())
        if self._mirrors is not None and dataset.url:
            return self._mirrors.at(dataset.url)
        found = self._mirrors.find([dataset.id]).get(dataset.id) if self._mirrors is not None else None
        if not found:
            raise FileNotDownloaded(f"no copy of {dataset.rel_path} ({dataset.id}) can be read from here")
        return min(found, key=lambda source: source.priority)

    # Looking at what is here

    def _lacking(self, wanted: Wanted, *, check_hash: bool) -> list[tuple[Dataset, ALFPath]]:
        """Choose what is missing, of a wrong size, or (once as long as a file does not change) of a wrong md5."""
        present = {path: stamp for dataset, path in wanted if (stamp := _stamp_if_good(dataset, path))}
        lacking = {path for _, path in wanted if path not in present}
        if check_hash:
            md5s = self._hashes(
                {path: present[path] for one, path in wanted if path in present and one.fingerprint.md5}
            )
            lacking |= {path for one, path in wanted if path in md5s and not _has(one, md5s[path])}
        return [(dataset, path) for dataset, path in wanted if path in lacking]

    def _hashes(self, present: dict[ALFPath, Stamp]) -> dict[ALFPath, str]:
        """Tell the md5 of files, measuring those that are not known."""
        names = {self._name(path): path for path in present}
        known = self.verified.find({name: present[path] for name, path in names.items()})
        unknown = [(name, path) for name, path in names.items() if name not in known]
        if len(unknown) > 1:
            with ThreadPoolExecutor(_HASHING) as pool:
                measured = list(pool.map(lambda one: hash_file(one[1]), unknown))
        else:
            measured = [hash_file(path) for _, path in unknown]
        fresh = {name: md5 for (name, _), md5 in zip(unknown, measured, strict=True)}
        self.verified.remember({name: (present[names[name]], md5) for name, md5 in fresh.items()})
        return {path: {**known, **fresh}[name] for name, path in names.items()}

    def _name(self, path: Path) -> str:
        return path.relative_to(self.place).as_posix()

    # Fetching

    def _obtain(self, session: Session, lacking: Wanted) -> None:
        sources = self._sources(session, lacking)
        for dataset, path in lacking:
            if not sources.get(path):
                self._explain(dataset, path)
        try:
            self._fetch(lacking, sources)
        except StoreError:
            rest = self._lacking(lacking, check_hash=True)
            others = self._other_sources(rest, sources)
            if not rest or not all(others.get(path) for _, path in rest):
                raise
            self._fetch(rest, others)

    def _sources(self, session: Session, lacking: Wanted) -> dict[ALFPath, list[Source]]:
        """Find where files can be had; datasets of tables have no address, so the server is asked once for all."""
        if isinstance(self._origin, LocalStore):
            return {}
        if self._origin is not None:
            origin = self._origin
            return {path: [Source.of(origin, _relative(session, one).as_posix())] for one, path in lacking}
        mirrors = self._mirrors
        if mirrors is None:
            return {}
        found = {path: [mirrors.at(one.url)] for one, path in lacking if one.url}
        asked = mirrors.find([one.id for one, path in lacking if path not in found])
        return {path: found.get(path) or asked.get(one.id, []) for one, path in lacking}

    def _other_sources(
        self, rest: Wanted, tried: dict[ALFPath, list[Source]]
    ) -> dict[ALFPath, list[Source]]:  # fmt: skip
        """Ask for the copies that have not been tried."""
        unasked = [(one, path) for one, path in rest if one.url]
        if self._mirrors is None or self._origin is not None or len(unasked) < len(rest):
            return {}
        found = self._mirrors.find([one.id for one, _ in rest])
        return {path: [one for one in found.get(dataset.id, []) if one not in tried[path]] for dataset, path in rest}

    def _fetch(self, lacking: Wanted, sources: dict[ALFPath, list[Source]]) -> None:
        expected = {path: dataset for dataset, path in lacking}
        fetched: list[Path] = []

        @contextmanager
        def guard(item: Fetch) -> Iterator[bool]:
            path = ALFPath(item.target)
            with self._lock(path):
                # another process may have fetched it meanwhile
                needed = bool(self._lacking([(expected[path], path)], check_hash=True))
                yield needed
                if needed:
                    fetched.append(path)

        try:
            self.engine.fetch([Fetch(path, sources[path], one.fingerprint) for one, path in lacking], guard=guard)
        except OSError as error:
            if error.errno not in _READ_ONLY or isinstance(error, StoreError):
                raise
            raise FileNotDownloaded(
                f"{lacking[0][0].rel_path} is not in {self.root}, which cannot be written to ({error.strerror}); "
                "give another cache_dir"
            ) from error
        finally:
            self._remember([path for path in expected if path in set(fetched)], expected)

    def _remember(self, fetched: Iterable[ALFPath], expected: dict[ALFPath, Dataset]) -> None:
        """Keep the md5 of what was checked while it came."""
        checked = [(path, expected[path].fingerprint.md5) for path in fetched]
        self.verified.remember({self._name(path): (Stamp.of(path.stat()), md5) for path, md5 in checked if md5})

    def _explain(self, dataset: Dataset, path: ALFPath) -> NoReturn:
        if path.exists():
            raise HashMismatch(
                f"{path}: expected {dataset.fingerprint}, got {Fingerprint.of(path)}. "
                "Remove the file and load it again in remote mode"
            )
        if self._origin is not None:
            raise FileNotDownloaded(f"{path} is not in {self._origin}, although its tables name it; export it again")
        where = "is not on its server yet" if self._client else "cannot be fetched in local mode"
        raise FileNotDownloaded(f"{path} is not on this machine and {where}; load it once with mode='remote'")

    def _lock(self, path: Path) -> AbstractContextManager[None]:
        """Lock a path against other threads and processes; one of a fixed number of locks, so that none pile up."""
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.blake2b(self._name(path).encode(), digest_size=8).digest()
        return lock_file(folder / f"{int.from_bytes(digest) % _LOCKS:04d}.lock")


def _relative(session: Session, dataset: Dataset) -> Path:
    relative = Path(session.path, dataset.rel_path)
    if relative.is_absolute() or ".." in relative.parts or not str(relative).isprintable() or "\\" in str(relative):
        raise FileNotDownloaded(f"dataset {dataset.id} has the unsafe path {str(relative)!r}; tell its server's owner")
    return relative


def _stamp_if_good(dataset: Dataset, path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(status.st_mode):
        raise FileNotDownloaded(f"{path} is no file, although dataset {dataset.id} is to lie there; remove it")
    stamp = Stamp.of(status)
    return stamp if dataset.file_size in {None, stamp.size} else None


def _has(dataset: Dataset, md5: str) -> bool:
    return dataset.fingerprint.accepts(Fingerprint(dataset.file_size, md5))
