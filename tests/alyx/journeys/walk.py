"""A person who walks through pages by links, buttons and labels; each kind of page is looked at closely once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser import DESK, PHONE, check_accessible, check_fits

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from tests.browser import Visit

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
MOST_TABS = 150
PICTURES = os.environ.get("BREGMA_PICTURES")


class Walk:
    """One person; ``page`` is Playwright's. Addresses are never typed, but for the start page."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.page = visit, visit.page
        self.seen: set[str] = set()
        self.told = ""
        visit.open("/")
        self.look()

    @property
    def main(self) -> Locator:
        """The part of the page below its head and beside its navigation."""
        return self.page.locator("main")

    @property
    def said(self) -> Locator:
        """The messages of the page."""
        return self.page.get_by_role("status", name="Messages")

    def go(self, *labels: str) -> None:
        """Follow entries of the navigation, one below the other; on a phone from its bar or from More."""
        for label in labels:
            if self.page.get_by_role("navigation", name="Main", exact=True).is_visible():
                links = self.page.get_by_role("navigation", name="Main", exact=True)
            else:
                links = self.page.get_by_role("navigation", name="Main, short")
                if not links.get_by_role("link", name=label, exact=True).first.is_visible():
                    links.get_by_text("More", exact=True).click()
            self.click(links.get_by_role("link", name=label, exact=True).locator("visible=true").first)

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follow a link of the page."""
        self.click(self.main.get_by_role("link", name=name, exact=exact).first)

    def press(self, name: str) -> None:
        """Press a button that leads to another page."""
        self.click(self.main.get_by_role("button", name=name, exact=True).first)

    def do(self, name: str) -> None:
        """Choose an action from the menu of a record."""
        self.main.get_by_text("Do…", exact=True).click()
        self.follow(name, exact=True)

    def fill(self, **values: str | bool) -> None:
        """Fill fields by their labels, where a space is written as an underscore; options are chosen by their words."""
        for name, value in values.items():
            box = self.main.get_by_label(name.replace("_", " ")).first
            if isinstance(value, bool):
                box.set_checked(value)
            elif box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(label=value)
            else:
                box.fill(value)

    def open_notice(self, words: str) -> None:
        """Open the inbox by its bell, and a notice in it."""
        self.click(self.page.get_by_role("link", name="Notices"))
        self.follow(words)

    def search(self, words: str) -> None:
        """Search everywhere, by the field in the head of the page."""
        box = self.page.get_by_role("banner").get_by_role("searchbox")
        box.fill(words)
        with self.page.expect_navigation():
            box.press("Enter")
        self.look()

    def click(self, target: Locator) -> None:
        """Click what leads to another page, and look at that page."""
        with self.page.expect_navigation():
            target.click()
        self.arrive()

    def type_enter(self) -> None:
        """Press Enter where it leads to another page, and look at that page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.arrive()

    def arrive(self) -> None:
        """Keep what a new page says, before it goes away by itself, and look at the page."""
        self.told = " ".join(self.said.all_inner_texts())
        self.look()

    def heard(self, words: str) -> None:
        """Check that the page said this on arrival."""
        assert words in self.told, f"{self.page.url} says {self.told!r}"

    def tab_to(self, name: str) -> None:
        """Press Tab until the focus is on what has this name."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED_NAME).startswith(name):
                return
        raise AssertionError(f"{self.page.url}: no {name!r} within {MOST_TABS} times Tab")

    def look(self, name: str = "") -> None:
        """Check that the page fits, and once for each kind of page, that all can use it, in both themes."""
        assert "500" not in self.page.title(), self.page.title()
        check_fits(self.page)
        kind = name or KEY.sub("_", self.page.url.removeprefix(self.visit.site).split("?")[0])
        if kind in self.seen:
            return
        self.seen.add(kind)
        check_accessible(self.page)
        if PICTURES:
            self.take_pictures(Path(PICTURES), kind)

    def take_pictures(self, folder: Path, kind: str) -> None:
        """Save the page as phones and desks show it, light and dark."""
        size: Any = self.page.viewport_size
        words = re.sub(r"\W+", "-", kind).strip("-") or "start"
        for width in (PHONE, DESK):
            for scheme in ("light", "dark"):
                self.page.set_viewport_size({"width": width, "height": 844})
                self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                self.visit.picture(folder / f"{words}-{width}-{scheme}.png")
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=None)


FOCUSED_NAME = """() => {
  const box = document.activeElement;
  const words = box.getAttribute("aria-label") || box.labels?.[0]?.innerText || box.innerText || "";
  return words.trim();
}"""
