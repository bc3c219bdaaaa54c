"""The page of the REST API in a real browser: at a desk, with a phone, by keyboard, without an account."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.browser import DESK, PHONE, check_accessible, check_fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), pytest.param(DESK, False, marks=pytest.mark.long)])
def test_the_page_of_the_api_is_read_by_everybody(
    page_of: Callable[..., Any], world: Any, width: int, dark: bool
) -> None:
    visit = page_of("alice" if dark else None, width=width, dark=dark)
    visit.open("/docs/#sessions")
    visit.page.locator("#sessions summary").first.click()
    visit.page.locator("#sessions").get_by_text("dataset_qc_lte").first.wait_for()
    check_accessible(visit.page)
    check_fits(visit.page)


def test_typing_finds_an_operation_and_keys_open_it(page_of: Callable[..., Any], world: Any) -> None:
    visit = page_of("alice")
    visit.open("/docs/")
    visit.page.get_by_label("Find an endpoint").fill("post /register-file")
    visit.page.get_by_text("1 operation", exact=True).wait_for()
    operation = visit.page.locator("#register-file summary")
    operation.focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator("#register-file").get_by_text("filenames").first.wait_for()
    assert not visit.page.locator("#sessions").is_visible()
