"""Enters a plan into the database through REST, and puts files into the store; what is there already stays as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bregma.alf import ALFPath, filename_parts
from bregma.demo.colony import EXPERIMENTER, LAB, PROJECT, STAFF
from bregma.store import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bregma.demo.records import Plan, SessionRecord, SubjectRecord

    Report = Callable[[str, int, int], None]


class Rest(Protocol):
    """The part of a REST client that is used here."""

    def rest(self, endpoint: str, action: str, id: object = None, data: Any = None, **filters: Any) -> Any:  # noqa: A002
        """Call an endpoint."""


class Rig(Protocol):
    """The part of a registration client that is used here."""

    def register_session(self, subject: str, date: str, number: int, **details: Any) -> Any:
        """Register a session; return its id."""

    def register_files(self, session_path: ALFPath, files: Sequence[Path], *, lab: str) -> Any:
        """Register files and put them into the store."""


@dataclass
class Registrar:
    """Compares a plan with what the server has, and enters what is missing.

    Parameters
    ----------
    alyx : Rest
        Signed in as an administrator.
    rig : Rig
        Registers sessions and files.
    report : callable
        Called with stage, number done and total.
    """

    alyx: Rest
    rig: Rig
    report: Report
    eids: dict[tuple[str, str, int], str] = field(default_factory=dict)
    new: Counter[str] = field(default_factory=Counter)
    n_files: int = 0
    n_bytes: int = 0

    def enter_lab(self, plan: Plan) -> None:
        """Enter the labs, the simulated staff and the project. The server gives each lab its folder of the store."""
        labs = labs_of(plan)
        known = self._names("labs")
        for done, name in enumerate(labs):
            self.report("lab", done, len(labs))
            if name not in known:
                simulated = {"simulated": True} if name == LAB else {}
                self._create("labs", {"name": name, "timezone": "UTC", "json": simulated})
        self._enter_staff()
        self.report("lab", len(labs), len(labs))

    def _enter_staff(self) -> None:
        users = self._names("users", "username")
        for member in STAFF:
            if member.username not in users:
                self._create("users", {"username": member.username, "email": member.email})
        if PROJECT not in self._names("projects"):
            about = "Public recordings, replayed as a lab would enter them. The staff is simulated."
            names = [member.username for member in STAFF]
            self._create("projects", {"name": PROJECT, "description": about, "users": names})

    def enter_subjects(self, plan: Plan) -> None:
        """Enter the subjects that the labs do not have."""
        known = {row["nickname"] for lab in labs_of(plan) for row in self.alyx.rest("subjects", "list", lab=lab)}
        for done, subject in enumerate(plan.subjects):
            self.report("subjects", done, len(plan.subjects))
            if subject.nickname not in known:
                self._create("subjects", _subject_wire(subject))
        self.report("subjects", len(plan.subjects), len(plan.subjects))

    def enter_sessions(self, plan: Plan) -> None:
        """Register the sessions that are missing, as a rig does, and their insertions."""
        for lab in labs_of(plan):
            for row in self.alyx.rest("sessions", "list", lab=lab):
                self.eids[row["subject"], row["start_time"][:10], int(row["number"])] = row["id"]
        wanted = [(each, name) for each in plan.sessions for name in each.insertions]
        total = len(plan.sessions) + len(wanted)
        for done, session in enumerate(plan.sessions):
            self.report("sessions", done, total)
            if session.key not in self.eids:
                self.eids[session.key] = self._register(session)
        self._enter_insertions(wanted, labs_of(plan))
        self.report("sessions", total, total)

    def _register(self, session: SessionRecord) -> str:
        eid = self.rig.register_session(
            session.subject,
            session.date,
            session.number,
            lab=session.lab,
            task_protocol=session.task_protocol,
            start_time=session.start_time,
            projects=[PROJECT],
            procedures=list(session.procedures),
            n_trials=session.n_trials,
            n_correct_trials=session.n_correct_trials,
            narrative=session.narrative,
            json=dict(session.json),
            users=[EXPERIMENTER.username],
        )
        self.new["sessions"] += 1
        return str(eid)

    def _enter_insertions(self, wanted: Sequence[tuple[SessionRecord, str]], labs: Iterable[str]) -> None:
        if not wanted:
            return
        rows = [row for lab in labs for row in self.alyx.rest("insertions", "list", lab=lab)]
        known = {(str(row["session"])[-36:], row["name"]) for row in rows}
        for session, name in wanted:
            eid = self.eids[session.key]
            if (eid, name) not in known:
                self._create("insertions", {"session": eid, "name": name, "json": {"notes": session.json["notes"]}})

    def enter_files(self, plan: Plan) -> None:
        """Register and send the files that the store does not have with the same bytes."""
        local = {each.key: files_of(Path(each.folder)) for each in plan.sessions}
        self._enter_dataset_types(file.name for files in local.values() for file in files)
        stored = self._stored(labs_of(plan))
        total = sum(len(files) for files in local.values())
        for session in plan.sessions:
            files = local[session.key]
            eid = self.eids[session.key]
            hashes = {file: hash_file(file) for file in files}
            missing = [file for file in files if stored.get(_place(eid, file)) != hashes[file]]
            if missing:
                self.rig.register_files(ALFPath(session.folder), missing, lab=session.lab)
                self.new["files"] += len(missing)
            self.n_files += len(files)
            self.n_bytes += sum(file.stat().st_size for file in files)
            self.report("files", self.n_files, total)

    def _stored(self, labs: Iterable[str]) -> dict[tuple[str, str, str], str]:
        """Return the hash of every dataset of the labs whose file is in the store."""
        return {
            (str(row["session"])[-36:], row["collection"] or "", row["name"]): row["hash"]
            for lab in labs
            for row in self.alyx.rest("datasets", "list", lab=lab)
            if any(record["exists"] for record in row["file_records"])
        }

    def _enter_dataset_types(self, names: Iterable[str]) -> None:
        """Enter the dataset types that no known name or pattern covers."""
        types = self.alyx.rest("dataset-types", "list")
        patterns = [row["filename_pattern"].lower() for row in types if row["filename_pattern"]]
        known = {row["name"] for row in types}
        for name in sorted(set(names)):
            parts = filename_parts(name)
            kind = f"{parts.object}.{parts.attribute}"
            if kind not in known and not any(fnmatch(name.lower(), pattern) for pattern in patterns):
                self._create("dataset-types", {"name": kind, "description": "Entered with the demo lab's files."})
                known.add(kind)

    def enter_weights(self, plan: Plan) -> None:
        """Enter weights, water and water restriction of the subjects that have any."""
        subjects = [each for each in plan.subjects if each.weighings or each.water]
        total = sum(len(each.weighings) + len(each.water) for each in subjects)
        done = 0
        self._enter_water_types({water.water_type for subject in subjects for water in subject.water})
        for subject in subjects:
            weighed, watered = self._times("weighings", subject), self._times("water-administrations", subject)
            self._enter_restriction(subject)
            for weighing in subject.weighings:
                if weighing.date_time not in weighed:
                    self._create("weighings", {"subject": subject.nickname, **_wire(weighing)})
                self.report("weights", done := done + 1, total)
            for water in subject.water:
                if water.date_time not in watered:
                    self._create("water-administrations", self._water_wire(subject, water))
                self.report("weights", done := done + 1, total)

    def _enter_water_types(self, names: set[str]) -> None:
        for name in sorted(names - self._names("water-type") if names else ()):
            self._create("water-type", {"name": name})

    def _water_wire(self, subject: SubjectRecord, water: Any) -> dict[str, Any]:
        wire = _wire(water)
        session = self.eids.get((subject.nickname, water.date_time[:10], 1))
        earned = session if water.water_type.endswith("Sucrose") else None
        return {"subject": subject.nickname, "session": earned, "water_administered": wire.pop("millilitres"), **wire}

    def _enter_restriction(self, subject: SubjectRecord) -> None:
        if subject.restricted_from is None or self._times("water-restriction", subject, "start_time"):
            return
        wire = {"subject": subject.nickname, "start_time": subject.restricted_from}
        self._create("water-restriction", wire | {"reference_weight": subject.reference_weight})

    def _times(self, endpoint: str, subject: SubjectRecord, column: str = "date_time") -> set[str]:
        return {row[column][:19] for row in self.alyx.rest(endpoint, "list", nickname=subject.nickname)}

    def _names(self, endpoint: str, column: str = "name") -> set[str]:
        return {row[column] for row in self.alyx.rest(endpoint, "list")}

    def _create(self, endpoint: str, data: dict[str, Any]) -> Any:
        self.new[endpoint] += 1
        return self.alyx.rest(endpoint, "create", data=data)


def labs_of(plan: Plan) -> list[str]:
    """Return the labs of a plan, in order of their names."""
    return sorted({subject.lab for subject in plan.subjects})


def _subject_wire(subject: SubjectRecord) -> dict[str, Any]:
    return {
        "nickname": subject.nickname,
        "lab": subject.lab,
        "responsible_user": EXPERIMENTER.username,
        "sex": subject.sex,
        "birth_date": subject.birth_date,
        "description": subject.description,
        "projects": [PROJECT],
        "json": dict(subject.json),
    }


def _wire(record: Any) -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(record)


def files_of(folder: Path) -> list[Path]:
    """Return the files of a session, hidden ones left out, in order of their names."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _place(eid: str, file: Path) -> tuple[str, str, str]:
    return eid, ALFPath(file).collection or "", file.name
