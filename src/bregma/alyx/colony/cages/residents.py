"""Who lives in a cage now, who of them is an adult, and which sexes share it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from bregma.alyx.misc.models import HousingSubject
from bregma.alyx.subjects.models import BreedingPair, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from bregma.alyx.colony.models import Cage

PUP_DAYS = 21
"""Until this age an animal that is not weaned is a pup, and does not count."""


def is_adult(subject: Subject, day: date) -> bool:
    """Tell whether an animal counts for the capacity of its cage: weaned, older than 21 days, or of unknown age."""
    if subject.birth_date is None or (subject.wean_date is not None and subject.wean_date <= day):
        return True
    return (day - subject.birth_date).days > PUP_DAYS


def count_adults(subjects: Iterable[Subject], day: date) -> int:
    """Count the animals that count for a capacity."""
    return sum(is_adult(subject, day) for subject in subjects)


def pups(day: date) -> Q:
    """Make a condition on subjects: those that :func:`is_adult` does not count."""
    born = Q(birth_date__gte=day - timedelta(days=PUP_DAYS))
    return born & (Q(wean_date__isnull=True) | Q(wean_date__gt=day))


def open_stays(cages: Iterable[Cage | UUID]) -> QuerySet[HousingSubject]:
    """Return the stays of the animals that live in cages now; one query."""
    return HousingSubject.objects.filter(
        housing__cage__in=list(cages), end_datetime__isnull=True, subject__isnull=False
    )


def residents(cage: Cage) -> list[Subject]:
    """Return the animals that live in a cage now, by nickname; one query."""
    found = open_stays([cage]).select_related("subject").order_by("subject__nickname")
    return [stay.subject for stay in found if stay.subject is not None]


def open_pairs(subjects: Iterable[Subject], day: date) -> QuerySet[BreedingPair]:
    """Return the breeding pairs of a day whose father and a mother are among these animals; one query."""
    keys = [subject.pk for subject in subjects]
    mothers = Q(mother1__in=keys) | Q(mother2__in=keys)
    is_open = Q(end_date__isnull=True) | Q(end_date__gte=day)
    return BreedingPair.objects.filter(mothers, is_open, father__in=keys)


def mixed_sexes(subjects: Sequence[Subject], day: date) -> bool:
    """Tell whether adult males and females share a cage and are no breeding pair; a query only when they share it."""
    adults = [subject for subject in subjects if is_adult(subject, day)]
    if not {"M", "F"} <= {subject.sex for subject in adults}:
        return False
    return not open_pairs(adults, day).exists()
