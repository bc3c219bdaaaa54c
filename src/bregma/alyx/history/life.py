"""The life of a subject as entries: born, weaned, moved, operated, trained, weighed, dead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Avg, Count, Max, Min
from django.db.models.functions import TruncDay, TruncMonth
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import Cull, Session, Surgery, WaterRestriction, Weighing
from bregma.alyx.history.changes_of import Entry
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import HousingSubject, Note
from bregma.alyx.subjects.models import GenotypeTest, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from bregma.alyx.policy import User

KINDS = ("life", "sessions", "weights", "notes")


def list_life(subject: Subject, user: User, kinds: frozenset[str]) -> list[Entry]:
    """Return what happened to a subject, of some kinds, in no order; nine queries at most."""
    zone = lab_zone(subject.lab)
    found: list[Entry] = []
    if "life" in kinds:
        found += [*_dates(subject), *_surgeries(subject, user), *_restrictions(subject, user), *_moves(subject, user)]
        found += [*_tests(subject, user), *_culls(subject, user)]
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
    rows = policy.readable(user, Surgery.objects.filter(subject=subject)).prefetch_related("procedures", "users")
    for row in rows:
        words = ", ".join(str(one) for one in row.procedures.all())
        outcome = f" ({row.get_outcome_type_display().lower()})" if row.outcome_type else ""
        if row.start_time:
            yield Entry(
                row.start_time,
                f"Surgery{outcome}",
                kind="life",
                words=words,
                by=", ".join(str(one) for one in row.users.all()),
                url=reverse("surgery", args=[row.pk]),
            )


def _restrictions(subject: Subject, user: User) -> Iterator[Entry]:
    for row in policy.readable(user, WaterRestriction.objects.filter(subject=subject)):
        if row.start_time:
            words = f"reference weight {row.reference_weight:.1f} g" if row.reference_weight else ""
            yield Entry(row.start_time, "Water restriction begins", kind="life", words=words)
        if row.end_time:
            yield Entry(row.end_time, "Water restriction ends", kind="life")


def _moves(subject: Subject, user: User) -> Iterator[Entry]:
    for stay in policy.readable(user, HousingSubject.objects.filter(subject=subject)).select_related("housing"):
        if stay.housing is not None:
            yield Entry(stay.start_datetime, f"Moved to cage {stay.housing.cage_name}", kind="life")


def _tests(subject: Subject, user: User) -> Iterator[Entry]:
    """Tell genotypes on the day on which the subject counts as genotyped; a test has no date of its own."""
    if subject.genotype_date is None:
        return
    tests = policy.readable(user, GenotypeTest.objects.filter(subject=subject)).select_related("sequence")
    words = ", ".join(str(test) for test in tests)
    if words:
        yield Entry(_at(subject.genotype_date), "Genotype tests", kind="life", words=words, day_only=True)


def _culls(subject: Subject, user: User) -> Iterator[Entry]:
    rows = policy.readable(user, Cull.objects.filter(subject=subject)).select_related(
        "cull_reason", "cull_method", "user"
    )
    for row in rows:
        words = ", ".join(str(one) for one in (row.cull_reason, row.cull_method, row.description) if one)
        yield Entry(_at(row.date), "Culled", kind="life", words=words, by=str(row.user or ""), day_only=True)


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
