"""The lab of the journeys, and the people who walk through its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab


@pytest.fixture
def lab(page_of: Callable[..., Any]) -> JourneyLab:
    """Return the lab, committed."""
    from tests.alyx.journeys.lab import make_journey_lab  # models can be imported only after Django is set up

    return make_journey_lab()


@pytest.fixture
def walk_of(lab: JourneyLab, page_of: Callable[..., Any]) -> Callable[..., Any]:
    """Return a maker of walks: ``walk_of("tess", width=390, dark=True)``."""
    from tests.alyx.journeys.walk import Walk

    def begin(name: str, **options: Any) -> Walk:
        return Walk(page_of(name, **options))

    return begin
