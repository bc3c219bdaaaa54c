"""A store on a Globus endpoint: files come and go by transfers between it and an endpoint of this machine."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from bregma.store.errors import AccessDenied, FileMissing, HashMismatch, StoreError, StoreUnavailable
from bregma.store.hashes import Fingerprint, hash_file
from bregma.store.keys import check_key
from bregma.store.local import LocalStore
from bregma.store.protocol import Entry
from bregma.store.spool import spooled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    import globus_sdk

_SCRATCH = ".bregma-transfers"
_PATIENCE = 86_400.0
_POLL = 5.0


@dataclass(frozen=True, slots=True)
class Landing:
    """The Globus endpoint of this machine, and a folder that it sees: where transfers begin and end here.

    Parameters
    ----------
    endpoint : str
        Its id.
    folder : Path
        A folder, by the same path for the endpoint and for this machine.
    """

    endpoint: str
    folder: Path


class GlobusStore:
    """Files of an endpoint, under ``folder/key``. Each transfer is checked by Globus and waited for.

    Parameters
    ----------
    client : globus_sdk.TransferClient
        Who asks, in the name of a person.
    endpoint : str
        The endpoint's (collection's) id.
    folder : str
        Put before each key.
    landing : Landing
        The endpoint of this machine.
    patience : float
        After how many seconds a transfer is given up; it is cancelled then.
    sleep : callable
        Waits for a number of seconds.
    """

    def __init__(
        self,
        client: globus_sdk.TransferClient,
        endpoint: str,
        folder: str = "",
        *,
        landing: Landing,
        patience: float = _PATIENCE,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = client
        self.endpoint, self.folder = endpoint, folder.strip("/")
        self.landing = landing
        self._patience, self._sleep = patience, sleep

    def __repr__(self) -> str:
        return f"GlobusStore('globus://{self.endpoint}/{self.folder}')"

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Find the files whose key begins with a prefix, in order of their keys."""
        folder = check_key(prefix.rpartition("/")[0]) if "/" in prefix else ""
        found = sorted(self._walk(folder), key=lambda entry: entry.key)
        yield from (entry for entry in found if entry.key.startswith(prefix))

    def stat(self, key: str) -> Entry:
        """Look up one file; raises FileMissing."""
        path = self._path(key)
        with self._errors(key):
            record = self._client.operation_stat(self.endpoint, path)
        if record["type"] != "file":
            raise FileMissing(f"{key!r} in {self!r} is a {record['type']}, not a file")
        return _entry(key, record.data)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Read bytes from ``start`` up to, not including, ``stop``, in chunks; raises FileMissing.

        The whole file is transferred, as Globus knows no ranges.
        """
        with self._brought(key) as path:
            yield from LocalStore(path.parent).read(path.name, start, stop)

    def put(
        self, key: str, source: Path | Iterable[bytes], *, size: int | None = None, md5: str | None = None
    ) -> Entry:
        """Store a file; raises HashMismatch if size or md5 differ from those given, here or after the transfer."""
        target = self._path(key)
        with spooled(source, Fingerprint(size, md5), key) as path, self._scratch() as folder:
            sent = folder / "file"
            shutil.copyfile(path, sent)
            with self._errors(key):
                ends = (self.landing.endpoint, self.endpoint)
                self._transfer(key, ends, (sent.as_posix(), target), md5=md5 or hash_file(path))
            Fingerprint(sent.stat().st_size).check(Fingerprint(self.stat(key).size), key, "Send the file again")
        return self.stat(key)

    def hash(self, key: str) -> str:
        """Compute the md5 of a file by transferring it, as 32 hexadecimal digits; raises FileMissing."""
        with self._brought(key) as path:
            return hash_file(path)

    def delete(self, key: str) -> None:
        """Remove a file; raises FileMissing if there is none."""
        import globus_sdk

        self.stat(key)
        data = globus_sdk.DeleteData(endpoint=self.endpoint, label="bregma delete")
        data.add_item(self._path(key))
        with self._errors(key):
            self._wait(key, str(self._client.submit_delete(data)["task_id"]))

    def _path(self, key: str) -> str:
        return "/" + "/".join(part for part in (self.folder, check_key(key)) if part)

    def _walk(self, folder: str) -> Iterator[Entry]:
        place = "/" + "/".join(part for part in (self.folder, folder) if part)
        try:
            with self._errors(folder):
                found = list(self._client.operation_ls(self.endpoint, path=place))
        except FileMissing:
            return
        for record in found:
            key = f"{folder}/{record['name']}".lstrip("/")
            if record["type"] == "dir":
                yield from self._walk(key)
            elif record["type"] == "file":
                yield _entry(key, record)

    @contextmanager
    def _brought(self, key: str) -> Iterator[Path]:
        """Transfer a file to this machine for a while."""
        size = self.stat(key).size
        with self._scratch() as folder:
            path = folder / "file"
            with self._errors(key):
                ends = (self.endpoint, self.landing.endpoint)
                self._transfer(key, ends, (self._path(key), path.as_posix()))
            if not path.is_file():
                raise StoreUnavailable(f"{key!r} was transferred, but {path} is not here; is it the endpoint's folder?")
            Fingerprint(size).check(Fingerprint(path.stat().st_size), key, "Try again")
            yield path

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        folder = self.landing.folder / _SCRATCH / uuid4().hex
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _transfer(self, key: str, ends: tuple[str, str], paths: tuple[str, str], *, md5: str | None = None) -> None:
        import globus_sdk

        data = globus_sdk.TransferData(
            source_endpoint=ends[0], destination_endpoint=ends[1], label="bregma transfer", verify_checksum=True
        )
        if md5:
            data.add_item(*paths, external_checksum=md5, checksum_algorithm="MD5")
        else:
            data.add_item(*paths)
        self._wait(key, str(self._client.submit_transfer(data)["task_id"]))

    def _wait(self, key: str, task: str) -> None:
        """Wait until a task has ended well; cancel it when it takes too long."""
        waited = 0.0
        while (record := self._client.get_task(task))["status"] in {"ACTIVE", "INACTIVE"}:
            if record["status"] == "INACTIVE":
                reason = record.get("nice_status_short_description") or "its permission has run out"
                raise AccessDenied(f"task {task} for {key!r} is on hold: {reason}; sign in to Globus again")
            if waited >= self._patience:
                self._client.cancel_task(task)
                raise StoreUnavailable(f"task {task} for {key!r} took more than {self._patience:.0f} s, cancelled")
            self._sleep(_POLL)
            waited += _POLL
        if record["status"] != "SUCCEEDED":
            fault = record.get("fatal_error") or {}
            raise _failure(f"task {task} for {key!r} failed: {fault.get('description') or 'no reason given'}", fault)

    @contextmanager
    def _errors(self, key: str) -> Iterator[None]:
        """Say what went wrong in this room's errors."""
        import globus_sdk

        try:
            yield
        except globus_sdk.GlobusAPIError as error:
            raise self._error(key, error.http_status, f"{error.code}: {error.message}") from error
        except globus_sdk.NetworkError as error:
            raise StoreUnavailable(f"{self!r} cannot be asked for {key!r}: {error}; try again later") from error

    def _error(self, key: str, status: int, words: str) -> StoreError:
        if status == 404:
            return FileMissing(f"no file {key!r} in {self!r} ({words}); register and send it first")
        if status in {401, 403}:
            return AccessDenied(f"{self!r} refuses {key!r} ({words}); sign in to Globus, or ask for access")
        return StoreUnavailable(f"{self!r} failed with {key!r} ({status} {words}); try again later")


def _failure(message: str, fault: Mapping[str, Any]) -> StoreError:
    code = str(fault.get("code") or "")
    kinds = {"VERIFY_CHECKSUM": HashMismatch, "FILE_NOT_FOUND": FileMissing, "PERMISSION_DENIED": AccessDenied}
    return next((kind(message) for word, kind in kinds.items() if word in code), StoreUnavailable(message))


def _entry(key: str, record: Mapping[str, Any]) -> Entry:
    when = datetime.fromisoformat(str(record["last_modified"]))
    return Entry(key, int(record["size"]), when if when.tzinfo else when.replace(tzinfo=UTC))
