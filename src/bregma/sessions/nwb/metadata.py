"""What an NWB file says of its session and animal before any data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bregma.one.subjects import find_lab, find_subject
from bregma.sessions.errors import SessionDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.one import ONE
    from bregma.one.records import Session
    from bregma.one.subjects import Subject

SPECIES = {
    "mouse": "Mus musculus",
    "laboratory mouse": "Mus musculus",
    "rat": "Rattus norvegicus",
    "laboratory rat": "Rattus norvegicus",
}
"""Latin names, which archives ask for, of what databases call animals."""


@dataclass(frozen=True, slots=True)
class NWBDetails:
    """What is said in an NWB file in place of what the database says.

    Parameters
    ----------
    timezone : str
        Of the lab's clock, such as ``"Europe/London"``; by default the lab's own, else UTC.
    start_time : datetime
        When the session began; without a time zone, on the lab's clock.
    institution, lab, experiment_description : str
        As they should read.
    experimenter, keywords : sequence of str
        People as ``"Last, First"``; words to find the file by.
    subject : mapping
        Fields of ``pynwb.file.Subject``: sex (M, F, U, O), species (in Latin), age (``"P90D"``), date_of_birth, …
    sorter : str
        The sorting to take of probes that were sorted more than once.
    """

    timezone: str | None = None
    start_time: datetime | None = None
    institution: str | None = None
    lab: str | None = None
    experiment_description: str | None = None
    experimenter: Sequence[str] = ()
    keywords: Sequence[str] = ()
    subject: Mapping[str, Any] = field(default_factory=dict)
    sorter: str | None = None


def session_fields(one: ONE, session: Session, details: NWBDetails) -> dict[str, Any]:
    """Make the arguments of ``pynwb.NWBFile``, subject included, from the database and what is given."""
    from pynwb.file import Subject as NWBSubject

    record: Mapping[str, Any] = {} if one.offline else one.get_details(session.eid, full=True)
    lab = find_lab(one, session.lab)
    start = _start(record, session, details, _zone(details.timezone or lab.get("timezone") or "UTC"))
    animal = {**_animal(find_subject(one, session.subject), start), **details.subject}
    people = list(details.experimenter or record.get("users") or ())
    optional = {
        "institution": details.institution or lab.get("institution"),
        "lab": details.lab or session.lab,
        "experimenter": people,
        "protocol": session.task_protocol,
        "notes": record.get("narrative"),
        "experiment_description": details.experiment_description or _describe(session),
    }
    return {
        "session_description": _describe(session),
        "identifier": str(session.eid),
        "session_id": session.reference,
        "session_start_time": start,
        "keywords": list(details.keywords or session.projects or ["ALF"]),
        "subject": NWBSubject(**animal),
        **{key: value for key, value in optional.items() if value},
    }


def _describe(session: Session) -> str:
    task = f" of {session.task_protocol}" if session.task_protocol else ""
    return f"Session {session.number}{task} with {session.subject} on {session.date.isoformat()}"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SessionDataError(f"no time zone {name!r}; name one as in 'Europe/London'") from error


def _start(record: Mapping[str, Any], session: Session, details: NWBDetails, zone: tzinfo) -> datetime:
    """Find when the session began; tables know only the day, which then begins at midnight."""
    told = record.get("start_time") or session.date.isoformat()
    start = details.start_time or datetime.fromisoformat(str(told))
    return start.replace(tzinfo=zone) if start.tzinfo is None else start


def _animal(subject: Subject, start: datetime) -> dict[str, Any]:
    species = SPECIES.get(subject.species.casefold(), subject.species)
    genotype = {"strain": subject.strain, "genotype": subject.line}
    known: dict[str, Any] = {key: text for key, text in genotype.items() if text}
    if subject.birth_date is not None:
        born = subject.birth_date
        known["date_of_birth"] = datetime(born.year, born.month, born.day, tzinfo=start.tzinfo or UTC)
        known["age"] = f"P{(start.date() - born).days}D"
    return {
        "subject_id": subject.nickname,
        "sex": subject.sex if subject.sex in {"M", "F", "O"} else "U",
        **({"species": species} if species else {}),
        **known,
    }
