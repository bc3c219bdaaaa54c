"""A scene as a page of its own: what is in the file, and what a browser makes of it without any network."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import ImageVolume, Plane, Scene, Text
from bregma.viewer.export.html import make_page

pytest.importorskip("trame_vtk")
CHROMIUM = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
TRACK = ([[0.002, -0.002, 0.0]], [[0.0015, -0.0015, -0.005]])


def index_of(page: str) -> dict[str, Any]:
    """The archive inside a page."""
    found = re.search(r'base64Str: "([^"]+)"', page)
    assert found is not None
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(found[1]))) as archive:
        read: dict[str, Any] = json.loads(archive.read("index.json"))
    return read


def about(page: str) -> dict[str, Any]:
    """What the page's own script is told."""
    found = re.search(r"^const about = (.*);$", page, re.MULTILINE)
    assert found is not None
    told: dict[str, Any] = json.loads(found[1])
    return told


def props_of(page: str) -> list[dict[str, Any]]:
    renderer = index_of(page)["scene"]["dependencies"][0]
    return [part for part in renderer["dependencies"] if part["type"] in ("vtkActor", "vtkVolume")]


def array_of(page: str, description: dict[str, Any], dtype: str) -> np.ndarray:
    content = index_of(page)["hashes"][description["hash"]]["content"]
    return np.frombuffer(base64.b64decode(content), dtype=dtype)


def points_of(page: str, index: int = 0) -> np.ndarray:
    data = props_of(page)[index]["dependencies"][0]["dependencies"][0]
    return array_of(page, data["properties"]["points"], "<f4").reshape(-1, 3)


def test_a_surface_lies_where_its_voxels_are() -> None:
    atlas = phantom_atlas(32)
    points = points_of(make_page(Scene(atlas).add_region("TH")))
    voxels = (np.argwhere(atlas.mask("TH")) * atlas.spacing + np.array(atlas.origin)) * 1e3
    edge = atlas.spacing * 1e3
    np.testing.assert_allclose(points.min(axis=0), voxels.min(axis=0), atol=edge)
    np.testing.assert_allclose(points.max(axis=0), voxels.max(axis=0), atol=edge)


def test_a_clipped_layer_ends_at_the_plane() -> None:
    scene = Scene(phantom_atlas(32)).add_region("TH")
    scene.change(clipping=(Plane(origin=(0.0, 0.0, 0.0), normal=(1.0, 0.0, 0.0)),))
    assert points_of(make_page(scene))[:, 0].min() > -1e-6
    scene.update("TH", clipped=False)
    assert points_of(make_page(scene))[:, 0].min() < -1


def test_voxels_have_exactly_the_colours_of_their_regions() -> None:
    atlas = phantom_atlas(32)
    page = make_page(Scene(atlas).add_annotation(opacity=1.0))
    image = props_of(page)[0]["dependencies"][0]["dependencies"][0]["properties"]
    voxels = array_of(page, image["fields"][0], "u1").reshape(-1, 4)
    rows = atlas.labels.ravel(order="F")
    np.testing.assert_array_equal(voxels[:, :3][rows > 0], atlas.regions.rgb[rows[rows > 0]])
    np.testing.assert_array_equal(voxels[:, 3], np.where(rows > 0, 255, 0))


def test_points_become_balls_in_their_colours() -> None:
    scene = Scene().add_points([[0, 0, -0.001], [0, 0.001, -0.002]], rgb=[[255, 0, 0], [0, 0, 255]], size=20)
    page = make_page(scene)
    points = points_of(page)
    data = props_of(page)[0]["dependencies"][0]["dependencies"][0]["properties"]
    colours = array_of(page, data["fields"][-1], "u1").reshape(-1, 3)
    first = points[:, 1] < 0.5
    np.testing.assert_allclose(points[first].mean(axis=0), [0, 0, -1], atol=0.01)
    assert (colours[first] == (255, 0, 0)).all()
    assert (colours[~first] == (0, 0, 255)).all()


def test_a_large_volume_is_thinned_out() -> None:
    voxels = np.zeros((160, 120, 110), dtype=np.uint8)
    scene = Scene().add(ImageVolume(name="brain", image=voxels, spacing=(25e-6, 25e-6, 25e-6)))
    image = props_of(make_page(scene))[0]["dependencies"][0]["dependencies"][0]["properties"]
    assert image["extent"] == [0, 79, 0, 59, 0, 54]
    np.testing.assert_allclose(image["spacing"], 0.05)


def test_the_page_tells_what_it_shows_and_what_it_does_not() -> None:
    scene = Scene(phantom_atlas(32), title="One & <two>").add_region("TH").add_insertions(*TRACK)
    scene.add_points([[0, 0, -0.003]], values=[[1.0], [2.0]], times=[0.0, 5.0], label="rate (Hz)")
    scene.change(moment=5.0)
    page = make_page(scene)
    told = about(page)
    assert "<title>One &amp; &lt;two&gt;</title>" in page
    assert "Not a brain" in page
    assert [row["name"] for row in told["rows"]] == ["TH", "Insertions", "Points"]
    assert [told["bars"][0][part] for part in ("label", "low", "high")] == ["rate (Hz)", "1", "2"]
    assert any("One moment, 5 s, of 0 s to 5 s" in note for note in told["notes"])


def test_the_same_scene_gives_the_same_page_which_nothing_in_it_can_end_early() -> None:
    def make() -> str:
        hostile = Text(name="</script><script>alert(1)</script>", text="</script>", xyz=(0, 0, 0))
        return make_page(Scene(phantom_atlas(16)).add_region("TH").add(hostile))

    page = make()
    assert page == make()
    assert "alert(1)" not in page.replace("\\u003cscript>alert(1)", "")
    assert "https://kitware.github.io/vtk-js/icon" not in page


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM)
        yield chromium
        chromium.close()


def middle_of(page: Any) -> np.ndarray:
    image = pytest.importorskip("PIL.Image")
    clip = {"x": 260, "y": 60, "width": 260, "height": 260}
    with image.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


@pytest.mark.browser
def test_a_browser_draws_the_file_alone(browser: Any, tmp_path: Path) -> None:
    scene = Scene(phantom_atlas(32), view="left").add_region("TH", opacity=1.0).add_annotation(opacity=0.2)
    page = browser.new_page(viewport={"width": 700, "height": 420})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.goto(scene.save(tmp_path / "brain.html").as_uri())
    page.locator("body[data-ready]").wait_for(timeout=60_000)
    page.wait_for_timeout(300)
    seen = middle_of(page)
    assert np.sum(seen[..., 0] > seen[..., 2] + 50) > 200
    for size in ((300, 600), (700, 420)):  # a phone that is turned, and turned back
        page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        page.wait_for_timeout(400)
    assert np.mean(np.abs(middle_of(page) - seen) > 20) < 0.02
    page.get_by_label("TH", exact=True).uncheck()
    page.wait_for_timeout(300)
    hidden = middle_of(page)
    assert np.sum(hidden[..., 0] > hidden[..., 2] + 50) < 50
    page.get_by_role("button", name="dorsal").click()
    page.wait_for_timeout(300)
    assert np.mean(middle_of(page) != hidden) > 0.01
    assert (complaints, [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]) == ([], [])


@pytest.mark.browser
def test_the_file_is_accessible(browser: Any, tmp_path: Path) -> None:
    from tests.browser import check_accessible

    page = browser.new_page(viewport={"width": 390, "height": 700})
    # axe is put into the page, which lets nothing else in.
    scene = Scene(phantom_atlas(16), title="Brain").add_region("TH").add_points([[0, 0, 0]], values=[1.0])
    page.goto(scene.save(tmp_path / "brain.html").as_uri())
    page.locator("body[data-ready]").wait_for(timeout=60_000)
    check_accessible(page)
