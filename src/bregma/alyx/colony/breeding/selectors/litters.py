"""Reads litters, and which of them wait to be weaned."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.colony.breeding.selectors.dates import AddDays, days_of
from bregma.alyx.subjects.models import Litter, Subject, Zygosity

if TYPE_CHECKING:
    from datetime import date

FORGOTTEN_DAYS = 90
"""Litters that nobody counted, such as imported ones, are taken as weaned when they are older."""


def litter_rows(user: Any) -> QuerySet[Litter]:
    """Return the litters that a person may read, with numbers, and the day on which one should be weaned, ``wean_due``.

    ``n_pups`` have a record, ``n_alive`` were born alive, if that was counted, and ``n_untyped`` wait for a genotype.
    """
    pups = Subject.objects.filter(litter=OuterRef("pk")).order_by().values("litter")
    untyped = pups.filter(to_be_genotyped=True, death_date__isnull=True)
    rows = policy.readable(user, Litter.objects.select_related("line", "breeding_pair", "mother"))
    due = AddDays(F("birth_date"), days_of("line__species", lambda kind: kind.wean_days))
    return rows.annotate(
        n_pups=Coalesce(Subquery(pups.annotate(n=Count("pk")).values("n"), IntegerField()), 0),
        n_untyped=Coalesce(Subquery(untyped.annotate(n=Count("pk")).values("n"), IntegerField()), 0),
        n_alive=_counted("n_males", "n_females", "n_unknown"),
    ).annotate(wean_due=Case(When(unweaned(timezone.localdate()), then=due)))


def unweaned(today: date) -> Q:
    """Return the condition on litters that have pups with their mother."""
    counted = Q(n_males__isnull=False) | Q(n_females__isnull=False) | Q(n_unknown__isnull=False)
    pups = Subject.objects.filter(litter=OuterRef("pk"), wean_date__isnull=True, death_date__isnull=True)
    recent = Q(birth_date__gte=today - timedelta(days=FORGOTTEN_DAYS)) & Q(Exists(pups))
    return Q(wean_date__isnull=True, birth_date__isnull=False) & (counted | recent)


def load_litter(user: Any, pk: Any) -> Litter | None:
    """Return a litter with its parents and pups, if the person may read it; four queries."""
    genotype = policy.readable(user, Zygosity.objects.select_related("allele").order_by("allele__nickname"))
    pups = policy.readable(user, Subject.objects.select_related("lab", "responsible_user").order_by("nickname"))
    related = ("line__lab", "line__species", "breeding_pair__line", "mother__lab", "mother__responsible_user")
    parents = [
        f"breeding_pair__{one}__{more}" for one in ("father", "mother1", "mother2") for more in ("lab", "species")
    ]
    rows = litter_rows(user).select_related(*related, *parents, "breeding_pair__mother1__responsible_user")
    return (
        rows.prefetch_related(Prefetch("subject_set", pups.prefetch_related(Prefetch("zygosity_set", genotype))))
        .filter(pk=pk)
        .first()
    )


def living_pups(litter: Litter) -> list[Subject]:
    """Return the pups of a loaded litter that have a record, live and are with their mother; no query."""
    return [pup for pup in litter.subject_set.all() if pup.death_date is None and pup.wean_date is None]


def _counted(*names: str) -> Case:
    """Return the sum of columns; None where none of them is known."""
    some = Q()
    total: Any = Coalesce(F(names[0]), 0)
    for name in names:
        some |= Q(**{f"{name}__isnull": False})
    for name in names[1:]:
        total = total + Coalesce(F(name), 0)
    return Case(When(some, then=total), output_field=IntegerField(null=True))
