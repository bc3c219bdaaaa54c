"""Proposes cages for weaned pups: by sex, as few as the capacity allows, filled evenly. Pure."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

LONGEST = 64


def propose_cages(sexes: Sequence[str], *, stem: str, capacity: int, taken: Collection[str] = ()) -> list[str]:
    """Return the name of a new cage for each pup.

    Parameters
    ----------
    sexes
        The sex of each pup; an empty one needs no cage.
    stem
        What the names begin with: ``Ai95_L_004`` makes ``Ai95_L_004_M1``, ``Ai95_L_004_F1``.
    capacity
        How many may share a cage.
    taken
        Names that are not to be used.
    """
    names = dict.fromkeys(range(len(sexes)), "")
    for sex in sorted({sex for sex in sexes if sex}):
        group = [at for at, one in enumerate(sexes) if one == sex]
        n_cages = ceil(len(group) / max(capacity, 1))
        cages = _free_names(f"{stem}_{sex}", n_cages, taken)
        for order, at in enumerate(group):
            names[at] = cages[order * n_cages // len(group)]
    return list(names.values())


def _free_names(beginning: str, n: int, taken: Collection[str]) -> list[str]:
    found: list[str] = []
    number = 0
    while len(found) < n:
        number += 1
        name = f"{beginning[: LONGEST - len(str(number))]}{number}"
        if name not in taken:
            found.append(name)
    return found
