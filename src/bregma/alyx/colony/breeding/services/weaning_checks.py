"""What speaks against weaning a litter in a certain way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Count, Q

from bregma.alyx.colony.breeding.numbers import born_alive
from bregma.alyx.colony.breeding.services.checks import Complaints, check_not_ahead
from bregma.alyx.colony.breeding.services.pups import home_of
from bregma.alyx.colony.models import Cage
from bregma.alyx.records import SUBJECT
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.colony.breeding.services.weaning import Pup, Weaning
    from bregma.alyx.misc.models import Lab
    from bregma.alyx.subjects.models import Litter


def check_weaning_of(litter: Litter, weaning: Weaning) -> None:
    """Refuse as :func:`bregma.alyx.colony.breeding.services.weaning.check_weaning` says."""
    found, lab = Complaints(), home_of(litter)
    if litter.wean_date is not None:
        raise ValidationError(f"{litter.name} was weaned on {litter.wean_date} already. Correct its pups one by one.")
    check_not_ahead(found, "date", weaning.date, lab)
    early = litter.birth_date is not None and weaning.date <= litter.birth_date
    found.add_if(early, "date", f"{litter.name} was born on {litter.birth_date}; enter a day after that.")
    _check_count(found, litter, weaning)
    _check_names(found, lab, weaning)
    _check_cages(found, lab, weaning)
    found.raise_any()


def check_pups(litter: Litter, weaning: Weaning) -> None:
    """Refuse pups that were entered or died since the person looked at the litter; one query."""
    living = Subject.objects.filter(litter=litter, death_date__isnull=True, wean_date__isnull=True)
    known, told = set(living.values_list("pk", flat=True)), {pup.subject.pk for pup in weaning.pups if pup.subject}
    if known != told:
        raise ValidationError(f"The pups of {litter.name} have changed meanwhile. Look at them again, and go on then.")


def _check_count(found: Complaints, litter: Litter, weaning: Weaning) -> None:
    """Complain when the pups weaned and lost are not those that were born."""
    born, told = born_alive(litter), len(weaning.pups)
    gone = Subject.objects.filter(litter=litter).exclude(death_date=None, wean_date=None).count()
    if born is None or told + gone == born:
        return
    dead = f" and {gone} dead or weaned before" if gone else ""
    few = "Mark those that are missing as lost" if told + gone < born else "Take some out"
    words = f"{litter.name} has {born} pups born alive, but here are {told}{dead}. {few}, or correct the litter first."
    found.add("pups", words)


def _check_names(found: Complaints, lab: Lab, weaning: Weaning) -> None:
    given = [pup.nickname for pup in weaning.weaned if pup.nickname and pup.subject is None]
    for name in given:
        try:
            SUBJECT.validator(name)
        except ValidationError:
            found.add("pups", f"{name!r} is no nickname. {SUBJECT.message}")
    for name, n in Counter(given).items():
        found.add_if(n > 1, "pups", f"Nickname {name} is given to {n} pups.")
    for name in Subject.objects.filter(lab=lab, nickname__in=given).values_list("nickname", flat=True):
        found.add("pups", f"Nickname {name} is taken in {lab}.")


def _check_cages(found: Complaints, lab: Lab, weaning: Weaning) -> None:
    """Complain of full cages, and of males with females."""
    groups: dict[str, list[Pup]] = {}
    for pup in weaning.weaned:
        if pup.cage:
            groups.setdefault(pup.cage, []).append(pup)
    room = _room(lab, list(groups))
    for name, pups in groups.items():
        free = room.get(name, Cage._meta.get_field("capacity").default)
        words = f"Cage {name} has room for {max(free, 0)}, not for {len(pups)}. Choose another for some of them."
        found.add_if(len(pups) > free, "pups", words)
        mixed = {pup.sex for pup in pups} >= {Subject.Sex.MALE, Subject.Sex.FEMALE}
        words = f"Cage {name} would hold males and females. Separate them, or allow it above."
        found.add_if(mixed and not weaning.mixed_sexes, "pups", words)


def _room(lab: Lab, names: Sequence[str]) -> dict[str, int]:
    """Return how many more animals fit into the open cages of these names; one query."""
    living = Q(housings__housing_subjects__end_datetime__isnull=True, housings__housing_subjects__subject__isnull=False)
    rows = Cage.objects.filter(lab=lab, closed_on__isnull=True, name__in=names)
    counted = rows.annotate(n=Count("housings__housing_subjects", filter=living)).order_by()
    return {name: capacity - n for name, capacity, n in counted.values_list("name", "capacity", "n")}
