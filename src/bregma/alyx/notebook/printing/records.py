"""The records of a subject and of a session as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, WaterRestriction, Weighing
from bregma.alyx.data.models import Dataset
from bregma.alyx.history.life import list_life
from bregma.alyx.history.selectors import session_timeline
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.notebook.comments.selectors import comments_on
from bregma.alyx.notebook.notes.selectors import notes_of_subject, notes_on
from bregma.alyx.notebook.printing.document import Document
from bregma.alyx.notebook.printing.parts import add_comments, add_notes, add_timeline, write_moment
from bregma.alyx.notebook.sessions.selectors import describe_session
from bregma.alyx.notebook.surgeries.kinds import KINDS
from bregma.alyx.notebook.surgeries.listing import procedure_rows
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember

MOST_SESSIONS = 300
MOST_FILES = 200
MOST_NOTES = 100
MOST_WEIGHINGS = 400


def print_subject(subject: Subject, *, by: LabMember) -> bytes:
    """Return the record of a subject as PDF, as far as the person may read it."""
    with timezone.override(lab_zone(subject.lab)):
        document = Document(f"Subject {subject.nickname}", _footer(by))
        document.add_facts(_subject_facts(subject))
        document.add_text(subject.description)
        if policy.is_member(by) and subject.adverse_effects:
            document.add_heading("Adverse effects")
            document.add_text(subject.adverse_effects)
        _add_procedures(document, subject, by)
        _add_restrictions(document, subject, by)
        _add_weighings(document, subject, by)
        _add_sessions(document, subject, by)
        notes, more = notes_of_subject(subject, by, limit=MOST_NOTES)
        add_notes(document, notes, more=more)
        add_comments(document, comments_on(Subject, [subject.pk], by))
        if policy.is_member(by):
            life = list_life(subject, by, frozenset({"life", "sessions"}))
            add_timeline(document, sorted(life, key=lambda one: one.at, reverse=True), title="What happened")
        return document.write()


def print_session(session: Session, *, by: LabMember) -> bytes:
    """Return the record of a session as PDF, as far as the person may read it."""
    with timezone.override(lab_zone(session.lab)):
        shown = describe_session(session, by)
        document = Document(f"Session {session}", _footer(by))
        document.add_facts(_session_facts(session, shown))
        document.add_heading("Narrative")
        document.add_text(session.narrative or "None.")
        _add_probes(document, shown)
        _add_checks(document, shown)
        _add_files(document, session, by)
        if shown["tasks"]:
            document.add_heading("Tasks")
            rows = [(task.name, task.get_status_display(), task.version or "") for task in shown["tasks"]]
            document.add_table(("Task", "Status", "Version"), rows)
        add_notes(document, notes_on(session, by))
        add_comments(document, comments_on(Session, [session.pk], by))
        if policy.is_member(by):
            add_timeline(document, session_timeline(session, by).entries, title="Latest changes")
        return document.write()


def _footer(by: LabMember) -> str:
    name = by.get_full_name()
    person = f"{name} ({by.username})" if name else by.username
    return f"Exported from bregma by {person}, {timezone.localtime():%Y-%m-%d %H:%M %Z}"


def _subject_facts(subject: Subject) -> list[tuple[str, Any]]:
    return [
        ("Lab", subject.lab),
        ("Responsible", subject.responsible_user),
        ("Species", subject.species),
        ("Line", subject.line),
        ("Strain", subject.strain),
        ("Sex", subject.get_sex_display()),
        ("Born", subject.birth_date),
        ("Weaned", subject.wean_date),
        ("Died", subject.death_date),
        ("Cage", subject.cage),
        ("Ear mark", subject.ear_mark),
        ("Protocol number", subject.protocol_number),
        ("Actual severity", subject.get_actual_severity_display() if subject.actual_severity else ""),
        ("Id", subject.pk),
    ]


def _session_facts(session: Session, shown: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("Subject", session.subject),
        ("Lab", session.lab),
        ("Start", write_moment(session.start_time)),
        ("End", write_moment(session.end_time)),
        ("Number of the day", session.number),
        ("Protocol", session.task_protocol),
        ("Type", session.type),
        ("Place", session.location),
        ("People", ", ".join(shown["people"])),
        ("Procedures", ", ".join(shown["procedures"])),
        ("Projects", ", ".join(shown["projects"])),
        ("Trials", session.n_trials),
        ("Correct trials", session.n_correct_trials),
        ("Quality", session.get_qc_display()),
        ("Weight of the day", ", ".join(f"{one['grams']:.1f} g" for one in shown["weighings"])),
        ("Water", ", ".join(f"{one['mL'] or 0:.2f} mL" for one in shown["water"])),
        ("Id", session.pk),
    ]


def _add_procedures(document: Document, subject: Subject, by: LabMember) -> None:
    for kind in KINDS:
        rows = list(procedure_rows(kind, by).filter(subject=subject))
        if rows:
            document.add_heading(kind.title)
            told = [(write_moment(row.start_time), ", ".join(map(str, row.procedures.all()))) for row in rows]
            document.add_table(("Start", "Procedures"), told)
            for row in rows:
                document.add_text(row.narrative)


def _add_restrictions(document: Document, subject: Subject, by: LabMember) -> None:
    rows = list(policy.readable(by, WaterRestriction.objects.filter(subject=subject)))
    if rows:
        document.add_heading("Water restrictions")
        told = [(write_moment(row.start_time), write_moment(row.end_time), row.reference_weight) for row in rows]
        document.add_table(("Start", "End", "Reference weight (g)"), told)


def _add_weighings(document: Document, subject: Subject, by: LabMember) -> None:
    rows = policy.readable(by, Weighing.objects.filter(subject=subject)).order_by("-date_time", "pk")
    n = rows.count()
    if n:
        document.add_heading("Weighings")
        told = [(write_moment(row.date_time), f"{row.weight:.1f}") for row in rows[:MOST_WEIGHINGS]]
        document.add_table(("When", "Weight (g)"), told, of=n)


def _add_sessions(document: Document, subject: Subject, by: LabMember) -> None:
    rows = policy.readable(by, Session.objects.filter(subject=subject)).order_by("-start_time", "pk")
    document.add_heading("Sessions")
    told = [
        (write_moment(row.start_time), row.number, row.task_protocol, row.n_trials or "", row.get_qc_display())
        for row in rows[:MOST_SESSIONS]
    ]
    document.add_table(("Start", "Number", "Protocol", "Trials", "Quality"), told, of=rows.count())


def _add_probes(document: Document, shown: dict[str, Any]) -> None:
    rows = []
    for one in shown["insertions"]:
        for track in one.tracks:
            place = [f"{value:.0f}" if value is not None else "–" for value in _place(track.estimate)]
            regions = ", ".join(name for name, _ in track.shown)
            rows.append((one.row.name, track.estimate.get_provenance_display(), *place, regions))
    if rows:
        document.add_heading("Probes (µm from bregma, degrees)")
        document.add_table(("Probe", "Trajectory", "x", "y", "z", "depth", "θ", "φ", "Regions"), rows)


def _place(track: Any) -> tuple[float | None, ...]:
    return (track.x, track.y, track.z, track.depth, track.theta, track.phi)


def _add_checks(document: Document, shown: dict[str, Any]) -> None:
    if shown["verdicts"]:
        document.add_heading("Verdicts on quality")
        told = [
            (one.get("at", "")[:10], one.get("qc"), one.get("reason"), one.get("user")) for one in shown["verdicts"]
        ]
        document.add_table(("When", "Verdict", "Reason", "Who"), told)
    if shown["checks"]:
        document.add_heading("Automatic checks")
        document.add_table(("Check", "Outcome"), shown["checks"][:MOST_FILES], of=len(shown["checks"]))


def _add_files(document: Document, session: Session, by: LabMember) -> None:
    rows = policy.readable(by, Dataset.objects.filter(session=session)).select_related("revision", "dataset_type")
    document.add_heading("Files")
    told = [
        (f"{row.collection or ''}/{row.name}".lstrip("/"), row.dataset_type.name, row.revision or "", row.file_size)
        for row in rows.order_by("collection", "name", "pk")[:MOST_FILES]
    ]
    document.add_table(("File", "Type", "Revision", "Bytes"), told, of=rows.count())
