"""Reads what is to be done with litters, pairs and cages today: one query for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, Exists, F, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce

from bregma.alyx import policy
from bregma.alyx.colony.breeding.selectors.dates import open_on
from bregma.alyx.colony.breeding.selectors.litters import litter_rows
from bregma.alyx.colony.breeding.selectors.pairs import pair_rows
from bregma.alyx.colony.breeding.species import CHECKING_DAYS
from bregma.alyx.colony.cages.selectors import cages_for, with_counts
from bregma.alyx.colony.models import Plug

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from bregma.alyx.today.selectors.choice import Choice


class Work(StrEnum):
    """What is to be done."""

    WEAN = "wean"
    BIRTH = "birth"
    PLUG = "plug"
    CLEAN = "clean"


@dataclass(frozen=True)
class Chore:
    """Work with a litter, a pair or a cage; ``n`` is the number of animals, where it is known."""

    work: Work
    key: UUID
    name: str
    due: date
    cage: str
    lab: str
    n: int | None
    late_by: int
    """Days since it was due."""


def load_chores(user: Any, today: date, choice: Choice) -> list[Chore]:
    """Return the work of the labs in which a person does husbandry, the oldest first; one query.

    Work that is the business of one mouse's owner is not told from that of others: cages and litters have none.
    """
    labs = _labs_of(user)
    if labs == []:
        return []
    litters, pairs, plugs, cages = (
        rows if labs is None else rows.filter(_in_labs(labs, *paths))
        for rows, paths in (
            (_to_wean(user, today), ("line__lab", "mother__lab", "breeding_pair__mother1__lab")),
            (_due(user, today), ("line__lab", "mother1__lab")),
            (_to_check(user, today), ("line__lab", "mother1__lab")),
            (_to_clean(user, today), ("lab",)),
        )
    )
    rows = _litters(litters).union(
        _pairs(pairs, Work.BIRTH, F("due_on")), _pairs(plugs, Work.PLUG, Value(today, DateField())), _cages(cages)
    )
    found = [
        Chore(Work(work), key, name, due, cage, lab, n, (today - due).days)
        for work, key, name, due, cage, lab, n in rows.order_by("day", "words", "key")
    ]
    return [one for one in found if _is_chosen(one, choice)]


def _labs_of(user: Any) -> list[UUID] | None:
    """Return the labs whose colony a person cares for; None for all."""
    if user.is_superuser or user.is_stock_manager:
        return None
    roles = policy.standing_of(user).roles
    return [lab for lab, role in roles.items() if policy.Capability.HUSBANDRY in role.capabilities]


def _in_labs(labs: list[UUID], *paths: str) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{path}__in": labs})
    return condition


def _is_chosen(chore: Chore, choice: Choice) -> bool:
    if choice.lab and chore.lab != choice.lab:
        return False
    return not choice.cage or choice.cage in (chore.cage, str(chore.key))


def _to_wean(user: Any, today: date) -> QuerySet[Any]:
    rows: Any = litter_rows(user)
    found: QuerySet[Any] = rows.filter(wean_due__lte=today)
    return found


def _due(user: Any, today: date) -> QuerySet[Any]:
    rows: Any = pair_rows(user)
    found: QuerySet[Any] = rows.filter(open_on(today), due_on__lte=today)
    return found


def _to_check(user: Any, today: date) -> QuerySet[Any]:
    """Return pairs of a few days in which no plug was found, and nobody looked today."""
    looked = Plug.objects.filter(Q(found=True) | Q(date=today), breeding_pair=OuterRef("pk"))
    fresh = Q(start_date__lt=today, start_date__gte=today - timedelta(days=CHECKING_DAYS), n_litters=0)
    return pair_rows(user).filter(open_on(today), fresh).exclude(Exists(looked))


def _to_clean(user: Any, today: date) -> QuerySet[Any]:
    rows: Any = with_counts(cages_for(user).filter(closed_on__isnull=True), today)
    found: QuerySet[Any] = rows.filter(clean_due__lte=today)
    return found


def _litters(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    cage = Coalesce("mother__cage", "breeding_pair__mother1__cage", Value(""))
    lab = Coalesce("line__lab__name", "mother__lab__name", Value(""))
    return _values(rows, Work.WEAN, F("wean_due"), cage=cage, lab=lab, n=Coalesce("n_alive", "n_pups"))


def _pairs(rows: QuerySet[Any], work: Work, due: Any) -> QuerySet[Any, Any]:
    lab = Coalesce("line__lab__name", "mother1__lab__name", Value(""))
    return _values(rows, work, due, cage=Coalesce("mother1__cage", Value("")), lab=lab, n=None)


def _cages(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return _values(rows, Work.CLEAN, F("clean_due"), cage=F("name"), lab=F("lab__name"), n=F("n_animals"))


def _values(rows: Any, work: Work, due: Any, *, cage: Any, lab: Any, n: Any) -> QuerySet[Any, Any]:
    """Give rows of any table the same seven columns."""
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .select_related(None)
        .annotate(
            what=Value(work.value, CharField()),
            key=F("pk"),
            words=Cast("name", CharField()),
            day=Cast(due, DateField()),
            in_cage=Cast(cage, CharField()),
            in_lab=Cast(lab, CharField()),
            head_count=Cast(n or Value(None, IntegerField()), IntegerField()),
        )
        .values_list("what", "key", "words", "day", "in_cage", "in_lab", "head_count")
    )
    return found
