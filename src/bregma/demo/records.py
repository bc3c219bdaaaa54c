"""What the replay enters into the database: subjects, sessions, weights, water. Plain data, kept as JSON."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.alf import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Report = Callable[[str, int, int], None]  # told the stage, number done and total

PLACEHOLDER_DATE = "2000-01-01"  # an early date that no one takes for real


@dataclass(frozen=True)
class Weighing:
    """One weight of a subject."""

    date_time: str  # ISO, local time of the lab
    weight: float  # grams


@dataclass(frozen=True)
class Water:
    """Water one subject received."""

    date_time: str
    millilitres: float | None  # None where free water was given and nobody measured it
    water_type: str
    adlib: bool = False


@dataclass(frozen=True)
class SubjectRecord:
    """One mouse as the colony knows it."""

    nickname: str
    lab: str
    description: str
    sex: str = "U"
    birth_date: str | None = None
    restricted_from: str | None = None  # start of water restriction
    reference_weight: float | None = None
    weighings: tuple[Weighing, ...] = ()
    water: tuple[Water, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionRecord:
    """One session as a rig registers it, and the folder that holds its files."""

    lab: str
    subject: str
    date: str
    number: int
    folder: str  # session folder that holds the files
    task_protocol: str
    start_time: str
    procedures: tuple[str, ...] = ()
    n_trials: int | None = None
    n_correct_trials: int | None = None
    narrative: str = ""
    insertions: tuple[str, ...] = ()  # probe names
    picks: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)  # µm, of probes that were traced
    json: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, int]:
        """Subject, date and number."""
        return self.subject, self.date, self.number


@dataclass(frozen=True)
class Plan:
    """All that one replay enters."""

    subjects: tuple[SubjectRecord, ...]
    sessions: tuple[SessionRecord, ...]

    def __add__(self, other: Plan) -> Plan:
        """Join two plans; a subject that both name is entered as the first has it, with the weights of both."""
        ours = {subject.nickname: subject for subject in self.subjects}
        for subject in other.subjects:
            known = ours.get(subject.nickname)
            ours[subject.nickname] = subject if known is None else _merge(known, subject)
        sessions = {(session.key, session.folder): session for session in self.sessions + other.sessions}
        return Plan(tuple(ours.values()), tuple(sessions.values()))

    def is_on_disk(self) -> bool:
        """Tell whether the folder of every session is still there."""
        return all(Path(session.folder).is_dir() for session in self.sessions)

    def save(self, path: Path, *, stamp: str) -> None:
        """Write the plan with a stamp that tells what it was made from; sessions relative to the file's folder."""
        content = {"stamp": stamp} | dataclasses.asdict(self)
        with atomic_write(path) as file:
            file.write(json.dumps(content, indent=1).encode())

    @classmethod
    def load(cls, path: Path, *, stamp: str) -> Plan | None:
        """Read a plan back, or return None if there is none with this stamp."""
        if not path.is_file():
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["stamp"] != stamp:
            return None
        return cls(
            tuple(_subject(**subject) for subject in content["subjects"]),
            tuple(_session(**session) for session in content["sessions"]),
        )


def session_folder(root: Path, lab: str, subject: str, date: str, number: int) -> Path:
    """Return ``root/lab/Subjects/subject/date/number``."""
    return root / lab / "Subjects" / subject / date / f"{number:03d}"


def _merge(first: SubjectRecord, second: SubjectRecord) -> SubjectRecord:
    return dataclasses.replace(
        first,
        weighings=tuple(dict.fromkeys(first.weighings + second.weighings)),
        water=tuple(dict.fromkeys(first.water + second.water)),
    )


def _subject(weighings: list[dict[str, Any]], water: list[dict[str, Any]], **fields: Any) -> SubjectRecord:
    return SubjectRecord(
        weighings=tuple(Weighing(**row) for row in weighings), water=tuple(Water(**row) for row in water), **fields
    )


def _session(procedures: list[str], insertions: list[str], **fields: Any) -> SessionRecord:
    return SessionRecord(procedures=tuple(procedures), insertions=tuple(insertions), **fields)
