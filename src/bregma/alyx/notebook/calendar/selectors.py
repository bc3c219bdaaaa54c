"""What happens on which day in the labs: sessions, surgeries, restrictions, litters, licences; few queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.urls import reverse

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, Surgery, WaterRestriction
from bregma.alyx.colony.breeding.selectors.calendar import Span, What, load_breeding
from bregma.alyx.colony.models import Licence
from bregma.alyx.misc.days import zone_named
from bregma.alyx.together import Part, moment, read_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.policy import User
    from bregma.alyx.together import Row

NAMED_A_DAY = 4
"""Subjects whose sessions are named on one day; of more, their number is told."""


@dataclass(frozen=True)
class Happening:
    """Something on a day; ``kind`` is its colour."""

    day: date
    kind: str
    words: str
    url: str


@dataclass(frozen=True)
class Window:
    """Which days, of whom: a lab, a person, or everybody that one may see."""

    first: date
    last: date
    lab: Lab | None = None
    person: LabMember | None = None

    @property
    def zone(self) -> tzinfo:
        """The time zone of the lab; UTC for several."""
        return zone_named(self.lab.timezone) if self.lab else UTC

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When the first day begins, and when the last one is over."""
        end = self.last + timedelta(days=1)
        return datetime.combine(self.first, time.min, self.zone), datetime.combine(end, time.min, self.zone)


def load_calendar(user: User, window: Window, today: date) -> dict[date, list[Happening]]:
    """Return what happens on each day that a person may know of; days without anything are left out."""
    found: dict[date, list[Happening]] = defaultdict(list)
    parts = [_sessions(user, window)]
    if policy.is_member(user):
        parts.append(_procedures(user, window))
        if window.lab is None and window.person is None:
            parts.append(_breeding(user, window, today))
    for part in parts:
        for one in part:
            if window.first <= one.day <= window.last:
                found[one.day].append(one)
    return dict(found)


def _sessions(user: User, window: Window) -> Iterator[Happening]:
    rows = _within(policy.readable(user, Session.objects.all()), window).order_by()
    days = rows.annotate(day=TruncDate("start_time", tzinfo=window.zone)).values("day", "subject", "subject__nickname")
    by_day: dict[date, list[tuple[str, str, int]]] = defaultdict(list)
    for row in days.annotate(n=Count("pk", distinct=True)).order_by("subject__nickname"):
        by_day[row["day"]].append((row["subject__nickname"], str(row["subject"]), row["n"]))
    for day, subjects in by_day.items():
        yield from _sessions_of_day(day, subjects, window)


def _sessions_of_day(day: date, subjects: list[tuple[str, str, int]], window: Window) -> Iterator[Happening]:
    if len(subjects) > NAMED_A_DAY:
        asked = f"?first={day}&last={day}"
        asked += f"&lab={window.lab.name}" if window.lab else ""
        asked += f"&user={window.person.username}" if window.person else ""
        total = sum(n for _, _, n in subjects)
        yield Happening(day, "more", f"{total} sessions of {len(subjects)}", f"{reverse('sessions')}{asked}")
        return
    for name, key, n in subjects:
        words = name if n == 1 else f"{name} × {n}"
        yield Happening(day, "session", words, f"{reverse('subject-sessions', args=[key])}?day={day}")


def _procedures(user: User, window: Window) -> Iterator[Happening]:
    """Tell surgeries, restrictions and ends of licences: one query."""
    subject = {"subject": "subject_id", "name": "subject__nickname"}
    rows = read_together(
        surgeries=Part(_surgeries(user, window), {"key": "pk", "start": "start_time", **subject}),
        restrictions=Part(_restrictions(user, window), {"start": "start_time", "end": "end_time", **subject}),
        licences=Part(_licences(user, window), {"number": "number", "day": "end_date"}),
    )
    for row in _in_order(rows["surgeries"]):
        url = reverse("surgery", args=[row["key"]])
        yield Happening(_day(row["start"], window), "surgery", f"Surgery {row['name']}", url)
    for row in _in_order(rows["restrictions"]):
        url = reverse("subject", args=[row["subject"]])
        for at, words in ((row["start"], "water restricted"), (row["end"], "water free")):
            if at is not None:
                yield Happening(_day(at, window), "restriction", f"{row['name']} {words}", url)
    for row in sorted(rows["licences"], key=lambda row: str(row["number"])):
        yield Happening(date.fromisoformat(row["day"]), "licence", f"Licence {row['number']} ends", "")


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["start"] or "", row["name"]))


def _day(text: str, window: Window) -> date:
    return moment(text).astimezone(window.zone).date()


def _surgeries(user: User, window: Window) -> QuerySet[Surgery]:
    return _within(policy.readable(user, Surgery.objects.all()), window)


def _restrictions(user: User, window: Window) -> QuerySet[WaterRestriction]:
    span = window.moments
    rows = policy.readable(user, WaterRestriction.objects.all())
    rows = rows.filter(Q(start_time__range=span) | Q(end_time__range=span))
    rows = rows.filter(subject__lab=window.lab) if window.lab else rows
    return rows.filter(subject__responsible_user=window.person) if window.person else rows


def _licences(user: User, window: Window) -> QuerySet[Licence]:
    rows = policy.readable(user, Licence.objects.filter(end_date__range=(window.first, window.last)))
    rows = rows.filter(lab=window.lab) if window.lab else rows
    return rows.filter(holder=window.person) if window.person else rows


def _breeding(user: User, window: Window, today: date) -> Iterator[Happening]:
    found = load_breeding(user, Span(first=window.first, last=window.last, today=today))
    for events in found.events.values():
        for event in events:
            if event.what in (What.DUE, What.WEAN):
                yield Happening(event.day, "litter", f"{event.what.value}: {event.of}", event.url)


def _within(rows: QuerySet, window: Window) -> QuerySet:  # type: ignore[type-arg]
    """Return the rows that begin in the window, of its lab and person."""
    first, last = window.moments
    rows = rows.filter(start_time__gte=first, start_time__lt=last)
    rows = rows.filter(lab=window.lab) if window.lab else rows
    return rows.filter(users=window.person) if window.person else rows
