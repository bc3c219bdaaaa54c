"""The calendar of the lab: a month or a week, of a lab or a person."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import Lab, LabMember
from bregma.alyx.notebook.calendar.selectors import Window, load_calendar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

Row = TypeVar("Row")
FIRST_YEAR, LAST_YEAR = 1900, 9990
MONTH, WEEK = "month", "week"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    day: date
    view: str
    lab: str
    person: str

    def address(self, day: date, view: str = "") -> str:
        """Return the query of another day, of the same lab and person."""
        parts = {"view": view or self.view, "date": day.isoformat(), "lab": self.lab, "person": self.person}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @property
    def weeks(self) -> list[list[date]]:
        """The days that are shown, a week in each row, from Monday on."""
        if self.view == WEEK:
            monday = self.day - timedelta(days=self.day.weekday())
            return [[monday + timedelta(days=i) for i in range(7)]]
        return months.Calendar().monthdatescalendar(self.day.year, self.day.month)

    @property
    def before(self) -> date:
        """A day of the month or week before."""
        first = self.day - timedelta(days=self.day.weekday()) if self.view == WEEK else self.day.replace(day=1)
        return first - timedelta(days=1)

    @property
    def after(self) -> date:
        """A day of the month or week after."""
        if self.view == WEEK:
            return self.day - timedelta(days=self.day.weekday() - 7)
        return (self.day.replace(day=1) + timedelta(days=32)).replace(day=1)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month or a week."""
    labs = list(policy.readable(request.user, Lab.objects.order_by("name")))
    people = list(policy.readable(request.user, LabMember.objects.filter(is_active=True, is_public_user=False)))
    lab = _named(labs, "name", request.GET.get("lab", ""))
    person = _named(people, "username", request.GET.get("person", ""))
    today = lab_today(lab)
    asked = Asked(
        _day(request.GET.get("date", ""), today),
        WEEK if request.GET.get("view") == WEEK else MONTH,
        lab.name if lab else "",
        person.username if person else "",
    )
    weeks = asked.weeks
    found = load_calendar(request.user, Window(weeks[0][0], weeks[-1][-1], lab, person), today)
    shown = {
        "asked": asked,
        "weeks": [[(day, found.get(day, [])) for day in week] for week in weeks],
        "today": today,
        "labs": labs,
        "people": people,
        "before": asked.address(asked.before),
        "after": asked.address(asked.after),
        "to_today": asked.address(today),
        "other_view": asked.address(asked.day, MONTH if asked.view == WEEK else WEEK),
        "crumbs": [("Notebook", reverse("notebook"))],
    }
    return render(request, "notebook/calendar.html", shown)


def _named(rows: Sequence[Row], column: str, name: str) -> Row | None:
    return next((row for row in rows if name and getattr(row, column) == name), None)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST_YEAR < day.year < LAST_YEAR else today
