"""How many pups a litter had, as far as it was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bregma.alyx.subjects.models import Litter


def born_alive(litter: Litter) -> int | None:
    """Return how many pups were born alive; None if nobody counted."""
    counted = (litter.n_males, litter.n_females, litter.n_unknown)
    return None if all(n is None for n in counted) else sum(n or 0 for n in counted)


def born(litter: Litter) -> int | None:
    """Return how many pups were born, dead ones too; None if nobody counted."""
    alive = born_alive(litter)
    return None if alive is None and litter.n_dead is None else (alive or 0) + (litter.n_dead or 0)
