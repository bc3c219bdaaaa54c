"""Lists and records in a real browser, at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.browser import DESK, PHONE, check_accessible, check_fits

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), pytest.param(DESK, True, marks=pytest.mark.long)])
def test_lists_and_records_are_accessible(
    page_of: Callable[..., Any], world: Any, many: Any, width: int, dark: bool
) -> None:
    many(30)
    visit = page_of("alice", width=width, dark=dark)
    subject = f"/colony/subjects/{world.subject.pk}/"
    for path in ("/colony/subjects/", "/colony/subjects/?q=zzz", subject, f"{subject}edit/", "/notebook/sessions/"):
        visit.open(path)
        check_accessible(visit.page)
        check_fits(visit.page)


def test_rows_are_chosen_and_marked_on_a_phone(page_of: Callable[..., Any], world: Any, many: Any) -> None:
    from bregma.alyx.subjects.models import Subject

    many(3)
    visit = page_of("alice", width=PHONE)
    visit.open("/colony/subjects/")
    for name in ("M001", "M003"):
        visit.page.get_by_label(f"Choose {name}").check()
    assert visit.page.get_by_text("2 chosen").is_visible()
    visit.page.get_by_label("What to do").select_option("Mark to be genotyped")
    visit.page.get_by_role("button", name="Go on…").click()
    check_accessible(visit.page)
    visit.page.get_by_role("button", name="Mark to be genotyped").click()
    visit.page.get_by_text("2 subjects marked to be genotyped.").wait_for()
    marked = Subject.objects.filter(to_be_genotyped=True).order_by("nickname")
    assert [row.nickname for row in marked] == ["M001", "M003"]


def test_typing_narrows_the_list_and_the_files(page_of: Callable[..., Any], world: Any, many: Any) -> None:
    many(3)
    visit = page_of("alice")
    visit.open("/colony/subjects/")
    visit.page.get_by_label("Nickname, line, cage, ear mark").fill("M002")
    visit.page.wait_for_url("**q=M002**")
    visit.page.get_by_text("1–1 of 1").wait_for()
    assert "q=M002" in str(visit.page.locator("#files a").first.get_attribute("href"))


def test_a_cell_is_changed_by_keyboard(page_of: Callable[..., Any], world: Any) -> None:
    from bregma.alyx.subjects.models import Subject

    visit = page_of("alice")
    visit.open("/colony/subjects/")
    visit.page.get_by_role("button", name="Change ear mark of KS014").focus()
    visit.page.keyboard.press("Enter")
    visit.page.get_by_label("Ear mark of KS014", exact=True).fill("LR")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("button", name="Change ear mark of KS014").wait_for()
    assert Subject.objects.get().ear_mark == "LR"


def test_a_view_is_saved_in_a_dialog(page_of: Callable[..., Any], world: Any) -> None:
    visit = page_of("alice")
    visit.open("/colony/subjects/?sex=M")
    visit.page.locator("summary", has_text="Views").click()
    visit.page.get_by_role("button", name="Save this view…").click()
    check_accessible(visit.page)
    visit.page.get_by_label("Name", exact=True).fill("Boys")
    visit.page.get_by_role("button", name="Save", exact=True).click()
    visit.page.get_by_text("Saved as “Boys”").wait_for()
    visit.open("/colony/subjects/")
    visit.page.locator("summary", has_text="Views").click()
    visit.page.get_by_role("link", name="Boys").click()
    visit.page.wait_for_url("**sex=M**")
