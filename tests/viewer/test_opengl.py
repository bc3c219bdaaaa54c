import contextlib
import ctypes.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bregma.viewer import NoOpenGL
from bregma.viewer.render.opengl import VARIABLE, WINDOWS, can_draw, choose_opengl
from bregma.viewer.render.proven import has_drawn, note_drawn, relying_on


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


@pytest.mark.skipif(not Path("/proc/sys/kernel/random/boot_id").is_file(), reason="Linux tells when it started")
def test_what_has_drawn_is_known_until_its_libraries_or_settings_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = tmp_path / "lib"
    libraries.mkdir()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(libraries))
    note_drawn("vtkEGLRenderWindow", tmp_path / "notes")
    assert has_drawn("vtkEGLRenderWindow", tmp_path / "notes")
    assert not has_drawn("vtkOSOpenGLRenderWindow", tmp_path / "notes")
    monkeypatch.setenv("MESA_GL_VERSION_OVERRIDE", "3.3")
    assert not has_drawn("vtkEGLRenderWindow", tmp_path / "notes")
    monkeypatch.delenv("MESA_GL_VERSION_OVERRIDE")
    assert has_drawn("vtkEGLRenderWindow", tmp_path / "notes")
    (libraries / "libEGL.so.1").touch()
    assert not has_drawn("vtkEGLRenderWindow", tmp_path / "notes")


@pytest.mark.skipif(not Path("/proc/sys/kernel/random/boot_id").is_file(), reason="Linux tells when it started")
def test_what_ends_the_process_while_it_draws_is_known_no_more(tmp_path: Path) -> None:
    note_drawn("vtkEGLRenderWindow", tmp_path)
    with relying_on("vtkEGLRenderWindow", tmp_path):
        pass
    assert has_drawn("vtkEGLRenderWindow", tmp_path)
    with contextlib.suppress(SystemExit), relying_on("vtkEGLRenderWindow", tmp_path):
        raise SystemExit
    assert not has_drawn("vtkEGLRenderWindow", tmp_path)


@pytest.mark.parametrize("module", ["bregma.atlas", "bregma.viewer"])
def test_importing_loads_no_graphics(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('vtkmodules', 'pyvista', 'trame', 'PIL') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
