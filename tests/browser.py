"""A person at a real browser: logged in, at a desk or with a phone; every complaint of the console fails the test.

``page_of("alice", width=390, dark=True)`` (a fixture of conftest.py) returns a :class:`Visit`; a test that asks for it
sees committed rows and a live server. ``check_accessible(visit.page)`` asks axe-core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response

PHONE, DESK = 390, 1280
SIGHTS = [
    (PHONE, True),
    pytest.param(DESK, False, marks=pytest.mark.long),
    pytest.param(PHONE, False, marks=pytest.mark.long),
    pytest.param(DESK, True, marks=pytest.mark.long),
]
"""Width and darkness: how a page is looked at."""
SERIOUS = ("serious", "critical")


class Visit:
    """A browser of its own for one person; ``page`` is Playwright's."""

    def __init__(self, browser: Browser, site: str, *, width: int = DESK, dark: bool = False) -> None:
        self.site, self.complaints = site, []
        self.expected: tuple[str, ...] = ()
        """Parts of complaints that the test means to cause."""
        phone = width < 700
        self.context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective))"
        )
        self.page.on("console", lambda line: self._note(line.type, line.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.expected):
            self.complaints.append(text)

    def log_in(self, person: Any) -> None:
        """Give the browser a session of a person, without a password."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.site}])

    def open(self, path: str) -> Response | None:
        """Go to a path of the site; the answer is not a failure of the server."""
        answer = self.page.goto(self.site + path)
        assert answer is None or answer.status < 500, f"{path} answered {answer.status}"
        return answer

    def picture(self, path: Path) -> None:
        """Save the whole page as an image."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)

    def end(self) -> None:
        """Close the browser; fail if it complained of anything."""
        self.context.close()
        assert self.complaints == [], self.complaints


def check_accessible(page: Page, *, exclude: tuple[str, ...] = ()) -> None:
    """Fail on any serious or critical violation that axe-core finds, and say which, where and why.

    Parameters
    ----------
    page
        A page that has loaded.
    exclude
        Selectors of parts that are not ours.
    """
    from axe_playwright_python.sync_playwright import Axe

    context = {"exclude": [[one] for one in exclude]} if exclude else None
    found = Axe().run(page, context=context).response["violations"]
    lines = [
        f"{one['impact']} {one['id']}: {one['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
    assert not lines, f"{page.url}: {len(lines)} accessibility violations\n" + "\n".join(lines)


def check_fits(page: Page) -> None:
    """Fail when the page scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"
