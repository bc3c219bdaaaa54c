"""The dialog that opens a session or an insertion through ONE."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from bregma.atlas import Atlas
from bregma.viewer.panels.recordings import RecordingRow, find_recordings
from bregma.viewer.qt.background import Background
from bregma.viewer.qt.pieces import make_label
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.scene import Scene

_ROW = Qt.ItemDataRole.UserRole


class RecordingDialog(QDialog):
    """Finds recordings, and adds one to the scene.

    Parameters
    ----------
    bench : Workbench
        Whose scene it is added to.
    parent : QWidget
        The main window.
    """

    def __init__(self, bench: Workbench, parent: Any) -> None:
        super().__init__(parent)
        self._bench = bench
        self._background = Background(bench, self)
        self._one: Any = None
        self.setWindowTitle("Open a recording")
        self.resize(620, 460)
        self.place = QLineEdit(placeholderText="Server or folder; empty for the one you are logged in to")
        self.kind = QComboBox()
        self.kind.addItems(["Insertions", "Sessions"])
        self.text = QLineEdit(placeholderText="Subject, day (2020-01-31), probe00, or an id")
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setHeaderHidden(True)
        self.list.itemDoubleClicked.connect(lambda *_: self.open_chosen())
        self.note = make_label("quiet")
        find = QPushButton("Find")
        find.clicked.connect(self.find)
        find.setDefault(True)  # Return finds
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Open).setAutoDefault(False)
        buttons.accepted.connect(self.open_chosen)
        buttons.rejected.connect(self.reject)
        column, line = QVBoxLayout(self), QHBoxLayout()
        for part in (self.kind, self.text, find):
            line.addWidget(part, 1 if part is self.text else 0)
        column.addWidget(self.place)
        column.addLayout(line)
        for part in (self.list, self.note, buttons):
            column.addWidget(part)
        self.text.setFocus()

    def use(self, one: Any) -> None:
        """Look with a ONE that is open already."""
        self._one = (self.place.text().strip(), one)

    def find(self) -> None:
        """Look for recordings, beside the window."""
        place, text, insertions = self.place.text().strip(), self.text.text(), self.kind.currentIndex() == 0
        self.note.setText("Looking …")
        self._background.run(
            lambda: find_recordings(self._connect(place), text, insertions=insertions), self._show, self.note.setText
        )

    def open_chosen(self) -> None:
        """Load the recording that is marked, and add it to the scene."""
        item = self.list.currentItem()
        if item is None:
            self.note.setText("Find a recording and mark it first.")
            return
        row: RecordingRow = item.data(0, _ROW)
        self.note.setText(f"Loading {row.title} …")
        atlas = self._bench.scene.atlas
        self._background.run(lambda: self._load(row, atlas), self._add, self.note.setText)

    def done(self, result: int) -> None:
        """Wait for nothing any more."""
        self._background.close()
        super().done(result)

    def _connect(self, place: str) -> Any:
        from bregma.one import ONE

        if self._one is None or self._one[0] != place:
            self._one = (place, ONE(place) if place else ONE())
        return self._one[1]

    def _show(self, rows: tuple[RecordingRow, ...]) -> None:
        self.list.clear()
        for row in rows:
            item = QTreeWidgetItem([row.title, row.words])
            item.setData(0, _ROW, row)
            item.setToolTip(0, row.id)
            self.list.addTopLevelItem(item)
        self.list.resizeColumnToContents(0)
        if rows:
            self.list.setCurrentItem(self.list.topLevelItem(0))
        self.note.setText(f"{len(rows)} found" if rows else "Nothing was found; try fewer words.")

    def _load(self, row: RecordingRow, atlas: Atlas) -> tuple[Layer, ...]:
        """Load into a scene of its own: nobody follows that one, so it may change beside the window."""
        from bregma.viewer.opening import add_recorded

        apart = Scene(atlas)
        add_recorded(apart, self._one[1], row.id)
        return apart.layers

    def _add(self, layers: tuple[Layer, ...]) -> None:
        if self._bench.attempt(lambda: [self._bench.scene.add(layer) for layer in layers]):
            self.accept()
