"""What happened to a cage, as one timeline: moves, conditions, places, cleanings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.alyx.colony.cages.cards.words import condition_words
from bregma.alyx.colony.cages.selectors import changes_of_cage, stays_of_cage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bregma.alyx.colony.models import Cage, Rack
    from bregma.alyx.misc.models import HousingSubject, LabMember

MOST_STAYS = 400


@dataclass(frozen=True)
class Happening:
    """One entry of the timeline."""

    at: datetime
    words: str
    animals: tuple[Any, ...] = ()
    by: LabMember | None = None
    icon: str = "dot"


def timeline_of(cage: Cage, racks: Iterable[Rack]) -> list[Happening]:
    """Return what happened to a cage, the latest first; three queries. ``racks`` name the places that it had."""
    stays = list(stays_of_cage(cage)[:MOST_STAYS])
    names = {str(rack.pk): str(rack) for rack in racks}
    found = [*_moves(stays), *_changes(cage, names)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _moves(stays: list[HousingSubject]) -> Iterator[Happening]:
    """Tell who came and went; whoever stayed through a change of conditions did neither."""
    came: dict[datetime, list[HousingSubject]] = defaultdict(list)
    left: dict[datetime, list[HousingSubject]] = defaultdict(list)
    for stay in stays:
        came[stay.start_datetime].append(stay)
        if stay.end_datetime is not None:
            left[stay.end_datetime].append(stay)
    for at in {*came, *left}:
        before, after = ({stay.subject for stay in some[at] if stay.subject} for some in (left, came))
        if before & after:
            words = ", ".join(condition_words(came[at][0].housing)) or "nothing special"
            yield Happening(at, f"Kept under new conditions: {words}", _sorted(before & after), icon="edit")
        if after - before:
            yield Happening(at, "Moved in", _sorted(after - before), icon="next")
        if before - after:
            yield Happening(at, "Moved out", _sorted(before - after), icon="hand")


def _changes(cage: Cage, racks: dict[str, str]) -> Iterator[Happening]:
    for event, by in changes_of_cage(cage):
        after = event.after or {}
        if event.kind == "I":
            yield Happening(event.at, "Opened", by=by, icon="plus")
            continue
        for words, icon in _words(after, racks):
            yield Happening(event.at, words, by=by, icon=icon)


def _words(after: dict[str, Any], racks: dict[str, str]) -> Iterator[tuple[str, str]]:
    if after.get("closed_on"):
        yield "Closed", "flag"
    elif "rack_id" in after and after["rack_id"] is None:
        yield "Taken out of its rack", "cage"
    elif {"rack_id", "row", "column"} & set(after):
        where = [f"{word} {after[word]}" for word in ("row", "column") if word in after]
        rack = racks.get(str(after.get("rack_id")))
        yield f"Put into {', '.join([*([f'rack {rack}'] if rack else []), *where])}", "cage"
    if after.get("cleaned_on"):
        yield f"Cleaned on {after['cleaned_on']}", "drop"
    if "capacity" in after:
        yield f"Holds {after['capacity']} adults from then on", "edit"


def _sorted(animals: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(animals, key=str))
