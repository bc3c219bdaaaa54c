"""Pages of lines, and the data of their charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bregma.alyx.colony.breeding.charts import CHARTS, SEXES
from bregma.alyx.colony.breeding.selectors.lines import load_line, load_numbers
from bregma.alyx.colony.breeding.views.answers import found_or_404, may_write, members_only

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
@members_only
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a line: what it carries, and how well it breeds."""
    row = found_or_404(load_line(request.user, pk), "line")
    numbers = load_numbers(request.user, row, timezone.localdate())
    shown: dict[str, Any] = {
        "line": row,
        "numbers": numbers,
        "ages": [(week, list(by_sex.values())) for week, by_sex in numbers.ages.items()],
        "sexes": list(SEXES.values()),
        "crumbs": [("Lines", reverse("lines"))],
        "may_write": may_write(request, row),
        "charts": {name: reverse("line-chart", args=[row.pk, name]) for name in CHARTS},
    }
    return render(request, "colony/breeding/line.html", shown)


@require_safe
@cache_control(private=True, no_cache=True)
@members_only
def chart(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Answer the data of one chart of a line."""
    if name not in CHARTS:
        raise Http404(f"no chart {name!r}; there are {', '.join(CHARTS)}")
    row = found_or_404(load_line(request.user, pk), "line")
    return JsonResponse(CHARTS[name](load_numbers(request.user, row, timezone.localdate())).to_dict())
