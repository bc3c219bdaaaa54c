"""The places of a rack in rows and columns, with the cages that stand there, for its map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from bregma.alyx.colony.cages.selectors import occupancies, with_counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from bregma.alyx.colony.cages.occupancy import Occupancy
    from bregma.alyx.colony.models import Cage, Rack

MOST_LOOSE = 200


@dataclass(frozen=True)
class Slot:
    """A place of the rack, or the shelf beside it where ``row`` is 0."""

    row: int
    column: int
    inside: Occupancy | None
    found: bool = False
    in_hand: bool = False

    @property
    def value(self) -> str:
        """How the form names the place."""
        return f"{self.row},{self.column}"


@dataclass(frozen=True)
class RackMap:
    """What the map shows."""

    columns: range
    rows: list[tuple[int, list[Slot]]]
    loose: list[Slot]
    in_hand: Occupancy | None
    n_found: int
    n_free: int


def map_of(rack: Rack, cages: QuerySet[Cage], *, in_hand: str = "", words: str = "") -> RackMap:
    """Return the places of a rack, and the cages of its lab that stand in none; four queries.

    Parameters
    ----------
    in_hand
        The key of the cage that is being moved.
    words
        Marks the cages whose name, animals or lines hold each word.
    """
    day = timezone.localdate()
    rows = with_counts(cages, day).filter(closed_on__isnull=True, lab=rack.location.lab_id).order_by("name")
    standing = list(rows.filter(rack=rack))
    loose = list(rows.filter(rack__isnull=True)[:MOST_LOOSE])
    inside = occupancies([*standing, *loose])
    wanted = words.casefold().split()

    def slot(row: int, column: int, cage: Cage | None) -> Slot:
        one = inside[cage.pk] if cage else None
        held = one is not None and str(one.cage.pk) == in_hand
        return Slot(row, column, one, found=one is not None and bool(wanted) and _holds(one, wanted), in_hand=held)

    at = {(cage.row, cage.column): cage for cage in standing}
    columns = range(1, rack.n_columns + 1)
    grid = [
        (row, [slot(row, column, at.get((row, column))) for column in columns]) for row in range(1, rack.n_rows + 1)
    ]
    shelf = [slot(0, 0, cage) for cage in loose]
    every = [one for _, slots in grid for one in slots] + shelf
    held = next((one.inside for one in every if one.in_hand), None)
    n_free = sum(one.inside is None for one in every)
    return RackMap(columns, grid, shelf, held, sum(one.found for one in every), n_free)


def _holds(one: Occupancy, wanted: Iterable[str]) -> bool:
    texts = [one.cage.name, *map(str, one.animals), *one.lines, *(state.word for state in one.states)]
    everything = "\n".join(texts).casefold()
    return all(word in everything for word in wanted)
