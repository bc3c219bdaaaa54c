"""Registering files and sending their bytes to the store of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import QC, ALFPath, InvalidALFName, ObjectNotFound, filename_parts
from bregma.one.files.mirrors import escape_url
from bregma.one.registration.files import Files, Place
from bregma.store import Fingerprint, StoreUnavailable, upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_BATCH = 50


class Sending(Files):
    """Brings files to the server; part of ``RegistrationClient``."""

    def send_files(
        self,
        file_list: Iterable[Path | str],
        *,
        lab: str | None = None,
        qc: QC | str | Sequence[QC | str] = QC.NOT_SET,
        versions: str | Sequence[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Register files of one session and send their bytes to the store.

        Names and lengths are checked before anything is sent. Files that the store already has with the same
        hash are not sent again, so an interrupted registration is simply repeated. Released files stay: what is
        new becomes a new revision, as with ``register_files``.

        Parameters
        ----------
        file_list : iterable of path
            Full paths, all of one session.
        lab : str, optional
            Whose store; by default the lab in the paths.
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
            If no revision is free to be written.
        HashMismatch, StorageFull, StoreUnavailable
            If the server refuses the bytes, or has no place for them.
        """
        paths = [ALFPath(path) for path in file_list]
        if not paths:
            return []
        folder = _session_of(paths)
        prints = [Fingerprint.of(path) for path in paths]
        body = _body(folder, paths, prints, lab or folder.session.lab)
        body["qc"] = [int(QC.parse(value)) for value in _each(qc, len(paths), "qc")]
        if versions is not None:
            body["versions"] = _each(versions, len(paths), "versions")
        place = Place(folder, {"path": body["path"], "filenames": body["filenames"]}, folder.session.lab)
        records, names = self._register(body, place)
        for name, measured, url in zip(names, prints, self._addresses(records), strict=True):
            if url is not None:
                self._send(folder / name, measured, url)
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


def _session_of(paths: Sequence[ALFPath]) -> ALFPath:
    """Return the folder of the one session of files that exist and are named by the convention."""
    folder = paths[0].session_path()
    if folder is None:
        raise InvalidALFName(f"no session in path {str(paths[0])!r}; give files inside subject/YYYY-MM-DD/NNN")
    for path in paths:
        if not path.is_relative_to(folder) or ".." in path.parts:
            raise ObjectNotFound(f"{path} is not in the session {folder}; register it with its own session")
        filename_parts(path.name)
        if not path.is_file():
            raise FileNotFoundError(f"no file {path}; nothing was registered")
    return folder


def _body(folder: ALFPath, paths: Sequence[ALFPath], prints: Sequence[Fingerprint], lab: str | None) -> dict[str, Any]:
    return {
        "path": folder.session.short,
        "filenames": [path.relative_to(folder).as_posix() for path in paths],
        **({"labs": [lab]} if lab else {}),
        "hashes": [one.md5 for one in prints],
        "filesizes": [one.size for one in prints],
        "exists": False,
        "server_only": True,
        "check_protected": True,
    }


def _each(value: Any, n: int, what: str) -> list[Any]:
    """Repeat one value for each file, or check that there is one for each."""
    values = [value] * n if isinstance(value, (str, int)) else list(value)
    if len(values) != n:
        raise ValueError(f"{len(values)} {what} for {n} files; give one, or one for each")
    return values
