"""The front page of the colony: how much there is, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.colony.cages.listing import check_sees_colony
from bregma.alyx.colony.cages.residents import PUP_DAYS
from bregma.alyx.colony.cages.selectors import cages_for, with_counts
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject
from bregma.alyx.web.navigation import ITEMS

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Figure:
    """A number with its words, and where to see what is counted."""

    words: str
    n: int
    url: str = ""
    tone: str = ""


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Show counts, to-dos and the pages of the colony."""
    check_sees_colony(request.user)
    day = timezone.localdate()
    animals, cages = _count_animals(request.user, day), _count_cages(request.user, day)
    pairs = policy.readable(request.user, BreedingPair.objects.filter(Q(end_date__isnull=True) | Q(end_date__gte=day)))
    shown = {
        "figures": [
            Figure("Living animals", animals["living"], _url("subjects", "alive=yes")),
            Figure("Open cages", cages["open"], _url("cages", "state=open")),
            Figure("Matings", pairs.count(), _url("breeding")),
            Figure("Litters of 30 days", _count_litters(request.user, day), _url("litters")),
        ],
        "todos": [figure for figure in _todos(animals, cages) if figure.n],
        "pages": _pages(request.user),
        "living": animals["living"],
    }
    return render(request, "colony/cages/landing.html", shown)


def _count_animals(user: Any, day: date) -> dict[str, int]:
    rows = policy.readable(user, Subject.objects.filter(death_date__isnull=True))
    to_wean = Q(birth_date__lte=day - timedelta(days=PUP_DAYS), wean_date__isnull=True, litter__isnull=False)
    return rows.aggregate(
        living=Count("pk"),
        wean=Count("pk", filter=to_wean),
        genotype=Count("pk", filter=Q(to_be_genotyped=True)),
        cull=Count("pk", filter=Q(to_be_culled=True)),
        homeless=Count("pk", filter=Q(cage__isnull=True) | Q(cage="")),
    )


def _count_cages(user: Any, day: date) -> dict[str, int]:
    rows = with_counts(cages_for(user).filter(closed_on__isnull=True).order_by(), day)
    return rows.aggregate(
        open=Count("pk"),
        clean=Count("pk", filter=Q(clean_due__lte=day)),
        over=Count("pk", filter=Q(n_adults__gt=F("capacity"))),
    )


def _count_litters(user: Any, day: date) -> int:
    return policy.readable(user, Litter.objects.filter(birth_date__gte=day - timedelta(days=30))).count()


def _todos(animals: dict[str, int], cages: dict[str, int]) -> list[Figure]:
    def todo(n: int, thing: str, what: str, url: str, tone: str) -> Figure:
        return Figure(f"{thing}{'' if n == 1 else 's'} {what}", n, url, tone)

    return [
        todo(animals["wean"], "animal", "to wean", _url("litters"), "warn"),
        todo(animals["genotype"], "animal", "to genotype", _url("subjects", "todo=genotype"), "info"),
        todo(animals["cull"], "animal", "to cull", _url("subjects", "todo=cull"), "warn"),
        todo(cages["clean"], "cage", "to clean", _url("cages", "state=clean"), "warn"),
        todo(cages["over"], "cage", "with too many adults", _url("cages", "state=over"), "bad"),
        todo(animals["homeless"], "living animal", "in no cage", _url("subjects", "alive=yes&home=no"), "info"),
    ]


def _pages(user: Any) -> list[tuple[str, str, str]]:
    """List the pages of the colony that are there: words, address, icon."""
    item = next(one for one in ITEMS if one.url_name == "colony")
    return [(child.label, child.url, child.icon) for child in item.children if child.sees(user) and child.url]


def _url(name: str, query: str = "") -> str:
    try:
        return f"{reverse(name)}{f'?{query}' if query else ''}"
    except NoReverseMatch:
        return ""
