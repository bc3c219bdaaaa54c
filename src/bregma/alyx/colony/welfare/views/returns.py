"""The annual return, as a page and as a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import tablib
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.colony.welfare.returns import HEAD, compute_return, list_unassessed, list_years
from bregma.alyx.web.lists.export import XLSX, safe_cell

if TYPE_CHECKING:
    from django.http import HttpRequest

YEARS = range(1900, 3000)


@require_safe
def returns(request: HttpRequest) -> HttpResponse:
    """Show the animals of a year by severity, licence, species and genetic status."""
    user, year = _member(request), _year(request)
    lines = compute_return(user, year)
    shown = {
        "year": year,
        "years": sorted({year, timezone.localdate().year, *list_years(user)}, reverse=True),
        "lines": lines,
        "total": sum(line.animals for line in lines),
        "unassessed": list_unassessed(user, year),
        "crumbs": [("Welfare", reverse("welfare")), ("Licences", reverse("licences"))],
    }
    return render(request, "colony/welfare/returns.html", shown)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with the return of a year as a file."""
    user, year = _member(request), _year(request)
    rows = [[safe_cell(cell) for cell in line.cells] for line in compute_return(user, year)]
    if kind == "xlsx":
        sheet = tablib.Dataset(*rows, headers=HEAD, title=f"Return {year}")
        answer = HttpResponse(sheet.export("xlsx"), content_type=XLSX)
    else:
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        csv.writer(answer).writerows([HEAD, *rows])
    answer.headers["Content-Disposition"] = f'attachment; filename="animals-{year}.{kind}"'
    return answer


def _member(request: HttpRequest) -> Any:
    if not policy.is_member(request.user):
        raise PermissionDenied("Returns are for the members of the labs. Ask a manager of the lab for access.")
    return request.user


def _year(request: HttpRequest) -> int:
    """Return the year asked for; the last one until something else is."""
    text = request.GET.get("year", "")
    if text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in YEARS:
        return int(text)
    return timezone.localdate().year
