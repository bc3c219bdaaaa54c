# ruff: noqa: N802 - methods that Qt calls have Qt's names
"""Draws the opacity curve of a transfer function over the volume's histogram, and lets it be dragged."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from bregma.viewer.panels.curve import add_point, find_point, move_point, remove_point
from bregma.viewer.panels.held import Held, histogram_of
from bregma.viewer.qt.theme import ACCENT, BACKGROUND, EDGE, FAINT, QUIET, TEXT
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.values import colour_table

_EDGE_PX, _REACH_PX, _BINS = 9.0, 11.0, 64


class CurveEditor(QWidget):
    """Points on a curve: drag one, double-click to add one, right-click to take one away.

    Parameters
    ----------
    bench : Workbench
        Whose layer in hand is changed.
    """

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._layer: Any = None
        self._held: int | None = None
        self.setFixedHeight(124)
        self.setToolTip("Opacity by intensity: drag a point, double-click adds one, right-click removes one")
        self.setAccessibleName("Opacity curve")

    def show_layer(self, layer: Any) -> None:
        """Show the curve of a volume."""
        self._layer = layer
        self.update()

    def place_of(self, index: int) -> QPointF:
        """Return where a point of the curve is, in pixels."""
        assert self._layer is not None
        x, y = self._layer.transfer.opacity[index]
        area = self._area()
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def paintEvent(self, event: Any) -> None:
        """Draw histogram, curve and points."""
        if self._layer is None:
            return
        painter, area = QPainter(self), self._area()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(area, QColor(BACKGROUND))
        self._paint_histogram(painter, area)
        curve = [self.place_of(index) for index in range(len(self._layer.transfer.opacity))]
        filled = QPolygonF([QPointF(curve[0].x(), area.bottom()), *curve, QPointF(curve[-1].x(), area.bottom())])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ramp(area))
        painter.drawPolygon(filled)
        painter.setPen(QPen(QColor(TEXT), 1.6))
        painter.drawPolyline(QPolygonF(curve))
        for index, place in enumerate(curve):
            painter.setBrush(QColor(ACCENT if index == self._held else BACKGROUND))
            painter.drawEllipse(place, 4.5, 4.5)
        painter.end()

    def mousePressEvent(self, event: Any) -> None:
        """Take a point, or take one away."""
        index = self._find(event)
        if index is not None and event.button() == Qt.MouseButton.RightButton:
            self._change(remove_point(self._curve(), index))
        elif index is not None:
            self._held = index
            self._bench.hold(True)
            self.update()

    def mouseMoveEvent(self, event: Any) -> None:
        """Move the point in hand."""
        if self._held is not None:
            self._change(move_point(self._curve(), self._held, *self._share(event)))

    def mouseReleaseEvent(self, event: Any) -> None:
        """Let it go."""
        if self._held is not None:
            self._held = None
            self._bench.hold(False)
            self.update()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Add a point."""
        if self._layer is not None and self._find(event) is None:
            curve, _ = add_point(self._curve(), *self._share(event))
            self._change(curve)

    def _change(self, curve: Any) -> None:
        from dataclasses import replace

        layer = self._layer
        if layer is not None:
            transfer = replace(layer.transfer, opacity=curve)
            self._bench.attempt(lambda: self._bench.scene.update(layer.name, transfer=transfer))

    def _curve(self) -> Any:
        assert self._layer is not None
        return self._layer.transfer.opacity

    def _area(self) -> QRectF:
        return QRectF(_EDGE_PX, _EDGE_PX, self.width() - 2 * _EDGE_PX, self.height() - 2 * _EDGE_PX)

    def _share(self, event: Any) -> tuple[float, float]:
        area, place = self._area(), event.position()
        return (place.x() - area.left()) / area.width(), (area.bottom() - place.y()) / area.height()

    def _find(self, event: Any) -> int | None:
        area = self._area()
        reach = (_REACH_PX / area.width(), _REACH_PX / area.height())
        return find_point(self._curve(), *self._share(event), reach=reach) if self._layer is not None else None

    def _ramp(self, area: QRectF) -> QLinearGradient:
        assert self._layer is not None
        ramp = QLinearGradient(area.topLeft(), area.topRight())
        table = colour_table(self._layer.transfer.colormap)
        for place in range(0, 256, 15):
            red, green, blue = table[place].tolist()
            ramp.setColorAt(place / 255, QColor(red, green, blue, 170))
        return ramp

    def _paint_histogram(self, painter: QPainter, area: QRectF) -> None:
        assert self._layer is not None
        image = self._layer.image
        if image is None and self._bench.scene.has_atlas:
            image = self._bench.scene.atlas.template
        if image is None:
            return
        heights = histogram_of(Held(image), self._layer.transfer.limits, _BINS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(EDGE))
        width = area.width() / len(heights)
        for index, height in enumerate(heights):
            tall = float(height) * area.height()
            painter.drawRect(QRectF(area.left() + index * width, area.bottom() - tall, width * 0.9, tall))
        painter.setPen(QColor(FAINT))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(QUIET))
