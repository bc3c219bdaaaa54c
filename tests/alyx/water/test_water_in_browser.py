"""Weights and water in a real browser: the amount follows the typing, the chart is drawn, a phone suffices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.browser import PHONE, SIGHTS, check_accessible, check_fits

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def path(world: Any) -> str:
    return f"/colony/subjects/{world.subject.pk}/water/"


@pytest.mark.parametrize(("width", "dark"), SIGHTS)
def test_the_page_of_water_is_accessible(
    page_of: Callable[..., Any], world: Any, thirsty: Any, width: int, dark: bool
) -> None:
    thirsty(world, 30)
    visit = page_of("alice", width=width, dark=dark)
    visit.open(path(world))
    visit.page.wait_for_selector("figure.drawn")
    check_accessible(visit.page)
    check_fits(visit.page)


def test_a_mouse_is_weighed_and_watered_with_a_phone(page_of: Callable[..., Any], world: Any, thirsty: Any) -> None:
    from bregma.alyx.actions.models import WaterAdministration, Weighing

    thirsty(world)
    visit = page_of("alice", width=PHONE)
    visit.open(path(world))
    visit.page.get_by_label("Weight (g)", exact=True).press_sequentially("24.0")
    visit.page.get_by_text("0.90 mL due").wait_for()
    visit.page.get_by_role("button", name="Enter weight").click()
    visit.page.get_by_text("KS014: 24 g is entered.").wait_for()
    assert visit.page.get_by_label("Water (mL)", exact=True).input_value() == "0.9"
    visit.page.get_by_role("button", name="Enter water").click()
    visit.page.get_by_text("It has had its water.").wait_for()
    assert Weighing.objects.first().weight == 24
    assert WaterAdministration.objects.first().water_administered == 0.9
