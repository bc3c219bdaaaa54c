"""Writes cages and racks themselves: opened, placed, cleaned, closed. Locks go racks, cages, subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.colony.cages.errors import CageInUse, HousingRefused, PlaceTaken
from bregma.alyx.colony.cages.residents import residents
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.days import lab_today

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from bregma.alyx.misc.models import Lab, LabMember

CONDITIONS = ("cage_type", "enrichment", "food", "cage_cleaning_frequency_days", "light_cycle")
"""What a cage, a housing and the default of a lab say about how animals are kept."""


@dataclass(frozen=True)
class Place:
    """Where in a rack a cage stands; row and column count from 1."""

    rack: Rack
    row: int
    column: int

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column} of rack {self.rack}"


@transaction.atomic
def open_cage(*, lab: Lab, name: str, by: LabMember, **values: Any) -> Cage:
    """Open a cage; conditions that are not given are those of the lab.

    Raises
    ------
    PermissionDenied
        If this person does no husbandry in the lab.
    ValidationError
        If the lab has an open cage of this name.
    """
    defaults = {name: getattr(lab, name) for name in CONDITIONS}
    given = {name: value for name, value in values.items() if value is not None}
    return changes.create_row(
        Cage, {"opened_on": lab_today(lab), **defaults, **given, "lab": lab, "name": clean_name(name)}, by=by
    )


def cage_named(lab: Lab, name: str) -> Cage:
    """Return the open cage of a name in a lab, made if there is none; importers and moves by name ask it.

    The policy is asked by the move that follows.
    """
    defaults = {field: getattr(lab, field) for field in CONDITIONS}
    found, _ = Cage.objects.get_or_create(lab=lab, name=clean_name(name), closed_on=None, defaults=defaults)
    return found


@transaction.atomic
def close_cage(cage: Cage, *, on: date | None = None, by: LabMember) -> Cage:
    """Close a cage and free its place.

    Raises
    ------
    CageInUse
        If animals live in it.
    """
    policy.check_may_write(by, cage)
    (locked,) = lock_cages([cage])
    check_open(locked)
    living = residents(locked)
    if living:
        names = ", ".join(map(str, living))
        raise CageInUse(f"{names} still live in cage {locked}; move them to another cage, then close this one")
    day = on or max(lab_today(locked.lab), locked.opened_on)
    return changes.change_row(locked, {"closed_on": day, "rack": None, "row": None, "column": None}, by=by)


@transaction.atomic
def place_cage(cage: Cage, place: Place | None, *, swap: bool = False, by: LabMember) -> Cage:
    """Put a cage into a place of a rack, or take it out of its rack.

    Parameters
    ----------
    place
        None takes it out.
    swap
        Whether a cage that stands there goes to where this one stood.

    Raises
    ------
    PlaceTaken
        If another cage stands there and ``swap`` is false.
    HousingRefused
        If the rack has no such place, or stands in a room of another lab.
    """
    policy.check_may_write(by, cage)
    _lock_racks(cage, place)
    standing = _standing_in(place) if place else None
    rows = {row.pk: row for row in lock_cages([cage, standing] if standing else [cage])}
    locked, other = rows[cage.pk], rows[standing.pk] if standing else None
    check_open(locked)
    if locked.rack_id != cage.rack_id:
        raise HousingRefused(f"somebody else moved cage {cage} meanwhile; reload the page and look where it stands")
    if place is None:
        return _put(locked, None, by=by)
    _check_place(locked, place)
    if other is None or other == locked:
        return _put(locked, place, by=by)
    if not swap:
        raise PlaceTaken(f"cage {other} stands in {place}; swap the two, or choose a free place")
    return _swap(locked, other, place, by=by)


@transaction.atomic
def clean_cage(cage: Cage, *, on: date | None = None, by: LabMember) -> Cage:
    """Note that a cage was cleaned, today unless another day is given; history keeps the days before.

    Raises
    ------
    HousingRefused
        If the day is to come.
    """
    (locked,) = lock_cages([cage])
    check_open(locked)
    today = lab_today(locked.lab)
    if on is not None and on > today:
        raise HousingRefused(f"cage {cage} was not cleaned on {on}, which is to come; give a day until {today}")
    return changes.change_row(locked, {"cleaned_on": on or today}, by=by)


@transaction.atomic
def enter_rack(values: Mapping[str, Any], *, by: LabMember) -> Rack:
    """Enter a rack in a room.

    Raises
    ------
    PermissionDenied
        If this person does no husbandry in the lab of the room.
    ValidationError
        If the room has a rack of this name.
    """
    return changes.create_row(Rack, values, by=by)


def lock_cages(cages: Iterable[Cage]) -> list[Cage]:
    """Lock the rows of cages in a fixed order, and return them as they are now."""
    keys = {cage.pk for cage in cages}
    rows = Cage.objects.select_for_update(no_key=True, of=("self",)).select_related("lab", "rack")
    return list(rows.filter(pk__in=keys).order_by("pk"))


def check_open(cage: Cage) -> None:
    """Refuse a cage that is closed.

    Raises
    ------
    HousingRefused
        Saying since when.
    """
    if cage.closed_on is not None:
        raise HousingRefused(f"cage {cage} was closed on {cage.closed_on}; open a new one")


def clean_name(name: str) -> str:
    """Return the name of a cage without spaces around it.

    Raises
    ------
    HousingRefused
        If nothing is left, or it is too long.
    """
    clean = name.strip()
    if not 0 < len(clean) <= 64:
        raise HousingRefused(f"{name!r} is no name of a cage; give 1 to 64 letters, such as the number on its card")
    return clean


def _lock_racks(cage: Cage, place: Place | None) -> None:
    keys = {key for key in (cage.rack_id, place.rack.pk if place else None) if key is not None}
    list(Rack.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _check_place(cage: Cage, place: Place) -> None:
    rack = place.rack
    if not (1 <= place.row <= rack.n_rows and 1 <= place.column <= rack.n_columns):
        raise HousingRefused(f"there is no {place}; it has {rack.n_rows} rows and {rack.n_columns} columns")
    if rack.location.lab_id != cage.lab_id:
        raise HousingRefused(
            f"rack {rack} stands in a room of {rack.location.lab}, and cage {cage} is of {cage.lab}; choose another"
        )


def _standing_in(place: Place) -> Cage | None:
    return Cage.objects.filter(rack=place.rack, row=place.row, column=place.column, closed_on=None).first()


def _put(cage: Cage, place: Place | None, *, by: LabMember) -> Cage:
    rack, row, column = (place.rack, place.row, place.column) if place else (None, None, None)
    return changes.change_row(cage, {"rack": rack, "row": row, "column": column}, by=by)


def _swap(cage: Cage, other: Cage, place: Place, *, by: LabMember) -> Cage:
    left = Place(cage.rack, cage.row, cage.column) if cage.rack and cage.row and cage.column else None
    _put(other, None, by=by)  # one place never holds two, not even for a moment
    _put(cage, place, by=by)
    if left is not None:
        _put(other, left, by=by)
    return cage
