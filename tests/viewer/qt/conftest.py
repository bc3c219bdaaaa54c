"""A screen that is pretended, and one window on it for all tests."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.atlas import phantom_atlas
from bregma.viewer import Event, Scene

SIZE = (1500, 900)


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """Number of a display of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb on this machine; `make browser` installs it (root with apt)")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as process:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        yield f":{number}"
        process.terminate()


@pytest.fixture(scope="session")
def qt(screen: str, opengl: None) -> Iterator[Any]:
    """Qt on that display; it ends before the display does."""
    widgets = pytest.importorskip("PySide6.QtWidgets")
    check_plugin(screen)
    from bregma.viewer.qt.application import start_qt

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", screen)
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        patch.setenv("QT_QPA_PLATFORM", "xcb")
        app = start_qt()
    yield app
    assert isinstance(app, widgets.QApplication)
    app.shutdown()


def check_plugin(screen: str) -> None:
    """Skip where a library of Qt's is missing: Qt itself would end the process."""
    code = "from PySide6.QtWidgets import QApplication; QApplication(['try'])"
    env = os.environ | {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    import sys

    tried = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"Qt opens no window here; `make browser` installs what it lacks: {tried.stderr.strip()[-200:]}")


def make_scene() -> Scene:
    """A phantom with a region, a slice, and units that change."""
    atlas = phantom_atlas()
    inside = np.argwhere(atlas.labels > 0)[::101] * atlas.spacing + np.array(atlas.origin)
    times = np.linspace(0, 10, 41)
    rates = 5 + 5 * np.sin(times[:, None] + inside[:, 1] * 1e3)
    scene = Scene(atlas, title="Phantom").add_region("TH", opacity=1.0).slice("coronal", ap=-0.002)
    scene.add_points(inside, values=rates, times=times, name="Units", label="rate (Hz)", size=8)
    return scene.change(events=(Event(time=2.5, label="stimulus"), Event(time=5.0, label="reward")))


@pytest.fixture(scope="session")
def opened(qt: Any) -> Iterator[Any]:
    """The application with that scene."""
    from bregma.viewer.qt import open_window

    window = open_window(make_scene(), run=False)
    window.resize(*SIZE)
    qt.processEvents()
    yield window
    window.close()
    qt.processEvents()


@pytest.fixture
def desk(opened: Any, qt: Any) -> Iterator[Any]:
    """The application; what a test does to the scene is undone after it."""
    scene = opened.bench.scene
    before = scene.state
    yield opened
    opened.bench.player.pause()
    opened.bench.tell("")
    with scene.together():
        for layer in scene.layers:
            scene.remove(layer.name)
        for layer in before.layers:
            scene.add(layer)
        scene.change(**{name: part for name, part in vars(before).items() if name != "layers"})
    opened.bench.choose(None)
    qt.processEvents()


@pytest.fixture
def shot(desk: Any, qt: Any) -> Callable[..., np.ndarray]:
    """Return what the picture shows now; with BREGMA_KEEP_SHOTS, the whole window is kept there as well."""

    def take(name: str = "") -> np.ndarray:
        qt.processEvents()
        kept = os.environ.get("BREGMA_KEEP_SHOTS")
        if kept and name:
            desk.grab().save(str(Path(kept) / f"{name}.png"))
        image = desk.stage.grab().toImage().convertToFormat(desk.stage.grab().toImage().Format.Format_RGB888)
        flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)

    return take
