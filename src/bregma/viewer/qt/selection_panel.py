# ruff: noqa: N802 - methods that Qt calls have Qt's names
"""The panel of what is selected: its region, its place, its value among those of the layer."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from bregma.viewer.panels.summary import Histogram, Summary, number, summarise
from bregma.viewer.qt.pieces import Soon, make_label, make_panel
from bregma.viewer.qt.theme import QUIET, TEXT
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.state import Change, What

_NOTHING = Summary("Nothing selected", "Click anything in the picture: a region, a unit, a probe, a slice.")


class SelectionPanel:
    """Tells what is selected.

    Parameters
    ----------
    bench : Workbench
        Whose selection it is.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.widget = QScrollArea(widgetResizable=True)
        inside = make_panel()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        self.title = make_label("title")
        self.words = make_label("quiet")
        self.lines = QWidget()
        self._form = QFormLayout(self.lines)
        self._form.setContentsMargins(0, 4, 0, 4)
        self._form.setVerticalSpacing(5)
        self.histogram = HistogramView()
        for part in (self.title, self.words, self.lines, self.histogram):
            column.addWidget(part)
        column.addStretch(1)
        self.widget.setWidget(inside)
        bench.on_choice(self.fill)
        self._refill = Soon(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the selection, else the layer in hand."""
        chosen = self._bench.chosen
        summary = summarise(self._bench.scene, chosen.name if chosen is not None else None) or _NOTHING
        colour = "#" + bytes(summary.rgb).hex() if summary.rgb is not None else ""
        mark = f'<span style="color: {colour}">●</span> ' if colour else ""
        self.title.setTextFormat(Qt.TextFormat.RichText)
        self.title.setText(mark + _plain(summary.title))
        self.words.setText(summary.words)
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in summary.lines:
            figure = make_label("figure", value)
            figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(make_label("quiet", name), figure)
        self.histogram.show_histogram(summary.histogram)

    def close(self) -> None:
        """Follow the scene no more."""
        self._refill.forget()
        self._stop_following()

    def _follow(self, change: Change) -> None:
        if change.what in (What.SELECTION, What.LAYER, What.MOMENT):
            self._refill()


class HistogramView(QWidget):
    """Bars in the colours of the picture, with a line at the value that is selected."""

    def __init__(self) -> None:
        super().__init__()
        self._histogram: Histogram | None = None
        self.setFixedHeight(92)
        self.setAccessibleName("Histogram of the values")

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show another one, or none."""
        self._histogram = histogram
        self.setVisible(histogram is not None)
        self.update()

    def paintEvent(self, event: Any) -> None:
        """Draw it."""
        if self._histogram is None:
            return
        painter, area = QPainter(self), QRectF(self.rect()).adjusted(2, 4, -2, -18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self._histogram
        width, tallest = area.width() / len(shown.counts), max(float(shown.counts.max()), 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, (count, rgb) in enumerate(zip(shown.counts.tolist(), shown.colours, strict=True)):
            tall = (count / tallest) * area.height()
            painter.setBrush(QColor(*rgb))
            painter.drawRect(QRectF(area.left() + index * width, area.bottom() - tall, width * 0.92, max(tall, 1.0)))
        low, high = float(shown.edges[0]), float(shown.edges[-1])
        if shown.mark is not None and high > low:
            x = area.left() + (shown.mark - low) / (high - low) * area.width()
            painter.setPen(QPen(QColor(TEXT), 1.5))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QColor(QUIET))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, number(low))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, shown.label)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, number(high))
        painter.end()


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
