"""How long animals of a species carry their young, when these are weaned, and when they breed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bregma.alyx.subjects.models import Species


@dataclass(frozen=True)
class Reproduction:
    """The days from a plug to birth, from birth to weaning, and from birth to the first mating."""

    gestation_days: int
    wean_days: int
    adult_days: int


MOUSE = Reproduction(gestation_days=19, wean_days=21, adult_days=35)
BY_NICKNAME = {
    "laboratory mouse": MOUSE,
    "mouse": MOUSE,
    "laboratory rat": Reproduction(22, 21, 49),
    "rat": Reproduction(22, 21, 49),
    "golden hamster": Reproduction(16, 21, 42),
    "mongolian gerbil": Reproduction(25, 24, 70),
    "guinea pig": Reproduction(65, 21, 70),
    "ferret": Reproduction(42, 49, 180),
    "marmoset": Reproduction(144, 180, 540),
    "macaque": Reproduction(165, 270, 1100),
}
"""By the nickname of a species, in small letters; all others breed as mice."""
PAIRING_DAYS = 2
"""From putting a pair together to a plug that nobody looked for."""
CHECKING_DAYS = 5
"""For how long a new pair is checked for a plug each morning: one cycle of a female."""


def reproduction_of(species: Species | None) -> Reproduction:
    """Return the times of a species; those of the mouse when it is not known."""
    return BY_NICKNAME.get(species.nickname.lower(), MOUSE) if species else MOUSE
