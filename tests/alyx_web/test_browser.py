"""A real browser: log-in by keyboard, charts that have drawn their marks, a phone, and no complaint in the console."""

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from tests.browser import check_accessible, check_fits

from bregma.alyx.api.rates import shared_counter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]

DRAWN = """() => [...document.querySelectorAll("figure[data-chart]")].every((figure) => {
    const state = figure.querySelector(".chart-state");
    return !figure.hasAttribute("aria-busy") && (figure.classList.contains("drawn") || state.textContent);
})"""
NOT_BLANK = """(canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const seen = new Set();
    for (let i = 0; i < pixels.length; i += 40) seen.add(`${pixels[i]} ${pixels[i + 1]} ${pixels[i + 2]}`);
    return seen.size;
}"""


@pytest.fixture(scope="module")
def site(world: Any, django_db_blocker: Any) -> Iterator[str]:
    """The pages, served on a free port; rows stay when a test ends."""
    from pytest_django.live_server_helper import LiveServer

    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        try:
            yield server.url
        finally:
            server.stop()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    """Chromium. Playwright keeps an event loop in this thread: Django has other connections there, or refuses."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
        connections.close_all()


class Visit:
    """A page of a visitor, and everything that its browser complained about."""

    def __init__(self, browser: Any, site: str, *, width: int = 1280, scheme: str = "light") -> None:
        self.site, self.complaints = site, []
        self.context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective))"
        )
        self.page.on("console", lambda line: self._note(line.type, line.text))
        self.page.on("pageerror", lambda error: self._note("error", str(error)))

    def _note(self, kind: str, text: str) -> None:
        # A browser without a graphics card tells how slow it is.
        if kind in ("error", "warning") and "GL Driver Message" not in text:
            self.complaints.append(text)

    def log_in(self, name: str = "alice") -> None:
        self.page.goto(f"{self.site}/login")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", f"{name}-secret-9")
        self.page.click("button[type=submit]:has-text('Log in')")
        self.page.wait_for_url(f"{self.site}/")

    def open(self, path: str) -> Any:
        self.page.goto(self.site + path)
        self.page.wait_for_function(DRAWN)
        return self.page

    def marks(self, chart: str, kind: str) -> int:
        return int(self.page.locator(f'figure[data-chart="{chart}"] .mark-{kind}.role-mark path').count())


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Any]:
    visits = []

    def begin(**options: Any) -> Visit:
        shared_counter().clear()
        visits.append(Visit(browser, site, **options))
        return visits[-1]

    yield begin
    for one in visits:
        one.context.close()
        assert one.complaints == []


def session_path(session: Any) -> str:
    return reverse("results:session", args=[session.pk])


def test_log_in_by_keyboard_alone(visit: Any) -> None:
    one = visit()
    page = one.page
    page.goto(f"{one.site}/results/subjects/WREN_01")
    assert page.evaluate("document.activeElement.id") == "id_username"
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type("alice-secret-9")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{one.site}/results/subjects/WREN_01")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_wrong_password_is_announced(visit: Any) -> None:
    one = visit()
    one.page.goto(f"{one.site}/login")
    one.page.fill("#id_username", "alice")
    one.page.fill("#id_password", "wrong")
    one.page.keyboard.press("Enter")
    assert "do not belong together" in one.page.locator("[role=alert]").inner_text()


def test_the_charts_of_a_subject_have_drawn_their_marks(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    one.open(reverse("results:subject", args=[world.subject.pk]))
    assert one.marks("training", "symbol") >= 11
    assert one.marks("training", "rect") >= 2, "bands of status"
    assert one.marks("trials", "rect") >= 11
    assert one.marks("weights", "symbol") >= 11
    assert one.marks("water", "rect") >= 22
    for name in ("threshold", "bias", "lapse_low", "lapse_high", "median_reaction_time"):
        assert one.marks(name, "symbol") >= 11


def test_a_day_of_training_opens_its_session(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(reverse("results:subject", args=[world.subject.pk]))
    page.locator('figure[data-chart="training"] .mark-symbol.role-mark path').last.click()
    page.wait_for_url(f"**{session_path(world.trained)}")


def test_the_charts_of_a_session_have_drawn_their_marks(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(f"{session_path(world.ephys)}?unit=3")
    assert one.marks("psychometric", "symbol") >= 9
    assert one.marks("psychometric", "line") >= 2
    assert one.marks("reaction-times", "symbol") >= 9
    assert one.marks("autocorrelogram", "rect") >= 50
    assert one.marks("psth", "line") == 1
    assert one.marks("units", "symbol") >= 12
    for name in ("drift-map", "raster", "reaction-time-trials"):
        canvas = page.locator(f'figure[data-chart="{name}"] canvas')
        assert canvas.evaluate(NOT_BLANK) > 3, name


def test_keys_and_clicks_choose_a_unit_and_the_address_follows(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(session_path(world.ephys))
    order = page.eval_on_selector_all("tr[data-unit]", "rows => rows.map((row) => row.dataset.unit)")
    page.keyboard.press("j")
    assert page.locator("[data-unit-title]").inner_text() == f"Unit {order[1]}"
    assert f"unit={order[1]}" in page.url
    page.keyboard.press("k")
    assert f"unit={order[0]}" in page.url
    page.click(f'tr[data-unit="{order[5]}"]')
    assert f"unit={order[5]}" in page.url
    page.select_option("[data-unit-event]", "feedback_times")
    assert "event=feedback_times" in page.url
    page.wait_for_function(DRAWN)
    page.reload()
    page.wait_for_function(DRAWN)
    assert page.locator("[data-unit-title]").inner_text() == f"Unit {order[5]}"
    assert page.locator("[data-unit-event]").input_value() == "feedback_times"


def test_units_are_sorted_by_a_column(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(session_path(world.ephys))
    page.click("th[data-sort]:has-text('Depth') button")
    depths = page.eval_on_selector_all("tr[data-unit]", "rows => rows.map((row) => Number(row.cells[1].dataset.value))")
    assert depths == sorted(depths, reverse=True)
    page.click("th[data-sort]:has-text('Depth') button")
    depths = page.eval_on_selector_all("tr[data-unit]", "rows => rows.map((row) => Number(row.cells[1].dataset.value))")
    assert depths == sorted(depths)


def test_a_chart_that_fails_says_so_and_can_be_tried_again(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    pattern = "**/psychometric.json"
    one.page.route(pattern, lambda route: route.fulfill(status=500, body="no"))
    page = one.open(session_path(world.trained))
    state = page.locator('figure[data-chart="psychometric"] .chart-state')
    assert "the server answered 500" in state.inner_text()
    page.unroute(pattern)
    state.locator("button").click()
    page.wait_for_selector('figure[data-chart="psychometric"].drawn')
    assert [line for line in one.complaints if "500" not in line] == []
    one.complaints.clear()


def test_a_chart_is_saved_as_table_and_picture(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(session_path(world.trained))
    for kind, start in (("csv", b"contrast,p_right"), ("svg", b"<svg"), ("png", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.click(f'figure[data-chart="psychometric"] [data-save="{kind}"]')
        assert waiting.value.suggested_filename == f"WREN_01_2024-03-14_psychometric.{kind}"
        assert waiting.value.path().read_bytes().startswith(start)


def test_the_theme_follows_the_system_and_the_button(visit: Any, world: Any) -> None:
    one = visit(scheme="dark")
    one.log_in()
    page = one.open(reverse("results:subject", args=[world.subject.pk]))
    color = "getComputedStyle(document.querySelector('figure[data-chart=training] .role-axis-label text')).fill"
    dark = page.evaluate(color)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("[data-theme-toggle]")
    page.wait_for_function(f"{color} !== {dark!r}")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(visit: Any, world: Any, scheme: str) -> None:
    one = visit(width=390, scheme=scheme)
    one.log_in("root")
    paths = ["/", reverse("results:subjects"), reverse("results:sessions"), reverse("api-docs")]
    paths += [reverse("results:subject", args=[world.subject.pk]), session_path(world.ephys), session_path(world.plain)]
    for path in paths:
        page = one.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_list_is_filtered_while_typing(visit: Any, world: Any) -> None:
    one = visit()
    one.log_in()
    page = one.open(reverse("results:subjects"))
    page.fill("#f-search", "wren")
    page.wait_for_selector("#list h2:has-text('1 subject')")
    assert "search=wren" in page.url
    assert "OWL_02" not in page.locator("#list").inner_text()


def test_a_sign_in_link_opens_the_pages(visit: Any, world: Any) -> None:
    from bregma.alyx.accounts import sign_in_link

    one = visit()
    one.page.goto(sign_in_link("mia", one.site))
    one.page.wait_for_selector("button:focus")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(f"{one.site}/")
    assert "mia" in one.page.locator(".menu summary").inner_text()


class Drawn:
    """A file that was drawn."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read_bytes(self) -> bytes:
        """Its content."""
        return self.content


def test_the_brain_in_3d_draws_in_its_frame_under_the_policy_of_the_site(
    visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bregma.alyx.results.brain.places import Places
    from bregma.atlas import phantom_atlas
    from bregma.viewer import Scene
    from bregma.viewer.export.html import make_page

    page = make_page(Scene(phantom_atlas(16), title="Brain").add_region("TH", opacity=1.0)).encode()
    png = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")
    drawn = {"png": Drawn(png), "html": Drawn(page)}
    ends = np.zeros((1, 3))
    places = Places(ends, ends - 0.001, ("probe00",), ends, np.array([733]), np.array([0]), np.array([20.0]), ("a",))
    view = "bregma.alyx.results.views.brain"
    monkeypatch.setattr(f"{view}.draw", lambda scene, kind: drawn[kind])
    monkeypatch.setattr(f"{view}.find_atlas", lambda: None)
    monkeypatch.setattr(f"{view}.find_places", lambda *_: places)
    one = visit()
    one.log_in()
    one.page.goto(one.site + reverse("results:regions", args=["sites"]))
    one.page.get_by_text("Open in 3D").click()
    frame = one.page.frame_locator("iframe")
    frame.locator("body[data-ready]").wait_for(timeout=60_000)
    assert frame.locator("h1").inner_text() == "Brain"
    check_accessible(one.page, exclude=("iframe",))
    check_fits(one.page)
