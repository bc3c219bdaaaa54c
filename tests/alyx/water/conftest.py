"""Clients of the pages of water, and a mouse with a history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def thirsty() -> Callable[..., Any]:
    """Return a maker that gives a subject days of weights and water under restriction, until yesterday."""
    from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing

    def make(world: Any, n_days: int = 6) -> Any:
        mouse = world.subject
        mouse.birth_date = date(2020, 1, 1)
        mouse.save()
        now = timezone.now()
        start = now - timedelta(days=n_days)
        WaterRestriction.objects.create(subject=mouse, start_time=start, reference_weight=27.0)
        Surgery.objects.create(subject=mouse, start_time=start - timedelta(days=2), implant_weight=1.5)
        for day in range(n_days + 3, 0, -1):
            when = now - timedelta(days=day)
            Weighing.objects.create(
                subject=mouse, weight=27 - 0.5 * min(n_days + 3 - day, 5), date_time=when, user=world.people["alice"]
            )
            WaterAdministration.objects.create(subject=mouse, water_administered=0.4, date_time=when)
            WaterAdministration.objects.create(
                subject=mouse, water_administered=0.6, date_time=when, session=world.session
            )
        return mouse

    return make
