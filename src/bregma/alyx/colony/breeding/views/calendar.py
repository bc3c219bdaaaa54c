"""The calendar of breeding."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bregma.alyx.colony.breeding.selectors.calendar import OLD_MONTHS, Span, load_breeding
from bregma.alyx.colony.breeding.views.answers import members_only

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class CalendarForm(forms.Form):
    """Which month, how far ahead, and when breeders are old; what is not understood is left at its default."""

    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False)
    days = forms.TypedChoiceField(
        label="Due within",
        choices=[(3, "3 days"), (7, "7 days"), (14, "14 days"), (30, "30 days")],
        coerce=int,
        required=False,
    )
    old = forms.TypedChoiceField(
        label="Old breeders from",
        choices=[(n, f"{n} months") for n in (4, 5, 6, 8, 10, 12)],
        coerce=int,
        required=False,
    )
    narrowing = True


@require_safe
@members_only
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a month of breeding, and what is due."""
    today = timezone.localdate()
    form = CalendarForm({"days": "7", "old": str(OLD_MONTHS), **request.GET.dict()})
    form.is_valid()
    first = _first_of(form.cleaned_data.get("month") or "", today)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    span = Span(
        first=weeks[0][0],
        last=weeks[-1][-1],
        today=today,
        soon=form.cleaned_data.get("days") or 7,
        months=form.cleaned_data.get("old") or OLD_MONTHS,
    )
    found = load_breeding(request.user, span)
    shown: dict[str, Any] = {
        "form": form,
        "month": first,
        "before": _month(first - timedelta(days=1)),
        "after": _month(first + timedelta(days=31)),
        "today": today,
        "weeks": [[(day, found.events.get(day, [])) for day in week] for week in weeks],
        "due": found.due,
        "crumbs": [("Breeding pairs", reverse("breeding"))],
    }
    return render(request, "colony/breeding/calendar.html", shown)


def _first_of(month: str, today: date) -> date:
    """Return the first day of a month such as 2026-11; of this month if there is no such one."""
    year, _, number = month.partition("-")
    return date(int(year), int(number), 1) if number and 1900 < int(year) < 9990 else today.replace(day=1)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
