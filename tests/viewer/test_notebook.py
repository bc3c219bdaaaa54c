"""A scene in a notebook: what its output holds, what the kernel answers, and a real JupyterLab in a real browser."""

import base64
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import Event, Scene
from bregma.viewer.jupyter.channel import Channel

pytestmark = pytest.mark.usefixtures("opengl")

nbformat = pytest.importorskip("nbformat")
SCENE = """
from bregma.atlas import phantom_atlas
from bregma.viewer import Scene
scene = Scene(phantom_atlas(16), title="Phantom", view="left").add_region("TH", opacity=1.0)
"""


class Output:
    """The script of an output, which only remembers what it was sent."""

    def __init__(self, scene: Scene) -> None:
        self.news: list[dict[str, Any]] = []
        self.channel = Channel(scene, self.news.append)
        self.ask(do="resize", width=300, height=240)

    def ask(self, **message: Any) -> dict[str, Any]:
        """Send a message, and return the answer."""
        self.channel.answer(message)
        return self.news[-1]


@pytest.fixture(scope="module")
def output() -> Iterator[Output]:
    scene = Scene(phantom_atlas(32), view="left").add_region("TH", opacity=1.0)
    scene.add_points([[0.0, 0.0, -0.001]], values=[[1.0], [3.0]], times=[0.0, 10.0], label="rate (Hz)")
    made = Output(scene.change(events=(Event(time=5.0, label="stimulus"),)))
    yield made
    made.channel.close()


def pixels(answer: dict[str, Any]) -> np.ndarray:
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(answer["picture"]))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def reddish(answer: dict[str, Any]) -> int:
    seen = pixels(answer)
    return int(np.sum(seen[..., 0] > seen[..., 2] + 50))


def test_an_output_is_told_the_scene_and_gets_a_picture_of_its_size(output: Output) -> None:
    answer = output.ask(do="resize", width=320, height=240)
    assert pixels(answer).shape == (240, 320, 3)
    assert reddish(answer) > 200
    assert [layer["name"] for layer in answer["scene"]["layers"]] == ["TH", "Points"]
    assert answer["scene"]["time"]["span"] == [0.0, 10.0]
    assert answer["scene"]["time"]["events"][0]["place"] == 50.0


def test_dragging_turns_the_brain(output: Output) -> None:
    output.ask(do="view", view="left")
    assert output.channel._scene.camera.is_free is False
    output.ask(do="press", button="left", x=10, y=10)
    assert "picture" in output.ask(do="move", x=60, y=30)
    output.ask(do="release", x=60, y=30)
    assert output.channel._scene.camera.is_free


def test_what_is_clicked_is_named_with_its_value(output: Output) -> None:
    seen = pixels(output.ask(do="resize", width=320, height=240))
    red = np.argwhere(seen[..., 0] > seen[..., 2] + 50)
    y, x = red[len(red) // 2].tolist()
    output.ask(do="press", button="left", x=x, y=y)
    answer = output.ask(do="release", x=x, y=y)
    assert answer["scene"]["selected"].startswith("TH, Thalamus · ML")


def test_layers_are_hidden_and_shown_and_that_is_undone(output: Output) -> None:
    few = reddish(output.ask(do="show", layer="TH", visible=False))
    many = reddish(output.ask(do="undo"))
    assert many > few + 200
    assert reddish(output.ask(do="redo")) == few
    assert reddish(output.ask(do="show", layer="TH", visible=True)) == many
    assert output.ask(do="fade", layer="TH", opacity=0.5)["scene"]["layers"][0]["opacity"] == 0.5


def test_the_time_is_sought_and_played(output: Output) -> None:
    assert output.ask(do="seek", moment=10.0)["scene"]["time"]["moment"] == 10.0
    assert output.ask(do="play")["scene"]["time"]["playing"]
    output.ask(do="tick")
    time.sleep(0.01)
    assert 0 < output.ask(do="tick")["scene"]["time"]["moment"] < 5
    assert not output.ask(do="play")["scene"]["time"]["playing"]


def test_what_cannot_be_done_is_told_and_ends_nothing(output: Output) -> None:
    assert "not for 'explode'" in output.ask(do="explode")["problem"]
    assert "no layer 'X'" in output.ask(do="show", layer="X", visible=True)["problem"]
    assert "problem" in output.ask(do="resize", width="wide", height=3)
    assert "problem" in output.ask(do="press")
    assert "problem" in output.ask()
    assert "picture" in output.ask(do="view", view="right")


def run_notebook(tmp_path: Path, *cells: str) -> list[Any]:
    """Outputs of a notebook's cells, run by nbclient."""
    client = pytest.importorskip("nbclient").NotebookClient
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    return [output for cell in notebook.cells for output in cell.outputs]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_notebook_that_is_run_without_a_browser_holds_pictures(tmp_path: Path) -> None:
    outputs = run_notebook(tmp_path, SCENE, "scene", "scene.show()", "scene.show('file')")
    bundles = [output.data for output in outputs if "data" in output]
    assert len(bundles) == 3
    for bundle in bundles:
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
        assert bundle["text/plain"] == "<Scene of phantom, 800 µm (no brain): TH>"
    assert "text/html" not in bundles[0]
    assert "This is a still picture" in bundles[1]["text/html"]
    assert "srcdoc=" in bundles[2]["text/html"]
    assert [output for output in outputs if output.output_type in ("error", "stream")] == []


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """A JupyterLab below a prefix, as a JupyterHub gives one; it has a notebook that shows a scene."""
    pytest.importorskip("jupyterlab")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(f"{SCENE}scene.show()"), nbformat.v4.new_code_cell("scene.show('page')")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "brain.ipynb")
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        "--port=0",
        "--ServerApp.base_url=/user/ada/",
        "--IdentityProvider.token=t",
    ]
    options += [f"--ServerApp.root_dir={tmp_path}", "--LabApp.news_url=None"]
    with subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env=os.environ | own | {"IPYTHONDIR": str(tmp_path / "ipython")},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        url = next(found[0] for line in process.stderr if (found := re.search(r"http://127\S+/user/ada/", line)))
        yield url
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.browser
@pytest.mark.long
def test_a_scene_turns_in_jupyterlab(lab: str, chromium_path: str) -> None:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(f"{lab}lab/tree/brain.ipynb?token=t")
        page.locator(".jp-Cell .cm-content").first.click(timeout=60_000)
        page.keyboard.press("Shift+Enter")
        live = page.locator(".bregma[data-state=live]")
        live.wait_for(timeout=60_000)
        box = page.locator(".bregma .stage").bounding_box()
        before = int(live.get_attribute("data-pictures"))
        page.mouse.move(box["x"] + 300, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 380, box["y"] + 220, steps=5)
        page.mouse.up()
        page.wait_for_function("n => document.querySelector('.bregma').dataset.pictures > n", arg=before + 1)
        page.get_by_role("button", name="dorsal").click()
        page.locator(".bregma [data-view=dorsal][aria-pressed=true]").wait_for()
        page.locator(".jp-Cell .cm-content").nth(1).click()
        page.keyboard.press("Shift+Enter")
        whole = page.frame_locator(".bregma iframe")
        whole.locator(".picture canvas").wait_for(timeout=60_000)
        browser.close()
