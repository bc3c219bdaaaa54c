"""Tells people of litters to wean, and of animals that wait to be genotyped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F
from django.urls import reverse

from bregma.alyx.actions.models import NotificationType
from bregma.alyx.colony.breeding.selectors.dates import AddDays, days_of
from bregma.alyx.colony.breeding.selectors.litters import unweaned
from bregma.alyx.colony.welfare.people import managers_of
from bregma.alyx.inbox.rounds import Alert, Check
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Litter, Subject
from bregma.alyx.subjects.selectors import living

if TYPE_CHECKING:
    from datetime import date

GENOTYPE_WITHIN = timedelta(days=14)
"""After weaning; later than this a genotype is overdue."""


@dataclass(frozen=True)
class Young:
    """A litter, or an animal, that something is to be done with since a day."""

    row: Litter | Subject
    since: date
    now: datetime

    def __str__(self) -> str:
        return str(self.row)


def read_litters(now: datetime, failures: list[str]) -> list[Young]:
    """Read the litters that should be weaned by now."""
    due = AddDays(F("birth_date"), days_of("line__species", lambda kind: kind.wean_days))
    rows = Litter.objects.filter(unweaned(now.date())).annotate(due=due).filter(due__lte=now.date())
    related = ("line__lab", "breeding_pair__father__responsible_user", "breeding_pair__mother1__responsible_user")
    return [Young(row, row.due, now) for row in rows.select_related(*related)]


def judge_weaning(young: Young) -> Alert | None:
    """Tell the managers of the line and the keepers of the parents, once a month, that a litter is to wean."""
    litter = young.row
    assert isinstance(litter, Litter)
    pair, lab = litter.breeding_pair, litter.line.lab if litter.line else None
    parents = [pair.father, pair.mother1] if pair else []
    keepers = [one.responsible_user for one in parents if one is not None and one.responsible_user]
    return Alert(
        kind=NotificationType.BREEDING,
        title=f"Litter {litter} is to wean since {young.since.isoformat()}",
        users=[*keepers, *(managers_of(lab) if lab else [])],
        link=reverse("litter", args=[litter.pk]),
    )


def read_untested(now: datetime, failures: list[str]) -> list[Young]:
    """Read the living animals that wait for a genotype since two weeks after weaning."""
    rows = Subject.objects.filter(
        living(now.date()), to_be_genotyped=True, wean_date__lte=now.date() - GENOTYPE_WITHIN
    ).select_related("lab", "responsible_user")
    return [Young(row, row.wean_date, now) for row in rows if row.wean_date]


def judge_genotype(young: Young) -> Alert | None:
    """Tell, once a month, that an animal waits to be genotyped."""
    subject = young.row
    assert isinstance(subject, Subject)
    weeks = (lab_today(subject.lab, young.now) - young.since).days // 7
    return Alert(
        kind=NotificationType.BREEDING,
        title=f"{subject} waits to be genotyped",
        subject=subject,
        message=f"It was weaned {weeks} weeks ago.",
        link=reverse("genotyping"),
    )


CHECKS = (
    Check("litters to wean", read_litters, (judge_weaning,)),
    Check("genotypes overdue", read_untested, (judge_genotype,)),
)
