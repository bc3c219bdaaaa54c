"""Weans a litter: its pups become subjects with cages, marks and work to be done, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.colony.breeding.services.caging import cages_for, put_into
from bregma.alyx.colony.breeding.services.pups import Newborn, enter_pups, home_of
from bregma.alyx.colony.breeding.services.weaning_checks import check_pups, check_weaning_of
from bregma.alyx.subjects.models import Litter, Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Project


@dataclass(frozen=True, kw_only=True)
class Pup:
    """One pup of a litter as it is weaned, or lost before.

    Attributes
    ----------
    subject : Subject or None
        Its record, if it was entered at birth.
    cage : str
        Name of the cage it moves to: an open one of the lab, or a new one. Empty: it stays where it is.
    """

    sex: str
    ear_mark: str = ""
    nickname: str = ""
    cage: str = ""
    to_be_genotyped: bool = True
    lost: bool = False
    subject: Subject | None = None


@dataclass(frozen=True, kw_only=True)
class Weaning:
    """A litter weaned on a day: its pups, who is responsible from then on, and for which projects."""

    date: date
    pups: tuple[Pup, ...]
    responsible_user: LabMember | None = None
    projects: tuple[Project, ...] = ()
    mixed_sexes: bool = False
    """Whether males and females may share a cage."""

    @property
    def weaned(self) -> list[Pup]:
        """The pups that lived."""
        return [pup for pup in self.pups if not pup.lost]

    @property
    def lost(self) -> list[Pup]:
        """The pups that did not."""
        return [pup for pup in self.pups if pup.lost]


def check_weaning(litter: Litter, weaning: Weaning) -> None:
    """Tell all that a weaning would be refused for, before anything is written; two queries.

    Raises
    ------
    ValidationError
        By field; ``pups`` holds what concerns single ones.
    """
    check_weaning_of(litter, weaning)


@transaction.atomic
def wean_litter(litter: Litter, weaning: Weaning, *, by: LabMember) -> list[Subject]:
    """Wean a litter; return the subjects that live, in the order of the pups.

    Pups without a record get one; those lost are counted, and their records closed on the day. Cages that the lab
    has not are opened. Pups stay as they were if anything is refused.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry in the lab of the litter.
    ValidationError
        As :func:`check_weaning`; also if another weaning was quicker.
    """
    policy.check_may_write(by, litter)
    locked = Litter.objects.select_for_update(of=("self",), no_key=True).get(pk=litter.pk)
    check_weaning(locked, weaning)
    check_pups(locked, weaning)
    names = {pup.cage for pup in weaning.weaned if pup.cage}
    cages = cages_for(home_of(locked), names, day=weaning.date, by=by)
    subjects = _enter(locked, weaning, by=by)
    _close_lost(weaning, by=by)
    for name, cage in cages.items():
        animals = [one for one, pup in zip(subjects, weaning.weaned, strict=True) if pup.cage == name]
        put_into(cage, animals, day=weaning.date, by=by)
    changes.change_row(locked, {"wean_date": weaning.date, "n_lost": len(weaning.lost)}, by=by)
    return subjects


def _enter(litter: Litter, weaning: Weaning, *, by: LabMember) -> list[Subject]:
    """Make or change the subjects of the pups that are weaned."""
    unknown = [pup for pup in weaning.weaned if pup.subject is None]
    responsible = {"responsible_user": weaning.responsible_user} if weaning.responsible_user else {}
    newborn = [Newborn(sex=pup.sex, nickname=pup.nickname) for pup in unknown]
    entered = iter(enter_pups(litter, newborn, by=by, **responsible))
    return [_wean(pup.subject or next(entered), pup, weaning, responsible, by=by) for pup in weaning.weaned]


def _wean(subject: Subject, pup: Pup, weaning: Weaning, responsible: Mapping[str, Any], *, by: LabMember) -> Subject:
    values: dict[str, Any] = {
        "sex": pup.sex,
        "ear_mark": pup.ear_mark or subject.ear_mark,
        "wean_date": weaning.date,
        "to_be_genotyped": pup.to_be_genotyped,
        **responsible,
    }
    if weaning.projects:
        values["projects"] = weaning.projects
    return change_subject(subject, values, by=by)


def _close_lost(weaning: Weaning, *, by: LabMember) -> None:
    for pup in weaning.lost:
        if pup.subject is not None:
            change_subject(pup.subject, {"death_date": weaning.date, "to_be_genotyped": False}, by=by)
