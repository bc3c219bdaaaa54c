"""Reads breeding pairs with their litters, plugs and the birth that is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from bregma.alyx import policy
from bregma.alyx.colony.breeding.selectors.dates import AddDays, days_of
from bregma.alyx.colony.breeding.species import PAIRING_DAYS
from bregma.alyx.colony.models import Plug
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject

if TYPE_CHECKING:
    from datetime import date


def pair_rows(user: Any) -> QuerySet[BreedingPair]:
    """Return the pairs that a person may read.

    Besides its columns each has ``n_litters``, ``last_birth``, ``plugged_on`` (the first plug that no litter followed
    yet) and ``due_on``: from that plug, or from the start of a pair without plugs and litters; None once it ended.
    """
    litters = Litter.objects.filter(breeding_pair=OuterRef("pk")).order_by().values("breeding_pair")
    plugs = Plug.objects.filter(breeding_pair=OuterRef("pk"), found=True).order_by().values("breeding_pair")
    waiting = plugs.filter(
        litter__isnull=True, date__gt=Coalesce(OuterRef("last_birth"), Value("0001-01-01", DateField()))
    )
    rows = policy.readable(user, BreedingPair.objects.select_related("line", "father", "mother1", "mother2"))
    return rows.annotate(
        n_litters=Coalesce(Subquery(litters.annotate(n=Count("pk")).values("n"), IntegerField()), 0),
        last_birth=Subquery(litters.annotate(last=Max("birth_date")).values("last")),
    ).annotate(plugged_on=Subquery(waiting.annotate(first=Max("date")).values("first")), due_on=_due())


def _due() -> Case:
    days = days_of("mother1__species", lambda kind: kind.gestation_days)
    first = Q(n_litters=0, start_date__isnull=False, end_date__isnull=True)
    return Case(
        When(plugged_on__isnull=False, then=AddDays(F("plugged_on"), days)),
        When(first, then=AddDays(AddDays(F("start_date"), Value(PAIRING_DAYS)), days)),
        output_field=DateField(null=True),
    )


def load_pair(user: Any, pk: Any) -> BreedingPair | None:
    """Return a pair with its plugs, litters and pups, if the person may read it; four queries."""
    pups = policy.readable(user, Subject.objects.order_by("nickname"))
    litters = Litter.objects.select_related("mother").order_by("birth_date")
    plugs = Plug.objects.select_related("mother", "user", "litter").order_by("date")
    rows = pair_rows(user).select_related("father__lab", "mother1__lab", "mother2__lab", "mother1__species")
    wanted = Prefetch("litter_set", litters.prefetch_related(Prefetch("subject_set", pups)))
    return rows.prefetch_related(wanted, Prefetch("plugs", plugs)).filter(pk=pk).first()


def parents_of(pair: BreedingPair) -> list[Subject]:
    """Return the parents of a pair that are known, the father first."""
    return [one for one in (pair.father, pair.mother1, pair.mother2) if one]


def cages_of(pair: BreedingPair) -> list[str]:
    """Return the names of the cages where the parents live; one if they are together."""
    return sorted({one.cage for one in parents_of(pair) if one.cage})


def is_open(pair: BreedingPair, today: date) -> bool:
    """Tell whether a pair is together on a day."""
    return pair.end_date is None or pair.end_date > today
