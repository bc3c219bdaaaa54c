"""Mice on water restriction, in cages of a rack, for the tests of the day's page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def restricted(world: Any) -> Callable[..., Any]:
    """Return a maker of mice of alice on water restriction, weighed yesterday: ``restricted("M1", grams=25)``."""
    from bregma.alyx.actions.models import WaterRestriction, Weighing
    from bregma.alyx.subjects.models import Subject

    def make(nickname: str = "M1", *, grams: float | None = 24.0, reference: float = 25.0, **values: Any) -> Subject:
        values = {"lab": world.lab, "responsible_user": world.people["alice"], "sex": "F", **values}
        mouse = Subject.objects.create(nickname=nickname, **values)
        now = timezone.now()
        start = now - timedelta(days=10)
        WaterRestriction.objects.create(subject=mouse, start_time=start, reference_weight=reference)
        if grams is not None:
            Weighing.objects.create(subject=mouse, weight=grams, date_time=now - timedelta(days=1))
        return mouse

    return make


@pytest.fixture
def housed(world: Any) -> Callable[..., Any]:
    """Return a maker of cages in a rack that puts a mouse into one: ``housed(mouse, "C1", row=1, column=2)``."""
    from bregma.alyx.colony.models import Cage, Rack
    from bregma.alyx.misc.models import Housing, HousingSubject, LabLocation

    def put(mouse: Any, name: str, *, row: int = 1, column: int = 1, room: str = "Room 1") -> Cage:
        location, _ = LabLocation.objects.get_or_create(name=room, lab=world.lab)
        rack, _ = Rack.objects.get_or_create(name="Rack A", location=location)
        place = {"rack": rack, "row": row, "column": column}
        cage, _ = Cage.objects.get_or_create(name=name, lab=world.lab, defaults=place)
        housing, _ = Housing.objects.get_or_create(cage_name=name, cage=cage)
        HousingSubject.objects.create(subject=mouse, housing=housing, start_datetime=timezone.now())
        mouse.cage = name
        mouse.save()
        return cage

    return put
