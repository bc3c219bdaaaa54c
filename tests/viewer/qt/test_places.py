"""Where a scene can be shown, and what is said where it cannot."""

import subprocess
import sys
from typing import Any

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


def test_a_fault_of_ours_is_logged_and_told(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("PySide6")
    from bregma.viewer.qt.application import tell_fault
    from bregma.viewer.qt.workbench import Workbench

    bench, told = Workbench(Scene()), list[str]()
    bench.on_problem(told.append)
    tell_fault(bench, KeyError, KeyError("TH"), None)
    assert "A fault of bregma (KeyError: 'TH')" in told[0]
    assert "Ctrl+E saves the scene" in told[0]
    assert "a fault in the window" in caplog.text


def test_what_fails_half_way_leaves_the_scene_whole() -> None:
    pytest.importorskip("PySide6")
    from bregma.atlas import phantom_atlas
    from bregma.viewer.qt.workbench import Workbench

    scene = Scene(phantom_atlas())
    bench, told = Workbench(scene), list[str]()
    bench.on_problem(told.append)
    assert not bench.attempt(lambda: scene.add_region("TH").add_region("TX"))
    assert (scene.layers, len(told)) == ((), 1)
    assert bench.attempt(lambda: scene.add_region("TH"))
    assert told[1] == ""


def test_the_layer_in_hand_follows_selection_and_removal() -> None:
    pytest.importorskip("PySide6")
    from bregma.atlas import phantom_atlas
    from bregma.viewer import Pick
    from bregma.viewer.qt.workbench import Workbench

    scene = Scene(phantom_atlas()).add_region("TH")
    bench, calls = Workbench(scene), list[str]()
    bench.on_choice(lambda: calls.append("chosen"))
    scene.change(selection=Pick(layer="TH", xyz=(0, 0, 0)))
    assert bench.chosen is scene.layer("TH")
    scene.remove("TH")
    assert (bench.chosen, calls) == (None, ["chosen"] * 2)
    bench.close()


def test_the_binding_gives_no_reference_of_none_away(qt: Any) -> None:
    before = sys.getrefcount(None)
    for _ in range(2_000):
        qt.sendPostedEvents()
    assert sys.getrefcount(None) > before - 1_000
