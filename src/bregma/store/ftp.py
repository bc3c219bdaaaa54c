"""A store behind an FTP server, encrypted (FTPS) unless told otherwise."""

from __future__ import annotations

import ftplib
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

from bregma.store.errors import AccessDenied, FileMissing, StorageFull, StoreError, StoreUnavailable
from bregma.store.hashes import CHUNK, Fingerprint
from bregma.store.keys import check_key
from bregma.store.protocol import Entry
from bregma.store.spool import hash_by_reading, spooled
from bregma.store.web import between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_TIMEOUT = 60
_LOST = (OSError, EOFError, ftplib.error_temp, ftplib.error_proto)
_ABSENT = ("no such", "not exist", "not found", "not retrievable", "cannot find")
_FULL = ("452", "552")


class FTPStore:
    """Files of an FTP server, under ``folder/key``; any number of threads may use it.

    Parameters
    ----------
    host : str
        The server.
    folder : str
        Put before each key.
    port : int
        Its port.
    user, password : str
        Who logs in; nobody in particular by default. The password is never shown.
    tls : bool
        Whether commands and files are encrypted. A server that cannot is refused.
    trust : Path, optional
        A file of certificates to trust; by default those that the system trusts.
    """

    def __init__(
        self,
        host: str,
        folder: str = "",
        *,
        port: int = ftplib.FTP_PORT,
        user: str = "anonymous",
        password: str = "",
        tls: bool = True,
        trust: Path | None = None,
    ) -> None:
        self.host, self.port, self.folder = host, port, folder.strip("/")
        self._login = (user, password)
        self._tls, self._trust = tls, trust
        self._idle: LifoQueue[ftplib.FTP] = LifoQueue()

    def __repr__(self) -> str:
        return f"FTPStore('{'ftps' if self._tls else 'ftp'}://{self.host}:{self.port}/{self.folder}')"

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in self.__dict__.items() if key != "_idle"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._idle = LifoQueue()

    def close(self) -> None:
        """Close the connections; they open again when needed."""
        with suppress(Empty):
            while True:
                _hang_up(self._idle.get_nowait())

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""
        folder = check_key(prefix.rpartition("/")[0]) if "/" in prefix else ""
        with self._connection(prefix) as ftp:
            found = list(self._walk(ftp, folder))
        yield from sorted((one for one in found if one.key.startswith(prefix)), key=lambda one: one.key)

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""
        path = self._path(key)
        with self._connection(key) as ftp:
            ftp.voidcmd("TYPE I")
            size = ftp.size(path)
            modified = ftp.voidcmd(f"MDTM {path}").split()[-1]
        if size is None:
            raise StoreUnavailable(f"{self!r} does not tell the size of {key!r}")
        return Entry(key, size, _time(modified))

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing."""
        path, size = self._path(key), self.stat(key).size
        stop = size if stop is None else min(stop, size)
        if start >= stop:
            return
        with self._connection(key, reuse=stop == size) as ftp:
            ftp.voidcmd("TYPE I")
            with ftp.transfercmd(f"RETR {path}", rest=start or None) as data:
                chunks = iter(lambda: data.recv(CHUNK), b"")
                yield from between(chunks, 0, stop - start)
            if stop == size:
                ftp.voidresp()

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Store a file, wholly or not at all; raises HashMismatch if size or md5 differ from those given.

        It is sent under a hidden name and renamed when the server has all of it.
        """
        path = self._path(key)
        folder, _, name = path.rpartition("/")
        part = f"{folder}/.{name}.part".lstrip("/")
        with spooled(source, Fingerprint(size, md5), key) as local, self._connection(key) as ftp:
            _make_folders(ftp, folder)
            with local.open("rb") as file:
                ftp.storbinary(f"STOR {part}", file, CHUNK)
            sent = Fingerprint(local.stat().st_size)
            sent.check(Fingerprint(ftp.size(part)), key, "Nothing was stored: send the file again")
            ftp.rename(part, path)
        return self.stat(key)

    def hash(self, key: str) -> str:
        """Compute the md5 of a file by reading it, as 32 hexadecimal digits; raises FileMissing."""
        return hash_by_reading(self, key)

    def delete(self, key: str) -> None:
        """Remove a file; raises FileMissing if there is none."""
        with self._connection(key) as ftp:
            ftp.delete(self._path(key))

    def _path(self, key: str) -> str:
        return f"{self.folder}/{check_key(key)}".lstrip("/")

    def _walk(self, ftp: ftplib.FTP, folder: str) -> Iterator[Entry]:
        place = "/".join(part for part in (self.folder, folder) if part)
        try:
            found = list(ftp.mlsd(place, ["type", "size", "modify"]))
        except ftplib.error_perm:
            return  # no such folder: nothing has this prefix
        for name, facts in found:
            key = f"{folder}/{name}".lstrip("/")
            if facts["type"] == "dir":
                yield from self._walk(ftp, key)
            elif facts["type"] == "file" and not (name.startswith(".") and name.endswith(".part")):
                yield Entry(key, int(facts["size"]), _time(facts["modify"]))

    @contextmanager
    def _connection(self, key: str, *, reuse: bool = True) -> Iterator[ftplib.FTP]:
        """Lend a connection, and say what goes wrong on it in this room's errors."""
        try:
            ftp = self._take()
            try:
                yield ftp
            except BaseException:
                _drop(ftp)
                raise
        except ftplib.error_perm as error:
            raise self._refusal(key, str(error)) from error
        except StoreError:
            raise
        except _LOST as error:
            raise StoreUnavailable(f"{self!r} failed with {key!r}: {error}; try again later") from error
        if reuse:
            self._idle.put(ftp)
        else:
            _drop(ftp)

    def _take(self) -> ftplib.FTP:
        """Take an idle connection that still answers, or make one."""
        with suppress(Empty):
            while True:
                ftp = self._idle.get_nowait()
                try:
                    ftp.voidcmd("NOOP")
                except (*_LOST, ftplib.error_perm):
                    _drop(ftp)
                else:
                    return ftp
        return self._connect()

    def _connect(self) -> ftplib.FTP:
        ftp = self._encrypted() if self._tls else ftplib.FTP(timeout=_TIMEOUT)  # noqa: S321 - asked for
        try:
            ftp.connect(self.host, self.port)
            ftp.login(*self._login)
            if isinstance(ftp, ftplib.FTP_TLS):
                ftp.prot_p()
        except BaseException:
            _drop(ftp)
            raise
        return ftp

    def _encrypted(self) -> ftplib.FTP_TLS:
        context = ssl.create_default_context(cafile=None if self._trust is None else str(self._trust))
        return ftplib.FTP_TLS(context=context, timeout=_TIMEOUT)  # noqa: S321 - encrypted

    def _refusal(self, key: str, words: str) -> StoreError:
        if words.startswith("530"):
            return AccessDenied(f"{self!r} refuses this user ({words}); check user name and password")
        if words.startswith(_FULL):
            return StorageFull(f"{self!r} has no space left for {key!r} ({words})")
        if any(
            word in words.lower() for word in ("no such", "not exist", "not found", "not retrievable", "cannot find")
        ):
            return FileMissing(f"no file {key!r} in {self!r} ({words}); register and send it first")
        return AccessDenied(f"{self!r} refuses {key!r} ({words}); ask for access")


def _make_folders(ftp: ftplib.FTP, folder: str) -> None:
    place = ""
    for part in folder.split("/") if folder else ():
        place = f"{place}/{part}".lstrip("/")
        with suppress(ftplib.error_perm):  # it is there already; if not, sending the file tells
            ftp.mkd(place)


def _hang_up(ftp: ftplib.FTP) -> None:
    with suppress(*_LOST, ftplib.error_perm):
        ftp.quit()
    _drop(ftp)


def _drop(ftp: ftplib.FTP) -> None:
    with suppress(OSError):
        ftp.close()


def _time(text: str) -> datetime:
    """Read a time such as 20240506123000 or 20240506123000.123."""
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
