"""The dialog that writes the scene: a picture, a movie, a page, a 3D file, or the scene itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QProgressDialog,
    QSpinBox,
)

from bregma.viewer.panels.exporting import KINDS, Export, make_export
from bregma.viewer.qt.pieces import make_label
from bregma.viewer.qt.workbench import EXPECTED, Workbench


class Stopped(Exception):
    """The user stopped a movie."""


class ExportDialog(QDialog):
    """Asks for a kind of file, its size and its name.

    Parameters
    ----------
    bench : Workbench
        Whose scene is written.
    parent : QWidget
        The main window.
    """

    def __init__(self, bench: Workbench, parent: Any) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setWindowTitle("Export")
        self.setMinimumWidth(430)
        self.kind = QComboBox()
        self.kind.addItems([kind.label for kind in KINDS])
        self.kind.currentIndexChanged.connect(self._show_fields)
        self.width, self.height = _number(16, 8000, 2400), _number(16, 8000, 1500)
        self.transparent = QCheckBox("Leave the background out")
        self.seconds = QDoubleSpinBox(minimum=0.5, maximum=600, value=8, suffix=" s")
        self.turns = QCheckBox("Turn the brain around")
        self.turns.setChecked(bench.player.timeline.span is None)
        self.note = make_label("quiet")
        self._form = QFormLayout(self)
        self._form.addRow("As", self.kind)
        self._form.addRow("Width, pixels", self.width)
        self._form.addRow("Height, pixels", self.height)
        self._form.addRow("", self.transparent)
        self._form.addRow("Length", self.seconds)
        self._form.addRow("", self.turns)
        self._form.addRow(self.note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        self._form.addRow(buttons)
        self._progress = QProgressDialog("Drawing the movie …", "Stop", 0, 100, self)
        self._progress.setWindowModality(Qt.WindowModality.WindowModal)
        self._progress.reset()
        self._show_fields()

    def save(self) -> None:
        """Ask for the name of the file and write it."""
        kind = KINDS[self.kind.currentIndex()]
        name = f"{self._bench.scene.title or 'brain'}{kind.ending}"
        path, _ = QFileDialog.getSaveFileName(self, "Export", name, f"{kind.label} (*{kind.ending})")
        if path:
            self.write(Path(path).with_suffix(kind.ending))

    def write(self, path: Path) -> None:
        """Write the file; what goes wrong is told here, and the dialog stays."""
        export = make_export(
            self._bench.scene,
            KINDS[self.kind.currentIndex()],
            Export(
                size=(self.width.value(), self.height.value()),
                transparent=self.transparent.isChecked(),
                seconds=self.seconds.value(),
                turns=self.turns.isChecked(),
                progress=self._show_progress,
            ),
        )
        try:
            _busy(lambda: export(path))
        except Stopped:
            self.note.setText("Stopped; nothing was written.")
        except EXPECTED as error:
            self.note.setText(str(error))
        else:
            self._bench.note(f"Written: {path}")
            self.accept()
        finally:
            self._progress.reset()

    def _show_progress(self, share: float) -> None:
        self._progress.setValue(min(round(share * 100), 99))
        QApplication.processEvents()
        if self._progress.wasCanceled():
            raise Stopped

    def _show_fields(self) -> None:
        kind = KINDS[self.kind.currentIndex()]
        for field, shown in (
            (self.width, kind.has_size),
            (self.height, kind.has_size),
            (self.transparent, kind.may_be_transparent),
            (self.seconds, kind.is_movie),
            (self.turns, kind.is_movie),
        ):
            self._form.setRowVisible(field, shown)
        self.note.setText(kind.words)


def _number(low: int, high: int, value: int) -> QSpinBox:
    return QSpinBox(minimum=low, maximum=high, value=value)


def _busy(action: Callable[[], object]) -> None:
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        action()
    finally:
        QApplication.restoreOverrideCursor()
