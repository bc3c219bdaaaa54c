import ctypes.util
import os
import subprocess
import sys

import pytest

from bregma.viewer import NoOpenGL
from bregma.viewer.render.opengl import VARIABLE, WINDOWS, can_draw, choose_opengl


def test_a_window_whose_process_ends_badly_does_not_draw() -> None:
    # An OSMesa window without OSMesa ends its process with a segmentation fault; with OSMesa, it draws.
    assert can_draw("vtkOSOpenGLRenderWindow") == (ctypes.util.find_library("OSMesa") is not None)


def test_the_window_that_was_chosen_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "vtkOSOpenGLRenderWindow")
    if not any(can_draw(window) for window in WINDOWS):
        with pytest.raises(NoOpenGL, match="apt-get install libegl1"):
            choose_opengl()
        return
    chosen = choose_opengl()
    assert can_draw(chosen)
    assert os.environ[VARIABLE] == chosen


def test_without_any_library_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(NoOpenGL, match="apt-get install libegl1 libgl1-mesa-dri"):
        choose_opengl(windows=())


@pytest.mark.parametrize("module", ["bregma.atlas", "bregma.viewer"])
def test_importing_loads_no_graphics(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('vtkmodules', 'pyvista', 'trame', 'PIL') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
