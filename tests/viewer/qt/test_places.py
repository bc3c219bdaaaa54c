"""Where a scene can be shown, and what is said where it cannot."""

import subprocess
import sys

import pytest

from bregma.viewer import Scene, ViewerError


def test_a_place_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(ViewerError, match=r"window, browser, notebook.* not in 'cinema'"):
        Scene().show("cinema")  # type: ignore[arg-type]


def test_without_a_screen_the_other_ways_are_named() -> None:
    pytest.importorskip("PySide6")
    from bregma.viewer.qt.application import check_screen

    with pytest.raises(ViewerError, match=r"no screen here.*--out"):
        check_screen({}, "linux")
    check_screen({"DISPLAY": ":0"}, "linux")
    check_screen({}, "darwin")


def test_panels_need_no_window_and_no_graphics() -> None:
    code = """
import sys, pkgutil, importlib, bregma.viewer.panels as panels
for each in pkgutil.iter_modules(panels.__path__):
    importlib.import_module(f"bregma.viewer.panels.{each.name}")
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"PySide6", "vtkmodules", "trame", "pyvista"}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
