"""Title, legend, scale bar and axes over the picture, written with the letters of the screen."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from bregma.viewer.render.marks import Box, Mark, Ramp, Ring, Stroke, Words

_LEAST_LETTER, _RIM_ALPHA = 10.0, 130
_RIM_COLOUR = QColor(14, 17, 22, 200)
# Letters drawn aside cost a tenth of outlines that are stroked.
_RIM = tuple(QPointF(x, y) for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) if x or y)


def paint_marks(painter: QPainter, marks: Iterable[Mark]) -> None:
    """Paint marks, from the lowest to the topmost."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        _PAINTERS[type(mark)](painter, mark)


def _paint_words(painter: QPainter, mark: Words) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(max(mark.size * 0.88, _LEAST_LETTER)))
    sizes = QFontMetricsF(font)
    x = mark.x - sizes.horizontalAdvance(mark.text) * {"l": 0.0, "m": 0.5, "r": 1.0}[mark.anchor[0]]
    up = {"t": sizes.ascent(), "m": (sizes.ascent() - sizes.descent()) / 2, "s": 0.0}
    place = QPointF(x, mark.y + up[mark.anchor[1]])
    painter.setFont(font)
    if mark.halo is not None:
        painter.setPen(QColor(*mark.halo, _RIM_ALPHA))
        for aside in _RIM:
            painter.drawText(place + aside, mark.text)
    painter.setPen(QColor(*mark.colour))
    painter.drawText(place, mark.text)


def _paint_stroke(painter: QPainter, mark: Stroke) -> None:
    painter.setPen(QPen(QColor(*mark.colour), mark.width))
    painter.drawLine(QPointF(mark.x0, mark.y0), QPointF(mark.x1, mark.y1))


def _paint_ring(painter: QPainter, mark: Ring) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_RIM_COLOUR, 2 * mark.width), (QColor(*mark.colour), mark.width)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(QPointF(mark.x, mark.y), mark.radius, mark.radius)


def _paint_box(painter: QPainter, mark: Box) -> None:
    painter.fillRect(QRectF(mark.left, mark.top, mark.right - mark.left, mark.bottom - mark.top), QColor(*mark.colour))


def _paint_ramp(painter: QPainter, mark: Ramp) -> None:
    strip = np.ascontiguousarray(mark.colours[::-1])
    image = QImage(strip.data, 1, len(strip), 3, QImage.Format.Format_RGB888)
    painter.drawImage(QRectF(mark.left, mark.top, mark.right - mark.left, mark.bottom - mark.top), image)


_PAINTERS: dict[type[Any], Any] = {
    Words: _paint_words,
    Stroke: _paint_stroke,
    Ring: _paint_ring,
    Box: _paint_box,
    Ramp: _paint_ramp,
}
