"""Reads cages with who lives in them, and who lived there, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from bregma.alyx import policy
from bregma.alyx.colony.cages.occupancy import Occupancy
from bregma.alyx.colony.cages.residents import open_pairs, open_stays, pups
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.history.models import Event
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import HousingSubject, LabMember
from bregma.alyx.subjects.models import BreedingPair, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from bregma.alyx.misc.models import Lab


def cages_for(user: Any) -> QuerySet[Cage]:
    """Return the cages that a person may read, with lab, rack and room."""
    return policy.readable(user, Cage.objects.select_related("lab", "rack__location"))


def with_counts(cages: QuerySet[Cage], day: date) -> QuerySet[Cage]:
    """Add to cages what a list sorts and filters by: ``n_animals``, ``n_adults``, ``oldest``, ``clean_due``."""
    living = HousingSubject.objects.filter(housing__cage=OuterRef("pk"), end_datetime__isnull=True).order_by()
    of_cage = living.values("housing__cage")
    adults = of_cage.filter(~Q(subject__in=Subject.objects.filter(pups(day))))
    housings = HousingSubject.objects.filter(housing__cage=OuterRef(OuterRef("pk")), end_datetime__isnull=True)
    began = HousingSubject.objects.filter(housing__in=housings.values("housing")).order_by().values("housing__cage")
    counted = cages.annotate(
        n_animals=Coalesce(Subquery(of_cage.annotate(n=Count("pk")).values("n")), 0),
        n_adults=Coalesce(Subquery(adults.annotate(n=Count("pk")).values("n")), 0),
        oldest=Subquery(of_cage.annotate(first=Min("subject__birth_date")).values("first")),
        housed_since=Subquery(began.annotate(first=Min("start_datetime")).values("first")),
    )
    last = Greatest("cleaned_on", TruncDate("housed_since"))
    due = ExpressionWrapper(last + F("cage_cleaning_frequency_days"), output_field=DateField())
    return counted.annotate(clean_due=Case(When(housed_since__isnull=False, then=due), default=None))


def occupancies(cages: Sequence[Cage], *, genotype: bool = False) -> dict[UUID, Occupancy]:
    """Return who lives in each of these cages: two queries, three with genotypes. The cages come with their labs."""
    stays = open_stays([cage.pk for cage in cages]).order_by("subject__nickname")
    rows = stays.select_related("housing", "subject__line", "subject__responsible_user", "subject__lab")
    if genotype:
        copies = Zygosity.objects.select_related("allele").order_by("allele__nickname")
        rows = rows.prefetch_related(Prefetch("subject__zygosity_set", copies))
    animals: dict[UUID | None, list[Any]] = defaultdict(list)
    for stay in rows:
        animals[getattr(stay.housing, "cage_id", None)].append(stay.subject)
    days = {cage.lab_id: lab_today(cage.lab) for cage in cages}
    breeding = _pairs([one for found in animals.values() for one in found], min(days.values(), default=None))
    return {
        cage.pk: Occupancy(cage, tuple(animals[cage.pk]), _pairs_among(animals[cage.pk], breeding), days[cage.lab_id])
        for cage in cages
    }


def stays_of_cage(cage: Cage) -> QuerySet[HousingSubject]:
    """Return all stays in a cage, the latest first, with their animals and conditions; one query."""
    related = ("subject", "housing__cage", "housing__cage_type", "housing__enrichment", "housing__food")
    return HousingSubject.objects.filter(housing__cage=cage).select_related(*related).order_by("-start_datetime", "pk")


def stays_of_subject(subject: Subject) -> QuerySet[HousingSubject]:
    """Return all stays of a subject, the latest first, with their cages and conditions; one query."""
    related = ("housing__cage", "housing__cage_type", "housing__enrichment", "housing__food")
    return HousingSubject.objects.filter(subject=subject).select_related(*related).order_by("-start_datetime", "pk")


def changes_of_cage(cage: Cage, most: int = 100) -> list[tuple[Event, LabMember | None]]:
    """Return what was changed of a cage itself, the latest first, and by whom; two queries."""
    rows = Event.objects.filter(table=Cage._meta.db_table, row=str(cage.pk)).select_related("context")
    events = list(rows.order_by("-id")[:most])
    keys = {str((one.context.metadata or {}).get("user") or "") for one in events if one.context is not None} - {""}
    people = {str(one.pk): one for one in LabMember.objects.filter(pk__in=keys)}
    by = [str((one.context.metadata or {}).get("user")) if one.context is not None else "" for one in events]
    return [(event, people.get(key)) for event, key in zip(events, by, strict=True)]


def racks_for(user: Any) -> QuerySet[Rack]:
    """Return the racks that a person may read, with room, lab and the number of cages in them."""
    rows = policy.readable(user, Rack.objects.select_related("location__lab"))
    return rows.annotate(n_cages=Count("cages", filter=Q(cages__closed_on__isnull=True)))


def find_animals(user: Any, lab: Lab, words: str) -> QuerySet[Subject]:
    """Return the living animals of a lab whose nickname, ear mark, line or cage holds each word."""
    rows = policy.readable(user, Subject.objects.filter(lab=lab, death_date__isnull=True))
    for word in words.split()[:5]:
        fits = Q(nickname__icontains=word) | Q(ear_mark__iexact=word) | Q(cage__iexact=word)
        rows = rows.filter(fits | Q(line__nickname__icontains=word))
    return rows.select_related("line", "lab").order_by("nickname")


def next_name(lab: Lab) -> str:
    """Suggest a number that no open cage of a lab has; one query."""
    names = Cage.objects.filter(lab=lab, name__regex=r"^[0-9]{1,9}$").order_by().values_list("name", flat=True)
    return str(max((int(name) for name in names), default=0) + 1)


def _pairs(animals: list[Subject], day: date | None) -> list[BreedingPair]:
    return list(open_pairs(animals, day)) if animals and day is not None else []


def _pairs_among(animals: Iterable[Subject], pairs: Iterable[BreedingPair]) -> tuple[BreedingPair, ...]:
    keys = {animal.pk for animal in animals}
    return tuple(pair for pair in pairs if pair.father_id in keys and {pair.mother1_id, pair.mother2_id} & keys)
