"""The life of a subject as entries: born, weaned, moved, operated, trained, weighed, dead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Avg, Count, Max, Min, Q, Value
from django.db.models.functions import TruncDay, TruncMonth
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import Cull, Session, Surgery, WaterRestriction, Weighing
from bregma.alyx.history.changes_of import Entry
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import HousingSubject, Note
from bregma.alyx.subjects.models import GenotypeTest, Subject, TestResult
from bregma.alyx.together import Part, moment, read_together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from bregma.alyx.policy import User
    from bregma.alyx.together import Row

KINDS = ("life", "sessions", "weights", "notes")


def list_life(subject: Subject, user: User, kinds: frozenset[str]) -> list[Entry]:
    """Return what happened to a subject, of some kinds, in no order; five queries at most."""
    zone = lab_zone(subject.lab)
    found: list[Entry] = []
    if "life" in kinds:
        rows = _read_husbandry(subject, user)
        found += [*_dates(subject), *_surgeries(subject, user), *_restrictions(rows), *_moves(rows)]
        found += [*_tests(subject, rows), *_culls(rows)]
    if "sessions" in kinds:
        found += _sessions(subject, user, zone)
    if "weights" in kinds:
        found += _weights(subject, user, zone)
    if "notes" in kinds:
        found += _notes(subject, user)
    return found


def _dates(subject: Subject) -> Iterator[Entry]:
    named = {"Born": subject.birth_date, "Weaned": subject.wean_date, "Genotyped": subject.genotype_date}
    named |= {"Reduced": subject.reduced_date, "Died": subject.death_date}
    for title, day in named.items():
        if day is not None:
            yield Entry(_at(day), title, kind="life", day_only=True)


def _surgeries(subject: Subject, user: User) -> Iterator[Entry]:
    rows = policy.readable(user, Surgery.objects.filter(subject=subject, start_time__isnull=False))
    procedures = _names("procedures", "name")
    for row in rows.annotate(procedure_names=procedures, people=_names("users", "username")):
        outcome = f" ({row.get_outcome_type_display().lower()})" if row.outcome_type else ""
        yield Entry(
            row.start_time,
            f"Surgery{outcome}",
            kind="life",
            words=", ".join(row.procedure_names),
            by=", ".join(row.people),
            url=reverse("surgery", args=[row.pk]),
        )


def _names(many: str, column: str) -> ArrayAgg:
    """Name the rows to which one leads, each once, in order."""
    known = Q(**{f"{many}__isnull": False})
    return ArrayAgg(f"{many}__{column}", filter=known, distinct=True, default=Value([]))


def _read_husbandry(subject: Subject, user: User) -> dict[str, list[Row]]:
    """Read restrictions, moves, genotype tests and culls: one query."""
    models: dict[str, Any] = {
        "restrictions": WaterRestriction,
        "moves": HousingSubject,
        "tests": GenotypeTest,
        "culls": Cull,
    }
    values: dict[str, dict[str, Any]] = {
        "restrictions": {"start": "start_time", "end": "end_time", "weight": "reference_weight"},
        "moves": {"start": "start_datetime", "housing": "housing_id", "cage": "housing__cage_name"},
        "tests": {"sequence": "sequence__name", "result": "test_result"},
        "culls": {
            "date": "date",
            "reason": "cull_reason__name",
            "method": "cull_method__name",
            "words": "description",
            "by": "user__username",
        },
    }
    tables = models.items()
    own = {name: policy.readable(user, model._default_manager.filter(subject=subject)) for name, model in tables}
    return read_together(**{name: Part(rows, values[name]) for name, rows in own.items()})


def _restrictions(rows: dict[str, list[Row]]) -> Iterator[Entry]:
    for row in rows["restrictions"]:
        if row["start"]:
            words = f"reference weight {float(row['weight']):.1f} g" if row["weight"] else ""
            yield Entry(moment(row["start"]), "Water restriction begins", kind="life", words=words)
        if row["end"]:
            yield Entry(moment(row["end"]), "Water restriction ends", kind="life")


def _moves(rows: dict[str, list[Row]]) -> Iterator[Entry]:
    for stay in rows["moves"]:
        if stay["housing"] is not None:
            yield Entry(moment(stay["start"]), f"Moved to cage {stay['cage']}", kind="life")


def _tests(subject: Subject, rows: dict[str, list[Row]]) -> Iterator[Entry]:
    """Tell genotypes on the day on which the subject counts as genotyped; a test has no date of its own."""
    results = dict(TestResult.choices)
    told = sorted(f"{test['sequence']} {results.get(test['result'])}" for test in rows["tests"])
    if told and subject.genotype_date is not None:
        yield Entry(_at(subject.genotype_date), "Genotype tests", kind="life", words=", ".join(told), day_only=True)


def _culls(rows: dict[str, list[Row]]) -> Iterator[Entry]:
    for row in rows["culls"]:
        words = ", ".join(row[name] for name in ("reason", "method", "words") if row[name])
        day = date.fromisoformat(row["date"])
        yield Entry(_at(day), "Culled", kind="life", words=words, by=row["by"] or "", day_only=True)


def _sessions(subject: Subject, user: User, zone: tzinfo) -> Iterator[Entry]:
    """Tell the sessions of a day as one."""
    rows = policy.readable(user, Session.objects.filter(subject=subject, start_time__isnull=False)).order_by()
    days = rows.annotate(day=TruncDay("start_time", tzinfo=zone)).values("day")
    counted = days.annotate(n=Count("pk", distinct=True), first=Min("start_time"), protocol=Max("task_protocol"))
    for row in counted:
        title = "Session" if row["n"] == 1 else f"{row['n']} sessions"
        url = f"{reverse('subject-sessions', args=[subject.pk])}?day={row['day']:%Y-%m-%d}"
        yield Entry(row["first"], title, kind="sessions", words=row["protocol"] or "", url=url)


def _weights(subject: Subject, user: User, zone: tzinfo) -> Iterator[Entry]:
    """Tell the weighings of a month as one."""
    rows = policy.readable(user, Weighing.objects.filter(subject=subject, date_time__isnull=False)).order_by()
    months = rows.annotate(month=TruncMonth("date_time", tzinfo=zone)).values("month")
    counted = months.annotate(
        n=Count("pk"), last=Max("date_time"), lightest=Min("weight"), heaviest=Max("weight"), mean=Avg("weight")
    )
    for row in counted:
        n, few = row["n"], f"{row['lightest']:.1f} g"
        words = few if n == 1 else f"{few} to {row['heaviest']:.1f} g, {row['mean']:.1f} g on average"
        title = "Weighed" if n == 1 else f"Weighed {n} times in {row['month']:%B %Y}"
        yield Entry(row["last"], title, kind="weights", words=words)


def _notes(subject: Subject, user: User) -> Iterator[Entry]:
    kind = ContentType.objects.get_for_model(Subject)
    rows = policy.readable(user, Note.objects.filter(content_type=kind, object_id=subject.pk)).select_related("user")
    for row in rows:
        if row.date_time:
            words = row.text[:200] or "a picture"
            url = reverse("note", args=[row.pk])
            yield Entry(row.date_time, "Note", kind="notes", words=words, by=str(row.user or ""), url=url)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
