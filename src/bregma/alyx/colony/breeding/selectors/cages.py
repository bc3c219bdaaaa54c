"""Reads the cages of a lab as a weaning needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.alyx.colony.models import Cage

if TYPE_CHECKING:
    from bregma.alyx.colony.breeding.services import Pup, Weaning
    from bregma.alyx.misc.models import Lab


@dataclass(frozen=True)
class Destination:
    """A cage that pups move to; ``is_new`` if it is opened for them."""

    name: str
    is_new: bool
    pups: list[tuple[int, Pup]]


def cage_names(lab: Lab) -> list[str]:
    """Return the names of the open cages of a lab; one query."""
    rows = Cage.objects.filter(lab=lab, closed_on__isnull=True).order_by("name")
    return list(rows.values_list("name", flat=True))


def summarise_cages(lab: Lab, weaning: Weaning) -> list[Destination]:
    """Return where the pups of a weaning go, by cage, those that stay where they are last; one query."""
    open_ = set(cage_names(lab))
    found: dict[str, Destination] = {}
    for place, pup in enumerate(weaning.pups, 1):
        if not pup.lost:
            cage = found.setdefault(pup.cage, Destination(pup.cage, bool(pup.cage) and pup.cage not in open_, []))
            cage.pups.append((place, pup))
    return sorted(found.values(), key=lambda cage: (not cage.name, cage.name))
