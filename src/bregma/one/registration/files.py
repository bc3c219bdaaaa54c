"""Registering files: those of one session, or aggregated over many, in one request each."""

from __future__ import annotations

import logging
from itertools import cycle, repeat
from os.path import commonpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from bregma.alf import ALFPath
from bregma.one.errors import PermissionRefused, ProtectedDataset, ResponseError
from bregma.one.registration.lookups import Lookups
from bregma.one.registration.revisions import plan_revisions
from bregma.store import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Paths = str | Path | Iterable[str | Path]

_logger = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """Files and versions by the folder of their session, all files in order, and whether one was given alone."""

    files: dict[ALFPath, list[ALFPath]]
    versions: dict[ALFPath, list[str | None]]
    file_list: list[ALFPath]
    is_single: bool


class Files(Lookups):
    """Registers files that are where the server looks for them; part of ``RegistrationClient``."""

    def prepare_files(
        self, file_list: Paths, versions: str | Sequence[str] | None = None, content_type: str = "session"
    ) -> Prepared:
        """Sort files by session, without those that the server has no dataset type or format for.

        Parameters
        ----------
        file_list : path or iterable of path
            Full paths.
        versions : str or sequence of str, optional
            A version for all, or one for each.
        content_type : str
            What the files belong to; if no session, paths count from the folder of that name on.
        """
        is_single = isinstance(file_list, (str, Path))
        paths = [ALFPath(one) for one in ([file_list] if isinstance(file_list, (str, Path)) else file_list)]
        each = repeat(versions) if versions is None or isinstance(versions, str) else cycle(versions)
        prepared = Prepared({}, {}, paths, is_single)
        for path, version in zip(paths, each, strict=False):
            folder = path.session_path() if content_type == "session" else _folder_of(path, content_type)
            if folder is None or not self.takes(path):
                _logger.warning("%s is not registered: no session in its path, or no dataset type for its name", path)
                continue
            prepared.files.setdefault(folder, []).append(path.relative_to(folder))
            prepared.versions.setdefault(folder, []).append(version)
        return prepared

    def check_protected_files(self, file_list: Paths, created_by: str | None = None, **options: Any) -> Any:
        """Ask whether files are released, and so may not change.

        Parameters
        ----------
        file_list : path or iterable of path
            Full paths.
        created_by : str, optional
            Who registers; by default who is signed in.
        **options
            Sent along, such as content_type and object_id.

        Returns
        -------
        dict, or list of dict
            For each session (one alone for a single file) a status_code, 200 or 403, and details: for each
            file its revisions, newest first, with whether they are protected.
        """
        prepared = self.prepare_files(file_list, content_type=options.get("content_type", "session"))
        answers = []
        for folder, files in prepared.files.items():
            place = _place(folder, files, options)
            asked = {"created_by": created_by or self._alyx.user, **place.naming, **options}
            answers.append(self._alyx.get("/check-protected", data=asked))
        return answers[0] if prepared.is_single and answers else answers

    def register_files(
        self,
        file_list: Paths,
        versions: str | Sequence[str] | None = None,
        default: bool = True,
        created_by: str | None = None,
        server_only: bool = False,
        repository: str | None = None,
        exists: bool = True,
        dry: bool = False,
        max_md5_size: int | None = None,
        **options: Any,
    ) -> Any:
        """Register files that are where the server looks for them; ``send_files`` also brings them there.

        What is released stays: such a file is registered as a new revision, and is moved into that revision's
        folder when the server has agreed, never before. All of it can be repeated.

        Parameters
        ----------
        file_list : path or iterable of path
            Full paths.
        versions : str or sequence of str, optional
            Version of the software that made them, for all or for each.
        default : bool
            Whether they become the default revision.
        created_by : str, optional
            Who made them; by default who is signed in.
        server_only : bool
            Whether only repositories on servers get a record.
        repository : str, optional
            The repository they are in.
        exists : bool
            Whether they are there already.
        dry : bool
            Whether only to return what would be sent.
        max_md5_size : int, optional
            Files of so many bytes or more are registered without hash.
        **options
            Sent along, such as labs, qc, content_type and object_id.

        Returns
        -------
        dict, or list of dict
            A record for each file (one alone for a single file), None for those that the server has no
            dataset type for; if dry, what would be sent for each session.

        Raises
        ------
        ProtectedDataset
            If no revision is free to be written. Nothing was moved.
        """
        prepared = self.prepare_files(file_list, versions, options.get("content_type", "session"))
        common = {
            "created_by": created_by or self._alyx.user,
            "name": repository,
            "exists": exists,
            "server_only": server_only,
            "default": default,
            "check_protected": True,
        }
        bodies: list[dict[str, Any]] = []
        records: dict[ALFPath, Any] = {}
        for folder, files in prepared.files.items():
            place = _place(folder, files, options)
            measured = _measure([folder / file for file in files], max_md5_size)
            bodies.append({**common, **place.naming, **measured, "versions": prepared.versions[folder], **options})
            if place.lab and "labs" not in options:
                bodies[-1]["labs"] = place.lab
            if not dry:
                answers, _ = self._register(bodies[-1], place)
                records |= dict(zip((folder / file for file in files), answers, strict=False))
        found = bodies if dry else [records.get(path) for path in prepared.file_list]
        return found[0] if prepared.is_single and found else found

    def _register(self, body: dict[str, Any], place: Place) -> tuple[list[dict[str, Any]], list[str]]:
        """Register files of one folder, those that are protected as a new revision; tell under which names."""
        try:
            records: list[dict[str, Any]] = self._alyx.post("/register-file", body)
        except (PermissionRefused, ResponseError) as error:
            if "protected" not in str(error):
                raise
            return self._register_revisions(body, place)
        return records, body["filenames"]

    def _register_revisions(self, body: dict[str, Any], place: Place) -> tuple[list[dict[str, Any]], list[str]]:
        asked = {key: value for key, value in body.items() if key not in {"hashes", "filesizes", "versions"}}
        details = self._alyx.get("/check-protected", data=asked)["details"]
        if isinstance(details, str):  # released meanwhile, or not at all
            raise ProtectedDataset(f"{self._alyx.base_url} refuses files of {body['path']}: {details}; register again")
        names = plan_revisions(body["filenames"], details)
        # The check refuses every name that has a released revision; this very revision the server guards all the same.
        planned = {**body, "filenames": names, "check_protected": False}
        try:
            records: list[dict[str, Any]] = self._alyx.post("/register-file", planned)
        except (PermissionRefused, ResponseError) as error:
            if "protected" not in str(error):
                raise
            raise ProtectedDataset(
                f"released files of {body['path']} may not change, nor may the revisions {', '.join(names)} ({error}); "
                "put the new ones into a revision of another name, such as collection/#2024-01-01#/name"
            ) from error
        for old, new in zip(body["filenames"], names, strict=True):
            _move(place.root / old, place.root / new)
        return records, names


class Place(NamedTuple):
    """Where files lie: the folder that the server's names count from, what the server is told, and the lab."""

    root: Path
    naming: dict[str, Any]
    lab: str | None


def _place(folder: ALFPath, files: Sequence[ALFPath], options: dict[str, Any]) -> Place:
    if options.get("content_type", "session") == "session":
        session = folder.session
        return Place(folder, {"path": session.short, "filenames": [file.as_posix() for file in files]}, session.lab)
    paths = [folder / file for file in files]
    root = Path(commonpath(paths)) if len(paths) > 1 else paths[0].parent
    names = [path.relative_to(root).as_posix() for path in paths]
    return Place(root, {"path": PurePosixPath(root.relative_to(folder)).as_posix(), "filenames": names}, None)


def _folder_of(path: ALFPath, content_type: str) -> ALFPath | None:
    """Return the folder above that which is named by what the files belong to, such as ``Subjects``."""
    for i, part in enumerate(path.parts):
        if part == content_type.capitalize() or part.casefold().startswith(content_type.casefold()):
            return ALFPath(*path.parts[:i])
    return None


def _measure(paths: Sequence[Path], max_md5_size: int | None) -> dict[str, Any]:
    sizes = [path.stat().st_size for path in paths]
    hashes = [
        Fingerprint.of(path).md5 if max_md5_size is None or size < max_md5_size else None
        for path, size in zip(paths, sizes, strict=True)
    ]
    return {"hashes": hashes, "filesizes": sizes}


def _move(old: Path, new: Path) -> None:
    if old != new:
        new.parent.mkdir(parents=True, exist_ok=True)
        old.replace(new)
        _logger.info("%s was released; the new file is %s", old, new)
