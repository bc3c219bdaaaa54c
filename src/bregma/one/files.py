"""The files of datasets on this machine: found, checked, fetched when missing or damaged."""

from __future__ import annotations

import errno
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

from bregma.alf import ALFPath
from bregma.one.errors import FileNotDownloaded
from bregma.store import Fingerprint, HashMismatch, Source, download

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from bregma.one.client import AlyxClient
    from bregma.one.records import Dataset, Session

_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class DatasetFiles:
    """A folder of downloaded files, laid out as in the lab (without ids in the names).

    Any number of processes may share it. A folder that cannot be written to serves what it has.

    Parameters
    ----------
    root : Path
        The folder.
    client : AlyxClient, optional
        Who fetches what is missing; without one nothing is fetched.
    parallel : int
        How many files are fetched at once.
    """

    def __init__(self, root: Path, client: AlyxClient | None = None, *, parallel: int = 4) -> None:
        self.root = Path(root)
        self._client = client
        self._parallel = parallel
        self._checked: dict[tuple[str, str], tuple[int, int, int]] = {}

    def path(self, session: Session, dataset: Dataset) -> ALFPath:
        """Say where a file lies or will lie.

        Raises
        ------
        FileNotDownloaded
            If its path leads out of the folder, as a hostile server or table could say.
        """
        relative = Path(session.path, dataset.rel_path)
        if relative.is_absolute() or ".." in relative.parts:
            raise FileNotDownloaded(
                f"dataset {dataset.id} has the unsafe path {str(relative)!r}; tell its server's owner"
            )
        return ALFPath(self.root / relative)

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
        lacking = [(one, path) for one, path in wanted if not self._is_good(one, path, check_hash=check_hash)]
        if len(lacking) > 1:
            with ThreadPoolExecutor(self._parallel) as pool:
                list(pool.map(lambda pair: self._obtain(*pair), lacking))
        elif lacking:
            self._obtain(*lacking[0])
        return [path for _, path in wanted]

    def _is_good(self, dataset: Dataset, path: Path, *, check_hash: bool = True) -> bool:
        try:
            status = path.stat()
        except FileNotFoundError:
            return False
        if dataset.file_size is not None and status.st_size != dataset.file_size:
            return False
        if not check_hash or not dataset.hash:
            return True
        seen = (status.st_size, status.st_mtime_ns, status.st_ino)
        if self._checked.get((str(path), dataset.hash)) != seen:
            if not dataset.fingerprint.accepts(Fingerprint.of(path)):
                return False
            self._checked[str(path), dataset.hash] = seen
        return True

    def _obtain(self, dataset: Dataset, path: ALFPath) -> None:
        url = self._address(dataset)
        if url is None:
            self._explain(dataset, path)
        try:
            with self._lock(path):
                if not self._is_good(dataset, path):  # another process may have fetched it meanwhile
                    self._fetch(dataset, path, url)
        except OSError as error:
            if error.errno not in _READ_ONLY:
                raise
            raise FileNotDownloaded(
                f"{dataset.rel_path} is not in {self.root}, which cannot be written to ({error.strerror}); "
                "give another cache_dir"
            ) from error

    def _address(self, dataset: Dataset) -> str | None:
        """Find where a file can be fetched; datasets of tables have no address, so the server is asked."""
        if self._client is None:
            return None
        if dataset.url:
            return dataset.url
        record = self._client.rest("datasets", "read", dataset.id)
        addresses = [copy.get("data_url") for copy in record.get("file_records") or () if copy.get("exists")]
        return next((str(address) for address in addresses if address), None)

    def _fetch(self, dataset: Dataset, path: ALFPath, address: str) -> None:
        client = self._client
        assert client is not None
        url = escape_url(address)
        source = Source(url, client.headers_for(url))
        download(client.connection.http, source, path, expected=dataset.fingerprint, retry=client.connection.retry)
        status = path.stat()
        self._checked[str(path), dataset.hash] = (status.st_size, status.st_mtime_ns, status.st_ino)

    def _explain(self, dataset: Dataset, path: ALFPath) -> NoReturn:
        if path.exists():
            raise HashMismatch(
                f"{path}: expected {dataset.fingerprint}, got {Fingerprint.of(path)}. "
                "Remove the file and load it again in remote mode"
            )
        where = "is not on its server yet" if self._client else "cannot be fetched in local mode"
        raise FileNotDownloaded(f"{path} is not on this machine and {where}; load it once with mode='remote'")

    def _lock(self, path: Path) -> AbstractContextManager[Any]:
        from filelock import FileLock

        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.blake2b(str(path.relative_to(self.root)).encode(), digest_size=12).hexdigest()
        lock: AbstractContextManager[Any] = FileLock(folder / f"{name}.lock")
        return lock


def escape_url(url: str) -> str:
    """Escape what an address may not carry as it is, above all the ``#`` of revisions; safe to repeat."""
    scheme, netloc, path, query, _ = urlsplit(url, allow_fragments=False)
    return urlunsplit((scheme, netloc, quote(path, safe="/%"), query, ""))
