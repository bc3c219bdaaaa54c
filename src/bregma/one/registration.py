"""Entering sessions and files into the database and the store, as a rig does after an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import QC, ALFPath, InvalidALFName, ObjectNotFound, filename_parts
from bregma.one.client import AlyxClient
from bregma.one.errors import PermissionRefused, ProtectedDataset, RecordNotFound, ResponseError, SubjectNotFound
from bregma.one.mirrors import escape_url
from bregma.store import Fingerprint, StoreUnavailable, upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bregma.one.api import ONE

_BATCH = 50


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What can be said of a session besides its name; None is left as it is.

    Parameters
    ----------
    task_protocol : str
        Name and version of the task.
    start_time, end_time : datetime
        When it began and ended, on the lab's clock.
    projects, procedures, users : sequence of str
        Names known to the database; the users default to who is signed in.
    n_trials, n_correct_trials : int
        Counts of trials.
    narrative : str
        What a reader should know.
    json : mapping
        Settings of the task.
    """

    task_protocol: str | None = None
    start_time: datetime | str | None = None
    end_time: datetime | str | None = None
    projects: Sequence[str] | None = None
    procedures: Sequence[str] | None = None
    users: Sequence[str] | None = None
    n_trials: int | None = None
    n_correct_trials: int | None = None
    narrative: str | None = None
    json: Mapping[str, Any] | None = None

    def to_record(self) -> dict[str, Any]:
        """Make the fields of a REST record."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: _plain(value) for name, value in values.items() if value is not None}


class RegistrationClient:
    """Registers sessions and files. All of it can be repeated without harm.

    Parameters
    ----------
    one : ONE or AlyxClient
        Who talks to the server.
    """

    def __init__(self, one: ONE | AlyxClient) -> None:
        self._alyx = one if isinstance(one, AlyxClient) else one.alyx

    def register_session(
        self, subject: str, date: date | str, number: int = 1, *, lab: str | None = None, **details: Any
    ) -> UUID:
        """Enter a session, or what is new about one that is there.

        Parameters
        ----------
        subject : str
            The nickname.
        date : date or str
            The day.
        number : int
            The session's number on that day.
        lab : str, optional
            The lab; the subject's own, if not given.
        **details
            See ``SessionDetails``: task_protocol, start_time, end_time, projects, procedures, users, n_trials,
            n_correct_trials, narrative, json. Without a start_time a new session begins at midnight, and that of a
            session which is there stays.

        Returns
        -------
        UUID
            The session's id; the same at each repetition.

        Raises
        ------
        SubjectNotFound
            If the database has no such subject.
        """
        given = SessionDetails(**details)
        owner = self._subject_lab(subject)
        day = str(date)[:10]
        found = self._alyx.rest("sessions", "list", subject=subject, date_range=[day, day], number=number)
        if found:
            return self._update(UUID(str(found[0].get("id") or found[0]["url"][-36:])), given.to_record())
        record = {"subject": subject, "lab": lab or owner, "number": number, "start_time": f"{day}T00:00:00"}
        created = self._alyx.rest("sessions", "create", data={**record, "type": "Experiment", **given.to_record()})
        return UUID(str(created.get("id") or created["url"][-36:]))

    def register_files(
        self,
        session_path: ALFPath | str,
        files: Iterable[Path | str],
        *,
        lab: str,
        qc: QC | str | Sequence[QC | str] = QC.NOT_SET,
        versions: str | Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Enter files of one session and send their bytes to the store.

        Names and lengths are checked before anything is sent. Files that the store already has with the same
        hash are not sent again, so an interrupted registration is simply repeated.

        Parameters
        ----------
        session_path : ALFPath
            The session's folder on this machine.
        files : iterable of path
            Files inside it; relative ones are taken from the folder.
        lab : str
            Whose store.
        qc : QC, str, or one for each file
            Quality.
        versions : str, or one for each file
            Version of the software that made them.

        Returns
        -------
        list of dict
            A record per file, in their order.

        Raises
        ------
        InvalidALFName, FileNotFoundError
            If a name is malformed, a file lies outside the session, or is missing. Nothing was sent.
        ProtectedDataset
            If a file of that name is released; register a new revision instead.
        HashMismatch, StorageFull, StoreUnavailable
            If the server refuses the bytes, or has no place for them.
        """
        folder = ALFPath(session_path).session_path()
        if folder is None:
            raise InvalidALFName(f"no session in path {str(session_path)!r}; give a file or folder of one")
        paths = [_check_file(folder, file) for file in files]
        if not paths:
            return []
        prints = [Fingerprint.of(path) for path in paths]
        body = _body(folder, paths, prints, lab)
        body["qc"] = [int(QC.parse(value)) for value in _each(qc, len(paths), "qc")]
        if versions is not None:
            body["versions"] = _each(versions, len(paths), "versions")
        records = self._post(body)
        for path, measured, url in zip(paths, prints, self._addresses(records), strict=True):
            if url is not None:
                self._send(path, measured, url)
        return records

    def _subject_lab(self, subject: str) -> str | None:
        try:
            record = self._alyx.rest("subjects", "read", subject)
        except RecordNotFound as error:
            raise SubjectNotFound(
                f"{self._alyx.base_url} has no subject {subject!r}; check the nickname, or enter the subject first"
            ) from error
        return record.get("lab") or None

    def _update(self, eid: UUID, changes: dict[str, Any]) -> UUID:
        if changes:
            self._alyx.rest("sessions", "partial_update", eid, data=changes)
        return eid

    def _post(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            records: list[dict[str, Any]] = self._alyx.post("/register-file", body)
        except (PermissionRefused, ResponseError) as error:
            if "protected" in str(error):
                raise ProtectedDataset(
                    f"released files of {body['path']} may not change ({error}); put the new ones into a "
                    "revision, such as collection/#2024-01-01#/name"
                ) from error
            raise
        return records

    def _addresses(self, records: Sequence[Mapping[str, Any]]) -> list[str | None]:
        """Find where the bytes of each dataset go on this server; None where they are already.

        Raises
        ------
        StoreUnavailable
            If the lab has no repository on this server.
        """
        copies = [list(record.get("file_records") or ()) for record in records]
        if not all("data_url" in copy for each in copies for copy in each):
            told = self._told_copies([str(record["id"]) for record in records])
            copies = [told.get(str(record["id"]), []) for record in records]
        return [self._address(record, each) for record, each in zip(records, copies, strict=True)]

    def _address(self, record: Mapping[str, Any], copies: list[dict[str, Any]]) -> str | None:
        own = [one for one in copies if one.get("data_url") and self._alyx.connection.is_own(one["data_url"])]
        if any(copy.get("exists") for copy in own):
            return None
        if not own:
            raise StoreUnavailable(
                f"{record.get('name')} is registered, but its lab has no repository on {self._alyx.base_url} that "
                "takes files; ask the administrator to give the lab one, then register again"
            )
        return escape_url(str(own[0]["data_url"]))

    def _told_copies(self, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Ask where copies are, for servers that do not say so at registration."""
        copies: dict[str, list[dict[str, Any]]] = {}
        for batch in (ids[i : i + _BATCH] for i in range(0, len(ids), _BATCH)):
            for record in self._alyx.rest("datasets", "list", django=f"id__in,{batch}"):
                copies[str(record["url"]).rstrip("/")[-36:]] = list(record.get("file_records") or ())
        return copies

    def _send(self, path: Path, measured: Fingerprint, url: str) -> None:
        connection = self._alyx.connection
        headers = self._alyx.headers_for(url)
        upload(connection.http, url, path, expected=measured, headers=headers, retry=connection.retry)


def _check_file(folder: ALFPath, file: Path | str) -> ALFPath:
    """Return a file that exists, lies in the session and is named by the convention."""
    path = ALFPath(folder / file)
    if not path.is_relative_to(folder) or ".." in path.parts:
        raise ObjectNotFound(f"{path} is not in the session {folder}; register it with its own session")
    filename_parts(path.name)
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}; nothing was registered")
    return path


def _body(folder: ALFPath, paths: list[ALFPath], prints: list[Fingerprint], lab: str) -> dict[str, Any]:
    return {
        "path": folder.session.short,
        "filenames": [path.relative_to(folder).as_posix() for path in paths],
        "labs": [lab],
        "hashes": [one.md5 for one in prints],
        "filesizes": [one.size for one in prints],
        "exists": False,
        "server_only": True,
    }


def _each(value: Any, n: int, what: str) -> list[Any]:
    """Repeat one value for each file, or check that there is one for each."""
    values = [value] * n if isinstance(value, (str, int)) else list(value)
    if len(values) != n:
        raise ValueError(f"{len(values)} {what} for {n} files; give one, or one for each")
    return values


def _plain(value: Any) -> Any:
    """Convert times and sequences to what JSON has."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return list(value)
    return value
