"""The application, driven by mouse and keyboard on a screen of its own."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from tests.alf_lab import AlfLab
from tests.viewer.test_opening import LABEL, write_probe

from bregma.viewer.panels.exporting import KINDS
from bregma.viewer.panels.slicing import read_placing
from bregma.viewer.render.camera import MM

Shot = Callable[..., np.ndarray]


def place_of(desk: Any, xyz: tuple[float, float, float]) -> Any:
    """Return where a place in the brain is in the picture."""
    from PySide6.QtCore import QPoint

    window = desk.stage.window_of_scene
    pane, _ = window.sight(*(edge // 2 for edge in window.size))
    column, row, _ = pane.placement.project(np.array(xyz) * MM, pane.size_in(window.size))
    return QPoint(round(column), round(row))


def click(desk: Any, place: Any, **keys: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    held = Qt.KeyboardModifier.ControlModifier if keys.get("ctrl") else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(desk.stage, Qt.MouseButton.LeftButton, held, place)


def drag(widget: Any, start: Any, end: Any, *, ctrl: bool = False) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, held, start)
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(widget, start + (end - start) * share)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, held, end)


def press(desk: Any, label: str) -> None:
    desk.actions_by_label[label].trigger()
    settle()


def settle() -> None:
    from PySide6.QtWidgets import QApplication

    QApplication.processEvents()


def test_a_click_selects_and_the_panel_tells_what_it_is(desk: Any, shot: Shot) -> None:
    desk.bench.scene.hide_layer("Coronal").hide_layer("Units")
    press(desk, "Dorsal")
    shot()
    click(desk, place_of(desk, (0.0015, -0.002, -0.003)))
    picked = desk.bench.scene.state.selection
    assert (picked.layer, picked.region) == ("TH", "TH")
    assert "TH" in desk.selection.title.text()
    assert desk.selection.words.text() == "Thalamus"
    assert desk.bench.chosen.name == "TH"
    shot("selected")


def test_a_long_list_of_what_is_selected_does_not_stretch_the_window(desk: Any) -> None:
    height = desk.height()
    ends = np.stack([np.linspace(-0.004, 0.004, 40), np.full(40, -0.002), np.full(40, -0.003)], axis=1)
    desk.bench.scene.add_insertions(ends[:1], ends[-1:], name="Across")
    desk.bench.choose("Across")
    settle()
    assert desk.selection.lines.layout().rowCount() > 8
    assert desk.height() == height


def test_a_slice_is_dragged_in_the_picture_in_one_step(desk: Any, shot: Shot) -> None:
    from PySide6.QtCore import QPoint

    press(desk, "Oblique")
    desk.bench.scene.hide_layer("Units")
    before = shot()
    place = place_of(desk, (-0.003, -0.002, -0.003))
    drag(desk.stage, place, place + QPoint(90, 0), ctrl=True)
    moved = read_placing(desk.bench.scene.layer("Coronal"))
    assert abs(moved.position_mm + 2) > 0.3
    assert moved.tilts == pytest.approx((0, 0))
    assert np.mean(shot("slice dragged") != before) > 0.01
    assert desk.slices.cards["Coronal"].position.number.value() == pytest.approx(moved.position_mm, abs=0.01)
    press(desk, "Undo")
    assert read_placing(desk.bench.scene.layer("Coronal")).position_mm == pytest.approx(-2)


def test_a_slider_moves_and_tilts_a_slice(desk: Any, shot: Shot) -> None:
    before, card = shot(), desk.slices.cards["Coronal"]
    card.position.number.setValue(0.5)
    card.tilts[0].number.setValue(20.0)
    placing = read_placing(desk.bench.scene.layer("Coronal"))
    assert (placing.position_mm, *placing.tilts) == pytest.approx((0.5, 20, 0))
    desk.right.setCurrentIndex(1)
    assert np.mean(shot("slices panel") != before) > 0.01
    desk.right.setCurrentIndex(0)


def test_time_is_scrubbed_on_its_axis(desk: Any, shot: Shot) -> None:
    from PySide6.QtCore import QPoint

    before, axis = shot(), desk.transport.axis
    drag(axis, QPoint(round(axis.x_of(1.0)), 30), QPoint(round(axis.x_of(7.5)), 30))
    assert desk.bench.scene.state.moment == pytest.approx(7.5, abs=0.02)
    assert desk.transport.time.text() == f"{desk.bench.scene.state.moment:.2f} s"
    assert np.mean(shot("scrubbed") != before) > 0.001


def test_keys_step_through_moments_and_events(desk: Any) -> None:
    press(desk, "One moment on")
    assert desk.bench.scene.state.moment == pytest.approx(0.25)
    press(desk, "Next event")
    assert desk.bench.scene.state.moment == pytest.approx(2.5)
    press(desk, "Event before")
    press(desk, "One moment back")
    assert desk.bench.scene.state.moment == pytest.approx(2.25)


def test_playing_moves_the_time(desk: Any) -> None:
    desk.transport.play.click()
    desk.bench.player.tick(100.0)
    desk.bench.player.tick(101.5)
    assert desk.bench.scene.state.moment == pytest.approx(1.5)
    desk.transport.play.click()
    assert not desk.bench.player.is_playing


def test_a_searched_region_is_drawn_and_taken_out_again(desk: Any, shot: Shot) -> None:
    press(desk, "Find a region")
    desk.regions.search.setText("caudop")
    desk.regions.search.returnPressed.emit()
    assert "CP" in [layer.name for layer in desk.bench.scene.layers]
    shot("region search")
    press(desk, "Undo")
    assert "CP" not in [layer.name for layer in desk.bench.scene.layers]
    desk.regions.search.setText("no such thing")
    assert "no region is like" in desk.regions.note.text()
    desk.regions.search.clear()
    desk.left.setCurrentIndex(0)


def test_a_tick_hides_a_layer(desk: Any) -> None:
    from PySide6.QtCore import Qt

    tree = desk.layers.widget
    (item,) = tree.findItems("TH", Qt.MatchFlag.MatchRecursive, 0)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert not desk.bench.scene.layer("TH").visible
    press(desk, "Undo")
    assert desk.bench.scene.layer("TH").visible
    assert item.checkState(0) == Qt.CheckState.Checked


def test_the_panel_of_a_layer_changes_it_and_a_drag_is_one_step(desk: Any) -> None:
    desk.bench.choose("Units")
    slider = desk.inspector.fields["opacity"].slider
    slider.sliderPressed.emit()
    for step in (900, 700, 400):
        slider.setValue(step)
    slider.sliderReleased.emit()
    assert desk.bench.scene.layer("Units").opacity == pytest.approx(0.4)
    desk.inspector.fields["values.colormap"].widget.setCurrentText("magma")
    assert desk.bench.scene.layer("Units").values.colormap == "magma"
    press(desk, "Undo")
    press(desk, "Undo")
    assert desk.bench.scene.layer("Units").opacity == 1.0


def test_limits_that_cannot_be_are_refused_and_nothing_is_lost(desk: Any) -> None:
    desk.bench.choose("Units")
    field = desk.inspector.fields["values.limits.0"]
    before = desk.bench.scene.state
    field.number.setValue(1e6)
    assert desk.problems.widget.isVisible()
    assert "rising" in desk.problems.text.text()
    assert desk.bench.scene.state is before
    assert field.number.value() == pytest.approx(0, abs=0.01)
    press(desk, "Clear the problem")
    assert not desk.problems.widget.isVisible()


def test_files_are_opened_or_refused_with_the_reason(desk: Any, tmp_path: Path, shot: Shot) -> None:
    np.save(tmp_path / "cells.npy", np.array([[0.001, -0.002, -0.003]] * 3))
    (tmp_path / "notes.docx").write_text("no brain")
    desk.open_files([tmp_path / "cells.npy", tmp_path / "notes.docx"])
    assert len(desk.bench.scene.layer("cells").xyz) == 3
    assert desk.bench.chosen.name == "cells"
    assert "notes.docx is nothing that the viewer reads" in desk.problems.text.text()
    shot("problem")


def test_dropped_files_are_opened(desk: Any, tmp_path: Path) -> None:
    from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
    from PySide6.QtGui import QDropEvent

    np.save(tmp_path / "cells.npy", np.zeros((5, 3)))
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "cells.npy"))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    desk.dropEvent(QDropEvent(QPointF(700, 400), Qt.DropAction.CopyAction, files, left, none))
    assert len(desk.bench.scene.layer("cells").xyz) == 5


def test_a_tick_at_a_group_hides_all_of_it_in_one_step(desk: Any) -> None:
    from PySide6.QtCore import Qt

    desk.bench.scene.add_region("CP")
    settle()
    (heading,) = desk.layers.widget.findItems("Regions", Qt.MatchFlag.MatchExactly, 0)
    heading.setCheckState(0, Qt.CheckState.Unchecked)
    assert [desk.bench.scene.layer(name).visible for name in ("TH", "CP")] == [False, False]
    press(desk, "Undo")
    assert [desk.bench.scene.layer(name).visible for name in ("TH", "CP")] == [True, True]
    desk.bench.scene.hide_layer("CP")
    settle()
    (heading,) = desk.layers.widget.findItems("Regions", Qt.MatchFlag.MatchExactly, 0)
    assert heading.checkState(0) == Qt.CheckState.PartiallyChecked


def test_viewports_and_looks_come_from_the_menu(desk: Any, shot: Shot) -> None:
    whole = shot()
    press(desk, "Slices and brain")
    assert len(desk.bench.scene.state.viewports) == 4
    assert np.mean(shot("four") != whole) > 0.1
    press(desk, "One picture")
    press(desk, "Light or dark")
    assert shot("paper").mean() > 120
    press(desk, "Light or dark")


def test_every_action_has_a_key_of_its_own_and_says_what_it_does(desk: Any) -> None:
    keys = [action.shortcut().toString() for action in desk.actions_by_label.values()]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert all(action.toolTip() and action.statusTip() for action in desk.actions_by_label.values())


def test_the_scene_is_cropped_in_its_panel(desk: Any, shot: Shot) -> None:
    whole = shot()
    desk.right.setCurrentIndex(2)
    low, high = desk.crop.sides[0]
    low.number.setValue(1.0)
    (plane,) = desk.bench.scene.state.clipping
    assert plane.origin == pytest.approx((0.001, 0, 0))
    assert np.mean(shot("cropped") != whole) > 0.01
    high.number.setValue(-3.0)
    assert high.number.value() == pytest.approx(1.05)
    press(desk, "Undo")
    press(desk, "Undo")
    assert desk.bench.scene.state.clipping == ()
    assert low.number.value() == pytest.approx(low.control.low, abs=0.01)
    desk.right.setCurrentIndex(0)


def test_a_transfer_function_is_dragged(desk: Any, shot: Shot) -> None:
    from PySide6.QtCore import QPoint

    desk.bench.scene.add_template()
    desk.bench.choose("Template")
    shot("transfer")
    curve = desk.inspector.curve
    start = curve.place_of(1).toPoint()
    drag(curve, start, start + QPoint(40, -30))
    share, alpha = desk.bench.scene.layer("Template").transfer.opacity[1]
    assert share > 0.2
    assert alpha > 0.15


def test_the_dialog_of_exports_writes_the_scene(desk: Any, tmp_path: Path) -> None:
    from bregma.viewer.qt.export_dialog import ExportDialog

    dialog = ExportDialog(desk.bench, desk)
    dialog.width.setValue(120)
    dialog.height.setValue(80)
    dialog.write(tmp_path / "brain.png")
    assert (tmp_path / "brain.png").stat().st_size > 500
    dialog.write(tmp_path / "brain.png" / "inside.png")
    assert "brain.png" in dialog.note.text()
    assert not dialog.seconds.isVisibleTo(dialog)
    dialog.kind.setCurrentIndex([kind.ending for kind in KINDS].index(".gif"))
    assert dialog.seconds.isVisibleTo(dialog)
    dialog.seconds.setValue(0.5)
    dialog.write(tmp_path / "brain.gif")
    assert (tmp_path / "brain.gif").read_bytes()[:3] == b"GIF"


def test_a_place_without_recordings_is_told_in_the_dialog(desk: Any, qt: Any, tmp_path: Path) -> None:
    from bregma.viewer.qt.recording_dialog import RecordingDialog

    dialog = RecordingDialog(desk.bench, desk)
    dialog.open_chosen()
    assert "mark it first" in dialog.note.text()
    dialog.place.setText(str(tmp_path / "nowhere"))
    dialog.find()
    wait_until(qt, lambda: dialog.note.text() != "Looking …")
    assert "nowhere" in dialog.note.text()
    dialog.reject()


def test_found_recordings_are_listed(desk: Any, qt: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from bregma.viewer.qt.recording_dialog import RecordingDialog

    dialog = RecordingDialog(desk.bench, desk)
    dialog.use(Recordings())
    dialog.show()
    QTest.keyClicks(dialog.text, "KS014 2020-01-31")
    QTest.keyClick(dialog.text, Qt.Key.Key_Return)
    wait_until(qt, lambda: dialog.list.topLevelItemCount() == 1)
    assert dialog.list.topLevelItem(0).text(0) == "probe00"
    assert dialog.note.text() == "1 found"
    dialog.reject()


class Recordings:
    """A ONE that knows one insertion."""

    def find_insertions(self, **terms: Any) -> list[Any]:
        from bregma.one import Insertion

        assert terms == {"subject": "KS014", "date_range": "2020-01-31"}
        return [Insertion(pid=UUID(int=1), eid=UUID(int=2), name="probe00", model="3B2")]


def wait_until(qt: Any, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        qt.processEvents()
        time.sleep(0.01)


def test_the_page_of_keys_names_every_action(desk: Any) -> None:
    from bregma.viewer.qt.actions import list_actions
    from bregma.viewer.qt.keys_dialog import write_keys

    actions = list_actions(desk)
    page = write_keys(actions)
    assert all(action.key in page and action.label in page for action in actions)


def test_keys_that_write_numbers_and_press_buttons_do_only_that(desk: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    desk.activateWindow()
    assert QTest.qWaitForWindowActive(desk, 5000)
    desk.bench.choose("Units")
    number = desk.inspector.fields["size"].number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "2.5")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert desk.bench.scene.layer("Units").size == 2.5
    assert (len(desk.bench.scene.state.viewports), desk.bench.scene.state.moment) == (1, 0.0)
    desk.transport.loop.setFocus()
    QTest.keyClick(desk.transport.loop, Qt.Key.Key_Space)
    assert not desk.bench.player.is_playing
    desk.stage.setFocus()
    QTest.keyClick(desk.stage, Qt.Key.Key_Space)
    assert desk.bench.player.is_playing
    desk.transport.loop.setChecked(True)


def test_keys_work_where_no_text_is_written(desk: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    desk.stage.setFocus()
    QTest.keyClick(desk.stage, Qt.Key.Key_Right)
    assert desk.bench.scene.camera.is_free
    desk.actions_by_label["Whole brain"].trigger()
    assert not desk.bench.scene.camera.is_free


def test_a_recording_is_opened_in_one_step(desk: Any, qt: Any, tmp_path: Path, shot: Shot) -> None:
    from bregma.viewer.qt.recording_dialog import RecordingDialog

    lab = AlfLab(tmp_path)
    write_probe(lab.add_session("KS014", "2019-08-30") / "alf" / "probe00")
    lab.add_insertion(lab.eid(), "probe00")
    lab.write()
    dialog = RecordingDialog(desk.bench, desk)
    dialog.use(lab.open())
    dialog.kind.setCurrentText("Sessions")
    dialog.find()
    wait_until(qt, lambda: dialog.list.topLevelItemCount() == 1)
    dialog.open_chosen()
    wait_until(qt, lambda: desk.bench.scene.state.find(f"{LABEL} units") is not None)
    assert {layer.group for layer in desk.bench.scene.layers} == {"", LABEL}
    shot("recording")
    press(desk, "Undo")
    assert {layer.group for layer in desk.bench.scene.layers} == {""}
