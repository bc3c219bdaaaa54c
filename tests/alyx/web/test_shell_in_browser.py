"""The frame of the pages in a real browser: keys, phone, dialogs, accessibility."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser import PHONE, SIGHTS, check_accessible, check_fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "dark"), SIGHTS)
def test_the_frame_is_accessible(page_of: Callable[..., Any], world: Any, width: int, dark: bool) -> None:
    visit = page_of("alice", width=width, dark=dark)
    visit.open("/")
    check_accessible(visit.page)
    check_fits(visit.page)


def test_keys_lead_to_pages_and_to_help(page_of: Callable[..., Any], world: Any) -> None:
    visit = page_of("alice")
    visit.open("/")
    visit.page.keyboard.press("?")
    assert visit.page.get_by_role("dialog", name="Keyboard shortcuts").is_visible()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("g")
    visit.page.keyboard.press("p")
    visit.page.wait_for_url("**/docs/")


def test_a_phone_reaches_everything_by_more(page_of: Callable[..., Any], world: Any) -> None:
    visit = page_of("alice", width=PHONE)
    visit.open("/")
    bar = visit.page.get_by_role("navigation", name="Main, short")
    assert bar.is_visible()
    assert not visit.page.get_by_role("navigation", name="Main", exact=True).is_visible()
    bar.get_by_text("More").click()
    bar.locator(".sheet").get_by_role("link", name="API").click()
    visit.page.wait_for_url("**/docs/")
