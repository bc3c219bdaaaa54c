"""The page of a subject's weights and water, the amount due while a weight is typed, and the chart."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.colony.water.chart import weight_and_water_chart
from bregma.alyx.colony.water.forms import DrinkForm, WeighForm
from bregma.alyx.colony.water.state import due_for, today_of
from bregma.alyx.misc.days import lab_today, lab_zone
from bregma.alyx.subjects.water import load_water_of
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from datetime import date, datetime

    from bregma.alyx.subjects.models import Subject
    from bregma.alyx.subjects.water import WaterControl

DAYS_PER_PAGE = 14
ENTRIES = 12
PERIODS = {"28": "4 weeks", "84": "12 weeks", "": "All"}


@require_safe
def tab(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how a subject stands today, its days, and the forms of those who may write."""
    record = load_water_record(request, reference)
    subject: Subject = record["subject"]
    water = load_water_of(subject)
    moments = water.days()[::-1] if water.facts.weighings or water.facts.drinks else []
    page = Paginator(moments, DAYS_PER_PAGE).get_page(request.GET.get("page"))
    with timezone.override(lab_zone(subject.lab)):
        shown = {
            "today": today_of(water),
            "water": water,
            "shares": water.facts.shares,
            "days": [water.record(moment.replace(tzinfo=water.facts.zone)) for moment in page],
            "page": page,
            "restrictions": list(WaterRestriction.objects.filter(subject=subject).select_related("water_type")),
            "entries": _entries(subject),
            "periods": _periods(request, subject),
            **(_forms(subject, water) if record["may_write"] else {}),
        }
        return render(request, "colony/water/tab.html", {**record, **shown})


@require_safe
def due(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer what would be due today if the subject weighed ``?weight=``, as a part of the page."""
    record = load_water_record(request, reference)
    water = load_water_of(record["subject"])
    grams = _number(request.GET.get("weight"))
    found = due_for(water, grams) if grams else None
    return render(request, "colony/water/_due.html", {"found": found, "today": today_of(water)})


@require_safe
@gzip_page
@cache_control(private=True, no_cache=True)
def chart(request: HttpRequest, reference: str) -> JsonResponse:
    """Answer the chart of weights and water, of the last ``?days=``."""
    record = load_water_record(request, reference)
    water = load_water_of(record["subject"])
    drawn = weight_and_water_chart(water, _first_day(water, request.GET.get("days")))
    return JsonResponse(drawn.to_dict(), json_dumps_params={"allow_nan": False, "separators": (",", ":")})


def load_water_record(request: HttpRequest, reference: str) -> dict[str, Any]:
    """Return the frame of the record, as :func:`load_record`; accounts for the public find nothing."""
    if not policy.has_account(request.user):
        raise Http404("weights and water are not for the public")
    return load_record(request, reference, current="subject-water")


def _forms(subject: Subject, water: WaterControl) -> dict[str, Any]:
    if subject.death_date and subject.death_date < lab_today(subject.lab):
        return {}
    left = round(max(water.remaining_water(), 0), 2) if water.is_water_restricted() and water.weight() else None
    return {
        "weigh_form": WeighForm(subject=subject, auto_id="weigh_%s"),
        "drink_form": DrinkForm(subject=subject, auto_id="drink_%s", initial={"water_administered": left}),
    }


def _entries(subject: Subject) -> list[dict[str, Any]]:
    """Return the last entries of both kinds, the newest first."""
    weighings = Weighing.objects.filter(subject=subject, date_time__isnull=False).select_related("user")[:ENTRIES]
    drinks = WaterAdministration.objects.filter(subject=subject, date_time__isnull=False).select_related(
        "user", "water_type"
    )
    rows: list[dict[str, Any]] = [
        *({"row": row, "when": row.date_time, "kind": "weighing"} for row in weighings),
        *({"row": row, "when": row.date_time, "kind": "water"} for row in drinks),
    ]
    return sorted(rows, key=_moment, reverse=True)[:ENTRIES]


def _moment(entry: dict[str, Any]) -> datetime:
    found: datetime = entry["when"]
    return found


def _periods(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    asked = request.GET.get("days", "84")
    chosen = asked if asked in PERIODS else "84"
    address = reverse("subject-water-chart", args=[subject.pk])
    return {
        "choices": [(days, words, days == chosen) for days, words in PERIODS.items()],
        "src": f"{address}?days={chosen}" if chosen else address,
    }


def _first_day(water: WaterControl, days: str | None) -> date | None:
    start = water.first_moment()
    if start is None or days not in PERIODS or not days:
        return None
    moments = water.days()
    return moments[-min(int(days), len(moments))].date() if moments else None


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) and 0 < number < 10_000 else None
