"""The page that lets a program in, in a real browser: by keyboard, at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.browser import SIGHTS, check_accessible, check_fits

from bregma.alyx.access import devices

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "dark"), SIGHTS)
def test_a_code_is_typed_compared_and_approved(page_of: Callable[..., Any], world: Any, width: int, dark: bool) -> None:
    device_code, user_code = devices.begin("rig 3", address="127.0.0.1")
    visit = page_of("alice", width=width, dark=dark)
    visit.open("/connect")
    check_accessible(visit.page)
    check_fits(visit.page)
    visit.page.keyboard.type(user_code.lower())
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("heading", name="rig 3 asks to be let in").wait_for()
    check_accessible(visit.page)
    check_fits(visit.page)
    visit.page.get_by_role("button", name="Let it in").press("Enter")
    visit.page.wait_for_url("**/account/tokens/")
    assert str(devices.redeem(device_code)).startswith("brg_")
