"""Enters a plan into the database through REST, and puts files into the store; what is there already stays as it is."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from bregma.alf import ALFPath, filename_parts
from bregma.demo.colony import EXPERIMENTER, LAB, PROJECT, STAFF
from bregma.store import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bregma.demo.records import Plan, Report, SessionRecord, SubjectRecord


ASKED_WEIGHT = 0.85  # of the weight before restriction: what the labs of the demo ask of their mice
AT_ONCE = 4  # requests in flight: the server has several threads, and waits for its disk
Item = TypeVar("Item")
Result = TypeVar("Result")


class Rest(Protocol):
    """The part of a REST client that is used here."""

    def rest(self, url: str, action: str, *, data: Any = None, **filters: Any) -> Any:
        """Call an endpoint."""


class Rig(Protocol):
    """The part of a registration client that is used here."""

    def register_session(self, ses_path: Path, users: Any = None, file_list: bool = True, **details: Any) -> Any:
        """Register a session by its folder; return its record, and those of its files."""

    def send_files(self, file_list: Sequence[Path], *, lab: str) -> Any:
        """Register files and put them into the store."""


class Sent(NamedTuple):
    """Files of a session: all of them, their bytes, and how many were sent now."""

    n_files: int
    n_bytes: int
    n_new: int


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
                lab = {"name": name, "timezone": "UTC", "reference_weight_pct": ASKED_WEIGHT, "json": simulated}
                self.create("labs", lab)
        self._enter_staff()
        self.report("lab", len(labs), len(labs))

    def _enter_staff(self) -> None:
        users = self._names("users", "username")
        for member in STAFF:
            if member.username not in users:
                self.create("users", {"username": member.username, "email": member.email})
        if PROJECT not in self._names("projects"):
            about = "Public recordings, replayed as a lab would enter them. The staff is simulated."
            names = [member.username for member in STAFF]
            self.create("projects", {"name": PROJECT, "description": about, "users": names})

    def enter_subjects(self, plan: Plan) -> None:
        """Enter the subjects that the labs do not have."""
        known = {row["nickname"] for lab in labs_of(plan) for row in self.alyx.rest("subjects", "list", lab=lab)}
        for done, subject in enumerate(plan.subjects):
            self.report("subjects", done, len(plan.subjects))
            if subject.nickname not in known:
                self.create("subjects", _subject_wire(subject))
        self.report("subjects", len(plan.subjects), len(plan.subjects))

    def enter_sessions(self, plan: Plan) -> None:
        """Register the sessions that are missing, as a rig does, and their insertions."""
        for row in self.rows_of("sessions", plan):
            self.eids[row["subject"], row["start_time"][:10], row["number"]] = row["id"]
        missing = [session for session in plan.sessions if session.key not in self.eids]
        found = len(plan.sessions) - len(missing)
        self.report("sessions", found, len(plan.sessions))
        for done, (session, eid) in enumerate(_at_once(self._register, missing), start=found + 1):
            self.eids[session.key] = eid
            self.new["sessions"] += 1
            self.report("sessions", done, len(plan.sessions))
        self._enter_insertions(plan)

    def _register(self, session: SessionRecord) -> str:
        record, _ = self.rig.register_session(
            Path(session.folder),
            file_list=False,
            lab=session.lab,
            task_protocol=session.task_protocol,
            start_time=session.start_time,
            projects=[PROJECT] if _by_demo_staff(session) else None,
            procedures=list(session.procedures),
            n_trials=session.n_trials,
            n_correct_trials=session.n_correct_trials,
            narrative=session.narrative,
            json=dict(session.json),
            users=[EXPERIMENTER.username] if _by_demo_staff(session) else None,
        )
        return str(record["id"])

    def _enter_insertions(self, plan: Plan) -> None:
        wanted = [(each, name) for each in plan.sessions for name in each.insertions]
        known = {(str(row["session"])[-36:], row["name"]) for row in self.rows_of("insertions", plan)}
        for session, name in wanted:
            eid = self.eids[session.key]
            if (eid, name) not in known:
                traced = {"xyz_picks": session.picks[name]} if name in session.picks else {}
                about = {"notes": session.json["notes"], **traced}
                self.create("insertions", {"session": eid, "name": name, "json": about})

    def enter_files(self, plan: Plan) -> None:
        """Register and send the files that the store does not have with the same bytes."""
        names = {file.name for session in plan.sessions for file in files_of(Path(session.folder))}
        self._enter_dataset_types(names)
        stored = self._stored(plan)
        for done, (_, sent) in enumerate(_at_once(partial(self._send, stored), plan.sessions), start=1):
            self.n_files += sent.n_files
            self.n_bytes += sent.n_bytes
            if sent.n_new:
                self.new["files"] += sent.n_new
            self.report("files", done, len(plan.sessions))

    def _send(self, stored: dict[tuple[str, str, str], str], session: SessionRecord) -> Sent:
        files = files_of(Path(session.folder))
        eid = self.eids[session.key]
        missing = [file for file in files if stored.get(_place(eid, file)) != hash_file(file)]
        if missing:
            self.rig.send_files(missing, lab=session.lab)
        return Sent(len(files), sum(file.stat().st_size for file in files), len(missing))

    def _stored(self, plan: Plan) -> dict[tuple[str, str, str], str]:
        """Return the hash of every dataset of the subjects whose file is in the store."""
        return {
            (str(row["session"])[-36:], row["collection"] or "", row["name"]): row["hash"]
            for row in self.rows_of("datasets", plan)
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
                self.create("dataset-types", {"name": kind, "description": "Entered with the demo lab's files."})
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
                    self.create("weighings", {"subject": subject.nickname, **asdict(weighing)})
                self.report("weights", done := done + 1, total)
            for water in subject.water:
                if water.date_time not in watered:
                    self.create("water-administrations", self._water_wire(subject, water))
                self.report("weights", done := done + 1, total)

    def _enter_water_types(self, names: set[str]) -> None:
        for name in sorted(names - self._names("water-type") if names else ()):
            self.create("water-type", {"name": name})

    def _water_wire(self, subject: SubjectRecord, water: Any) -> dict[str, Any]:
        wire = asdict(water)
        session = self.eids.get((subject.nickname, water.date_time[:10], 1))
        earned = session if water.water_type.endswith("Sucrose") else None
        return {"subject": subject.nickname, "session": earned, "water_administered": wire.pop("millilitres"), **wire}

    def _enter_restriction(self, subject: SubjectRecord) -> None:
        if subject.restricted_from is None or self._times("water-restriction", subject, "start_time"):
            return
        wire = {"subject": subject.nickname, "start_time": subject.restricted_from}
        self.create("restrict-water", wire | {"reference_weight": subject.reference_weight})

    def rows_of(self, endpoint: str, plan: Plan, **filters: Any) -> Iterator[Any]:
        """List the rows that hang on the subjects which have sessions, whatever else their labs hold."""
        for subject in dict.fromkeys(session.subject for session in plan.sessions):
            yield from self.alyx.rest(endpoint, "list", subject=subject, **filters)

    def _times(self, endpoint: str, subject: SubjectRecord, column: str = "date_time") -> set[str]:
        return {row[column][:19] for row in self.alyx.rest(endpoint, "list", nickname=subject.nickname)}

    def _names(self, endpoint: str, column: str = "name") -> set[str]:
        return {row[column] for row in self.alyx.rest(endpoint, "list")}

    def create(self, endpoint: str, data: dict[str, Any]) -> Any:
        """Enter a row, and count it."""
        self.new[endpoint] += 1
        return self.alyx.rest(endpoint, "create", data=data)


def _at_once(do: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[tuple[Item, Result]]:
    """Do something with each item, several at a time, and give items and results in order; the first error ends it."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield from zip(items, pool.map(do, items), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def labs_of(plan: Plan) -> list[str]:
    """Return the labs of a plan, in order of their names."""
    return sorted({subject.lab for subject in plan.subjects})


def _subject_wire(subject: SubjectRecord) -> dict[str, Any]:
    wire = {
        "nickname": subject.nickname,
        "lab": subject.lab,
        "sex": subject.sex,
        "birth_date": subject.birth_date,
        "description": subject.description,
        "json": dict(subject.json),
    }
    return wire | (
        {"responsible_user": EXPERIMENTER.username, "projects": [PROJECT]} if _by_demo_staff(subject) else {}
    )


def _by_demo_staff(record: SubjectRecord | SessionRecord) -> bool:
    """Tell whether the simulated staff answers for a record; what a visitor adds belongs to who is signed in."""
    return "staff" in record.json.get("simulated", ())


def files_of(folder: Path) -> list[Path]:
    """Return the files of a session, hidden ones left out, in order of their names."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _place(eid: str, file: Path) -> tuple[str, str, str]:
    return eid, ALFPath(file).collection, file.name
