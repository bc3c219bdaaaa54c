"""Registering sessions: new ones with a number nobody else gets, and those whose folder is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import ALFPath, InvalidALFName
from bregma.one.errors import ResponseError
from bregma.one.registration.files import Files
from bregma.one.registration.lookups import ensure_ISO8601

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

_MOST = 999
_LISTS = ("users", "projects", "procedures")
_TIMES = ("start_time", "end_time")


class Sessions(Files):
    """Registers sessions; part of ``RegistrationClient``."""

    def create_new_session(
        self,
        subject: str,
        session_root: str | Path | None = None,
        date: str | date | datetime | None = None,
        register: bool = True,
        **options: Any,
    ) -> tuple[ALFPath, UUID | None]:
        """Make the folder of a new session, and enter it, with the next number of its day.

        The server gives the number, so that many rigs may ask at once; a folder on this machine that no session
        of the server has counts too.

        Parameters
        ----------
        subject : str
            The nickname; the server must know it.
        session_root : path, optional
            Folder of subjects, in which ``subject/date/number`` is made; by default the cache folder.
        date : str, date or datetime, optional
            When it begins; now, if not given.
        register : bool
            Whether to enter it into the database.
        **options
            As of ``register_session``.

        Returns
        -------
        path : ALFPath
            The new folder.
        eid : UUID or None
            The session's id, if it was entered.

        Raises
        ------
        SubjectNotFound
            If the server does not know the subject.
        """
        start = ensure_ISO8601(date)
        self.assert_exists(subject, "subjects")
        root = ALFPath(session_root or self.one.cache_dir) / subject / start[:10]
        if not register:
            return _make_next(root), None
        lab = options.pop("lab", None) or root.lab or self._lab_of(subject)
        fields = _fields({"start_time": start, "users": self._users(), **options, "lab": lab})
        record = self._create_next({"subject": subject, "type": "Experiment", **fields}, _last(root))
        folder = root / f"{int(record['number']):03d}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder, eid_of(record)

    def create_sessions(
        self,
        root_data_folder: str | Path,
        glob_pattern: str = "**/create_me.flag",
        register_files: bool = False,
        dry: bool = False,
    ) -> tuple[list[ALFPath], list[dict[str, Any]]]:
        """Enter each session in whose folder a flag lies, and take the flag away when that is done.

        Parameters
        ----------
        root_data_folder : path
            Where to look.
        glob_pattern : str
            Which files are flags.
        register_files : bool
            Whether to register the files of the sessions too.
        dry : bool
            Whether only to tell the folders.

        Returns
        -------
        paths : list of ALFPath
            Folders of the sessions.
        records : list of dict
            What the server keeps of each; empty if dry.
        """
        flags = sorted(Path(root_data_folder).glob(glob_pattern))
        records = []
        for flag in [] if dry else flags:
            records.append(self.register_session(flag.parent, file_list=register_files)[0])
            flag.unlink()
        return [ALFPath(flag.parent) for flag in flags], records

    def register_session(
        self,
        ses_path: str | Path,
        users: str | Iterable[str] | None = None,
        file_list: bool | Iterable[str | Path] = True,
        **options: Any,
    ) -> tuple[dict[str, Any], list[dict[str, Any]] | None]:
        """Enter a session by its folder, or what is new about one that is there, and its files.

        Parameters
        ----------
        ses_path : path
            The folder, ``[lab/Subjects/]subject/YYYY-MM-DD/NNN``.
        users : str or iterable of str, optional
            Who did it; of a new session by default who is signed in.
        file_list : bool or iterable of path
            Which files to register; True for all that the server has dataset types for.
        **options
            Fields of the session: lab, projects, procedures, location, type, task_protocol, start_time, end_time,
            n_trials, n_correct_trials, narrative, qc, json. Of a session that is there all others stay, the start
            above all; a new one begins at midnight unless a start_time is given.

        Returns
        -------
        session : dict
            What the server keeps of it.
        datasets : list of dict or None
            A record for each file; None if no files were to be registered.

        Raises
        ------
        InvalidALFName
            If the path is of no session.
        SubjectNotFound, MemberNotFound
            If the server does not know the subject or a user.
        ValueError
            If lab or start_time are not those of the path.
        """
        folder = ALFPath(ses_path).session_path()
        if folder is None:
            raise InvalidALFName(f"no session in path {str(ses_path)!r}; it has to end with subject/YYYY-MM-DD/NNN")
        subject = self.assert_exists(folder.session.subject, "subjects")
        given = _fields({**options, **({} if users is None else {"users": users})})
        _check(folder, given)
        self.assert_exists(given.get("users", ()), "users")
        record = self._enter(folder, given, subject.get("lab"))
        if file_list is False:
            return record, None
        files = self.find_files(folder) if file_list is True else file_list
        records = self.register_files(list(files))
        if records:
            record["data_dataset_session_related"] = records
        return record, records

    def _enter(self, folder: ALFPath, given: dict[str, Any], lab: str | None) -> dict[str, Any]:
        found = self._find(folder)
        if found is None:
            parts = folder.session
            new = {
                "subject": parts.subject,
                "number": parts.number,
                "type": "Experiment",
                "start_time": f"{parts.date.isoformat()}T00:00:00",
                "lab": parts.lab or lab,
                "users": self._users(),
            }
            try:
                created: dict[str, Any] = self._alyx.rest("sessions", "create", data=_fields({**new, **given}))
            except ResponseError:
                found = self._find(folder)  # another rig may have entered it meanwhile
                if found is None:
                    raise
            else:
                return created
        action = ("partial_update", given) if given else ("read", None)
        record: dict[str, Any] = self._alyx.rest("sessions", action[0], eid_of(found), data=action[1], no_cache=True)
        return record

    def _find(self, folder: ALFPath) -> dict[str, Any] | None:
        parts = folder.session
        day = [parts.date.isoformat()] * 2
        subject, number = parts.subject, parts.number
        found = self._alyx.rest("sessions", "list", no_cache=True, subject=subject, date_range=day, number=number)
        return next((one for one in found if one["subject"] == parts.subject), None)

    def _create_next(self, fields: dict[str, Any], last_here: int) -> dict[str, Any]:
        """Enter a session with the next number: the server's, or that after the folders here."""
        day = [fields["start_time"][:10]] * 2
        known = self._alyx.rest("sessions", "list", no_cache=True, subject=fields["subject"], date_range=day)
        last = max([0, *(int(one["number"] or 0) for one in known if one["subject"] == fields["subject"])])
        if last >= last_here:
            try:
                record: dict[str, Any] = self._alyx.rest("sessions", "create", data={**fields, "number": "next"})
            except ResponseError as error:
                if error.status >= 500 or "number" not in error.detail:
                    raise  # else a server that counts not itself
            else:
                return record
        return self._create_after(fields, max(last, last_here))

    def _create_after(self, fields: dict[str, Any], last: int) -> dict[str, Any]:
        for number in range(last + 1, _MOST + 1):
            try:
                record: dict[str, Any] = self._alyx.rest("sessions", "create", data={**fields, "number": number})
            except ResponseError as error:
                if error.status not in {400, 409} or number > last + 20:
                    raise
                if self._find(ALFPath(fields["subject"], fields["start_time"][:10], f"{number:03d}")) is None:
                    raise  # the number was not the matter
            else:
                return record
        raise ValueError(f"{fields['subject']} has {_MOST} sessions on {fields['start_time'][:10]}; take another day")

    def _users(self) -> list[str]:
        return [self._alyx.user] if self._alyx.user else []

    def _lab_of(self, subject: str) -> str | None:
        lab: str | None = self.assert_exists(subject, "subjects").get("lab")
        return lab


def eid_of(record: dict[str, Any]) -> UUID:
    """Return the id of a session from its record, which may have only its address."""
    return UUID(str(record.get("id") or record["url"][-36:]))


def _fields(options: dict[str, Any]) -> dict[str, Any]:
    """Write what was given as fields of a record; None is left out."""
    fields = {name: value for name, value in options.items() if value is not None}
    for name in _LISTS:
        if name in fields:
            fields[name] = [fields[name]] if isinstance(fields[name], str) else list(fields[name])
    for name in _TIMES:
        if name in fields:
            fields[name] = ensure_ISO8601(fields[name])
    return fields


def _check(folder: ALFPath, given: dict[str, Any]) -> None:
    parts = folder.session
    if given.get("lab", parts.lab) != parts.lab and parts.lab:
        raise ValueError(f"{folder} is of the lab {parts.lab}, not of {given['lab']}; leave lab out")
    day = parts.date.isoformat()
    if given.get("start_time", day)[:10] != day:
        raise ValueError(f"{folder} is of {day}, but start_time is {given['start_time']}; give a time of that day")


def _last(day: Path) -> int:
    """Return the highest number of a session's folder of a day; 0 if there is none."""
    names = [path.name for path in day.glob("*")] if day.is_dir() else []
    return max((int(name) for name in names if name.isdigit() and len(name) <= 3), default=0)


def _make_next(day: Path) -> ALFPath:
    """Make the folder after the last one; of several that try only one makes it."""
    day.mkdir(parents=True, exist_ok=True)
    for number in range(_last(day) + 1, _MOST + 1):
        folder = ALFPath(day / f"{number:03d}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise ValueError(f"{day} has {_MOST} sessions; take another day")
