# ruff: noqa: N802 - methods that Qt calls have Qt's names
"""The main window: the picture in the middle, layers and regions on the left, panels on the right, time below."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QTabWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bregma.viewer.qt.actions import Action, list_actions, make_action
from bregma.viewer.qt.crop_panel import CropPanel
from bregma.viewer.qt.inspector import Inspector
from bregma.viewer.qt.layer_tree import LayerTree
from bregma.viewer.qt.pieces import make_label, make_panel
from bregma.viewer.qt.problems import ProblemBar
from bregma.viewer.qt.region_tree import RegionTree
from bregma.viewer.qt.selection_panel import SelectionPanel
from bregma.viewer.qt.slices_panel import SlicesPanel
from bregma.viewer.qt.stage import Stage
from bregma.viewer.qt.transport import Transport
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.reading import ENDINGS, open_file
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import View
from bregma.viewer.scene.state import Change, What

_SIZE = (1500, 900)
_NOTE_MS = 12_000
_LEFT_PX, _RIGHT_PX, _BELOW_PX = 320, 310, 160


class MainWindow(QMainWindow):
    """The application around a scene.

    Parameters
    ----------
    scene : Scene
        What is shown and changed.
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.bench = Workbench(scene)
        self.stage = Stage(self.bench)
        self.layers, self.regions = LayerTree(self.bench), RegionTree(self.bench)
        self.inspector, self.slices = Inspector(self.bench), SlicesPanel(self.bench)
        self.selection, self.transport = SelectionPanel(self.bench), Transport(self.bench)
        self.crop = CropPanel(self.bench)
        self.problems = ProblemBar(self.bench)
        self.left = _tabs({"Layers": self.layers.widget, "Regions": self.regions.widget})
        self.right = _tabs({"Layer": self.inspector.widget, "Slices": self.slices.widget, "Crop": self.crop.widget})
        self.actions_by_label = {action.label: make_action(action, self) for action in self._list()}
        self._lay_out()
        self._stop_following = scene.follow(self._follow)
        self._show_title()
        self._show_history()
        self._show_time()
        self.setAcceptDrops(True)
        self.resize(*_SIZE)

    def open_files(self, paths: Sequence[str | Path]) -> None:
        """Open files, one step for each; a file that cannot be opened is told of, and the others are opened."""
        for path in map(Path, paths):
            before = {layer.name for layer in self.bench.scene.layers}
            if not self.bench.attempt(lambda path=path: self.bench.note(open_file(self.bench.scene, path))):  # type: ignore[misc]
                return
            added = [layer.name for layer in self.bench.scene.layers if layer.name not in before]
            if added:
                self.bench.choose(added[-1])

    def ask_files(self) -> None:
        """Let the user choose files to open."""
        every = " ".join(f"*{ending}" for ending in ENDINGS)
        kinds = f"What the viewer reads ({every});;All files (*)"
        paths, _ = QFileDialog.getOpenFileNames(self, "Open files", "", kinds)
        self.open_files(paths)

    def ask_one(self) -> None:
        """Let the user choose a session or an insertion."""
        from bregma.viewer.qt.recording_dialog import RecordingDialog

        RecordingDialog(self.bench, self).open()

    def ask_export(self) -> None:
        """Let the user choose what to write."""
        from bregma.viewer.qt.export_dialog import ExportDialog

        ExportDialog(self.bench, self).open()

    def show_keys(self) -> None:
        """Show what keys and mouse do."""
        from bregma.viewer.qt.keys_dialog import KeysDialog

        KeysDialog(self._list(), self).open()

    def toggle_layer(self) -> None:
        """Show or hide the layer in hand."""
        layer = self.bench.chosen
        if layer is not None:
            self.bench.scene.update(layer.name, visible=not layer.visible)

    def remove_layer(self) -> None:
        """Take the layer in hand out."""
        layer = self.bench.chosen
        if layer is not None:
            self.bench.scene.remove(layer.name)

    def find_region(self) -> None:
        """Go to the search of regions."""
        self.left.setCurrentWidget(self.regions.widget)
        self.regions.search.setFocus()
        self.regions.search.selectAll()

    def dragEnterEvent(self, event: Any) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        """Open the files that were dropped."""
        self.open_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def closeEvent(self, event: Any) -> None:
        """Free the graphics, and follow the scene no more."""
        self._stop_following()
        for part in (self.layers, self.regions, self.inspector, self.slices, self.selection, self.transport, self.crop):
            part.close()
        self.bench.close()
        self.stage.close_scene()
        super().closeEvent(event)

    def _list(self) -> tuple[Action, ...]:
        return list_actions(self)

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.problems.widget)
        column.addWidget(self.stage, 1)
        self.setCentralWidget(middle)
        for side, below in ((Qt.Corner.BottomLeftCorner, "Left"), (Qt.Corner.BottomRightCorner, "Right")):
            self.setCorner(side, getattr(Qt.DockWidgetArea, f"{below}DockWidgetArea"))
        left = self._dock("Scene", self.left, Qt.DockWidgetArea.LeftDockWidgetArea)
        right = self._dock("Properties", self.right, Qt.DockWidgetArea.RightDockWidgetArea)
        selection = _titled("SELECTION", self.selection.widget)
        chosen = self._dock("Selection", selection, Qt.DockWidgetArea.RightDockWidgetArea)
        below = self._dock("Time", self.transport.widget, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._time_dock = below
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([left, right], [_LEFT_PX, _RIGHT_PX], across)
        self.resizeDocks([right, chosen], [430, 330], down)
        self.resizeDocks([below], [_BELOW_PX], down)
        self._make_menus()
        self._share_keys()
        self._make_tool_bar()
        self.statusBar().setSizeGripEnabled(False)
        self._under_mouse = make_label("quiet")
        self._under_mouse.setWordWrap(False)
        self.statusBar().addPermanentWidget(self._under_mouse)
        self.stage.on_hover(self._under_mouse.setText)
        self.bench.on_note(lambda text: self.statusBar().showMessage(text, _NOTE_MS))

    def _dock(self, title: str, widget: Any, area: Any) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)
        dock.setWidget(widget)
        dock.setTitleBarWidget(QWidget())  # the Panels menu shows and hides them
        self.addDockWidget(area, dock)
        return dock

    def _make_menus(self) -> None:
        for action in self._list():
            menu = self._menu(action.menu)
            menu.addAction(self.actions_by_label[action.label])
        panels = self._menu("Panels")
        for dock in self.findChildren(QDockWidget):
            panels.addAction(dock.toggleViewAction())

    def _menu(self, title: str) -> Any:
        found = [action.menu() for action in self.menuBar().actions() if action.text() == title]
        return found[0] if found else self.menuBar().addMenu(title)

    def _share_keys(self) -> None:
        for widget in (self.stage, self.transport.axis):
            widget.addActions(list(self.actions_by_label.values()))

    def _make_tool_bar(self) -> None:
        bar = QToolBar("Tools", self, iconSize=QSize(20, 20), movable=False)
        bar.setObjectName("Tools")
        group = ""
        for action in self._list():
            if action.icon:
                if group and action.menu != group:
                    bar.addSeparator()
                group = action.menu
                bar.addAction(self.actions_by_label[action.label])
        bar.addSeparator()
        for view in View:
            button = QToolButton()
            button.setDefaultAction(self.actions_by_label[view.value.capitalize()])
            bar.addWidget(button)
        self.addToolBar(bar)

    def _show_title(self) -> None:
        scene = self.bench.scene
        atlas = scene.atlas.name if scene.has_atlas else ""
        self.setWindowTitle(" — ".join(part for part in (scene.title, atlas, "bregma") if part))

    def _show_history(self) -> None:
        self.actions_by_label["Undo"].setEnabled(self.bench.scene.can_undo)
        self.actions_by_label["Redo"].setEnabled(self.bench.scene.can_redo)

    def _follow(self, change: Change) -> None:
        self._show_history()
        if change.what in (What.TITLE, What.LAYER):
            self._show_title()
        if change.what is What.LAYER:
            self._show_time()

    def _show_time(self) -> None:
        self._time_dock.setVisible(self.bench.player.timeline.span is not None)


def _tabs(widgets: dict[str, Any]) -> QTabWidget:
    tabs = QTabWidget(documentMode=True)
    tabs.tabBar().setDrawBase(False)
    for title, widget in widgets.items():
        tabs.addTab(widget, title)
    return tabs


def _titled(title: str, widget: Any) -> QWidget:
    box = make_panel()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 4, 0, 0)
    column.setSpacing(0)
    heading = make_label("heading", title)
    heading.setIndent(12)
    column.addWidget(heading)
    column.addWidget(widget, 1)
    return box
