# ruff: noqa: N802 - methods that Qt calls have Qt's names
"""The axis of time: ticks, markers of events, the curve of what is selected, and the moment, which the mouse drags."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from bregma.viewer.panels.series import Series
from bregma.viewer.panels.summary import number
from bregma.viewer.panels.ticks import choose_ticks, clock
from bregma.viewer.qt.theme import ACCENT, BACKGROUND, EDGE, QUIET, TEXT
from bregma.viewer.scene.arrays import Floats
from bregma.viewer.scene.timeline import Timeline

_LEFT, _RIGHT, _BELOW, _ABOVE = 54.0, 26.0, 18.0, 6.0
_MOST_POINTS, _EVENT_PX = 4000, 5.0


class TimeAxis(QWidget):
    """Draws time from left to right.

    Parameters
    ----------
    seek : callable
        Called with the moment that the mouse is at while it drags.
    hold : callable
        Called with True when a drag begins, and with False when it ends.
    """

    def __init__(self, seek: Callable[[float], None], hold: Callable[[bool], None]) -> None:
        super().__init__()
        self._seek, self._hold = seek, hold
        self._timeline = Timeline(np.empty(0))
        self._series: Series | None = None
        self._moment = 0.0
        self.setMinimumHeight(84)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Time")

    def show_timeline(self, timeline: Timeline) -> None:
        """Show other moments and events."""
        self._timeline = timeline
        self.update()

    def show_series(self, series: Series | None) -> None:
        """Show another curve."""
        self._series = series
        self.update()

    def show_moment(self, moment: float) -> None:
        """Show another moment."""
        self._moment = moment
        self.update()

    def x_of(self, moment: float) -> float:
        """Return the column of a moment, in pixels."""
        low, high = self._timeline.span or (0.0, 1.0)
        area = self._area()
        return area.left() + (moment - low) / max(high - low, 1e-12) * area.width()

    def moment_at(self, x: float) -> float:
        """Return the moment of a column."""
        low, high = self._timeline.span or (0.0, 1.0)
        area = self._area()
        return low + (x - area.left()) / max(area.width(), 1.0) * (high - low)

    def paintEvent(self, event: Any) -> None:
        """Draw all of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.fillRect(area, QColor(BACKGROUND))
        if self._timeline.span is not None:
            self._paint_ticks(painter, area)
            self._paint_curve(painter, area)
            self._paint_events(painter, area)
            self._paint_moment(painter, area)
        painter.end()

    def mousePressEvent(self, event: Any) -> None:
        """Go to where the mouse is."""
        if self._timeline.span is not None:
            self._seek(self.moment_at(event.position().x()))

    def mouseMoveEvent(self, event: Any) -> None:
        """Go along with a pressed mouse; name the event under a free one."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._hold(True)
            self.mousePressEvent(event)
            return
        near = [one for one in self._timeline.events if abs(self.x_of(one.time) - event.position().x()) < _EVENT_PX]
        words = "\n".join(f"{one.label or 'event'}, {clock(one.time, 1.0)}" for one in near)
        QToolTip.showText(event.globalPosition().toPoint(), words, self)

    def mouseReleaseEvent(self, event: Any) -> None:
        """Let the moment go."""
        self._hold(False)

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _ABOVE, self.width() - _LEFT - _RIGHT, self.height() - _ABOVE - _BELOW)

    def _paint_ticks(self, painter: QPainter, area: QRectF) -> None:
        low, high = self._timeline.span or (0.0, 1.0)
        for tick in choose_ticks(low, high, max(int(area.width() // 90), 2)):
            x = self.x_of(tick)
            painter.setPen(QColor(EDGE))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(QUIET))
            box = QRectF(x - 45, area.bottom() + 2, 90, _BELOW - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, clock(tick, high - low))

    def _paint_curve(self, painter: QPainter, area: QRectF) -> None:
        if self._series is None or len(self._series.times) < 2:
            return
        series = _thin(self._series)
        everything = np.concatenate([series.curve, series.low, series.high])
        known = everything[np.isfinite(everything)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        scale = (area.height() - 8) / max(high - low, 1e-12)
        x = np.array([self.x_of(moment) for moment in series.times])

        def line(numbers: Floats) -> list[QPointF]:
            y = area.bottom() - 4 - (np.nan_to_num(numbers, nan=low) - low) * scale
            return [QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)]

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(124, 196, 255, 42))
        painter.drawPolygon(QPolygonF(line(series.low) + line(series.high)[::-1]))
        painter.setPen(QPen(QColor(ACCENT), 1.5))
        painter.drawPolyline(QPolygonF(line(series.curve)))
        painter.setPen(QColor(QUIET))
        right = Qt.AlignmentFlag.AlignRight
        low = 0.0 if abs(low) < (high - low) / 1000 else low
        painter.drawText(QRectF(0, area.top() - 4, _LEFT - 6, 16), right, number(high, 3))
        painter.drawText(QRectF(0, area.bottom() - 12, _LEFT - 6, 16), right, number(low, 3))

    def _paint_events(self, painter: QPainter, area: QRectF) -> None:
        for event in self._timeline.events:
            x, colour = self.x_of(event.time), QColor(*event.rgb)
            if area.left() <= x <= area.right():
                painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                corners = [QPointF(x - 4, area.top() - 5), QPointF(x + 4, area.top() - 5), QPointF(x, area.top() + 3)]
                painter.drawPolygon(QPolygonF(corners))

    def _paint_moment(self, painter: QPainter, area: QRectF) -> None:
        x = min(max(self.x_of(self._moment), area.left()), area.right())
        painter.setPen(QPen(QColor(TEXT), 1.6))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setBrush(QColor(TEXT))
        painter.drawEllipse(QPointF(x, area.bottom()), 3.5, 3.5)


def _thin(series: Series) -> Series:
    step = max(len(series.times) // _MOST_POINTS, 1)
    times, curve, low, high = (part[::step] for part in (series.times, series.curve, series.low, series.high))
    return Series(times, curve, low, high, series.title, series.label)
