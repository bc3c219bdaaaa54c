"""A person without a mouse weighs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bregma.alyx.actions.models import Weighing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_mouse_is_weighed_by_keyboard_alone(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    alice = walk_of("alice")
    keys = alice.page.keyboard

    with alice.page.expect_navigation():
        keys.type("gs")
    alice.tab_to("KS014")
    alice.type_enter()
    alice.tab_to("Do…")
    keys.press("Enter")
    alice.tab_to("Weigh")
    alice.type_enter()
    alice.tab_to("Weight (g)")
    keys.type("24.5")
    alice.type_enter()
    alice.heard("KS014: 24.5 g is entered")
    assert [(row.subject, row.weight, row.user) for row in Weighing.objects.all()] == [
        (lab.subject, 24.5, lab.people["alice"])
    ]
