import http.client
import io
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from tests.browser import check_accessible

from bregma.viewer import Scene
from bregma.viewer.web.gate import prove

Running = tuple[str, subprocess.Popen[str]]

PATIENCE = 60.0
PROGRAM = """
import sys
from bregma.atlas import phantom_atlas
from bregma.viewer import Event, Scene
from bregma.viewer.web import serve

scene = Scene(title="Phantom").add_annotation(phantom_atlas()).add_region("TH", opacity=1.0)
scene.add_points([[0.0, 0.004, 0.0]], values=[[1.0], [2.0], [3.0]], times=[0.0, 5.0, 10.0], label="rate (Hz)")
scene.change(events=(Event(time=2.5, label="stimulus"),))
serve(scene, ready=lambda url: print(url, file=sys.stderr, flush=True))
"""


@pytest.fixture(scope="module")
def running(opengl: None) -> Iterator[Running]:
    """A page in a process of its own, and its address."""
    yield from _run()


@pytest.fixture
def fleeting(opengl: None) -> Iterator[Running]:
    """A page for a test that ends it, or changes it."""
    yield from _run()


def _run() -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield _read(process.stderr).strip(), process
        process.kill()


def _read(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


def test_the_page_is_served_quietly_and_stops_on_sigterm(fleeting: Running) -> None:
    url, process = fleeting
    assert url.startswith("http://127.0.0.1:")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(url, timeout=20) as answer:
        assert b"<html" in answer.read().lower()
        assert "token" not in answer.url
    process.send_signal(signal.SIGTERM)
    output, complaints = process.communicate(timeout=20)
    assert (process.returncode, output, complaints) == (0, "", "")


def _cookie_of(url: str) -> str:
    """What the page's first answer puts into a browser."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=20)
    connection.request("GET", f"{address.path}?{address.query}")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (302, "./index.html")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    connection.close()
    return answer.headers["Set-Cookie"].partition(";")[0]


def _connect(url: str, headers: dict[str, str]) -> int:
    """Status of the answer to a request for a WebSocket."""
    netloc = urlsplit(url).netloc
    connection = http.client.HTTPConnection(netloc, timeout=20)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    upgrade |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    connection.request("GET", "/ws", headers=upgrade | {key: text.format(netloc) for key, text in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://{0}.evil.example"])
def test_pages_of_other_sites_do_not_reach_the_viewer_even_with_its_cookie(running: Running, origin: str) -> None:
    assert _connect(running[0], {"Origin": origin, "Cookie": _cookie_of(running[0])}) == 403


def test_only_who_brings_the_token_is_let_in(running: Running) -> None:
    url = running[0]
    base, cookie = url.partition("?")[0], _cookie_of(url)
    assert _connect(url, {"Cookie": cookie, "Origin": "http://{0}"}) == 101
    assert _connect(url, {"Cookie": cookie}) == 101
    assert _connect(url, {}) == 403
    assert _connect(url, {"Cookie": cookie[:-1]}) == 403
    for address in (base, f"{base}index.html", f"{base}?token=", f"{base}?token=wrong", f"{base}assets/index.js"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(address, timeout=20)


def test_a_page_proves_that_it_is_the_one_without_telling_its_token(running: Running) -> None:
    base, _, token = running[0].partition("?token=")
    with urllib.request.urlopen(f"{base}alive", timeout=20) as answer:
        told = answer.read().decode()
    assert told == prove(token)
    assert token not in told


def shown_picture(page: Any) -> np.ndarray:
    """Pixels of the middle of the picture, as the browser shows it."""
    image = pytest.importorskip("PIL.Image")
    box = page.locator(".picture").bounding_box()
    clip = {"x": box["x"] + 60, "y": box["y"] + 60, "width": box["width"] - 120, "height": box["height"] - 120}
    with image.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def reddish(picture: np.ndarray) -> int:
    """Pixels of the thalamus, which is red where all else is dark."""
    return int(np.sum(picture[..., 0] > picture[..., 2] + 50))


def wait_for(page: Any, condition: Callable[[np.ndarray], bool]) -> np.ndarray:
    """Return the picture as soon as it is as it should be."""
    end = time.monotonic() + PATIENCE
    while not condition(picture := shown_picture(page)):
        assert time.monotonic() < end, f"after {PATIENCE} s: {reddish(picture)} red, brightest {picture.max()}"
        page.wait_for_timeout(100)
    return picture


@pytest.fixture
def page(chromium_path: str) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1300, "height": 700})
        browser.close()


@pytest.mark.browser
def test_the_picture_in_the_browser_follows_the_controls(fleeting: Running, page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(fleeting[0])
    whole = wait_for(page, lambda seen: reddish(seen) > 200)
    page.get_by_label("Show Annotation").click()
    alone = wait_for(page, lambda seen: reddish(seen) > 200 and np.mean(seen != whole) > 0.05)
    page.get_by_text("dorsal", exact=True).click()
    wait_for(page, lambda seen: reddish(seen) > 200 and np.mean(seen != alone) > 0.01)
    page.get_by_label("Show TH").click()
    wait_for(page, lambda seen: reddish(seen) == 0)
    page.get_by_label("Undo").click()
    wait_for(page, lambda seen: reddish(seen) > 200)
    ours = (fleeting[0].partition("?")[0], "data:", "blob:", "ws://127.0.0.1")
    assert [url for url in asked if not url.startswith(ours)] == []


@pytest.mark.browser
def test_a_click_names_what_is_there_and_search_finds_regions(fleeting: Running, page: Any, tmp_path: Path) -> None:
    page.goto(fleeting[0])
    whole = wait_for(page, lambda seen: reddish(seen) > 200)
    page.get_by_label("Show Annotation").click()
    seen = wait_for(page, lambda seen: reddish(seen) > 200 and np.mean(seen != whole) > 0.05)
    box = page.locator(".picture").bounding_box()
    red = np.argwhere(seen[..., 0] > seen[..., 2] + 50)
    row, column = red[len(red) // 2].tolist()
    page.mouse.click(box["x"] + 60 + column, box["y"] + 60 + row)
    page.locator(".told").get_by_text("TH, Thalamus").wait_for()
    page.get_by_label("Add a region").first.fill("caudoputamen")
    page.get_by_label("Draw CP").check()
    page.get_by_label("Opacity of CP").first.wait_for()
    with page.expect_download() as download:
        page.get_by_text("Scene (.json)").click()
    download.value.save_as(tmp_path / "scene.json")
    assert [layer.name for layer in Scene.load(tmp_path / "scene.json").layers] == ["Annotation", "TH", "Points", "CP"]


@pytest.mark.browser
def test_time_slices_and_viewports_are_driven_from_the_page(fleeting: Running, page: Any) -> None:
    page.goto(fleeting[0])
    page.get_by_label("Step forward").click()
    page.get_by_text("5.00 s of 10.00 s").wait_for()
    page.get_by_role("button", name="stimulus").click()
    page.get_by_text("2.50 s of 10.00 s").wait_for()
    assert page.get_by_label("Speed").input_value() == "1"
    page.get_by_label("Speed").select_option("× 0.1")
    page.get_by_label("Play").click()
    page.get_by_label("Pause").click()
    page.get_by_text("horizontal", exact=True).click()
    page.get_by_label("DV (mm)").first.wait_for()
    page.get_by_label("Three slices and the brain").click()
    page.get_by_label("Show Sagittal").wait_for()
    page.locator(".stage").focus()
    page.keyboard.press("Control+z")
    page.get_by_label("Show Sagittal").wait_for(state="detached")
    # The image in the view is trame-vtk's own; the stage around it says what it shows.
    check_accessible(page, exclude=(".picture",))


@pytest.mark.browser
def test_on_a_phone_the_picture_has_the_whole_width(running: Running, page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(running[0])
    page.locator(".picture canvas").wait_for()
    box = page.locator(".picture").bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Layers and views").click()
    page.get_by_text("Add a region").first.wait_for(state="visible")
