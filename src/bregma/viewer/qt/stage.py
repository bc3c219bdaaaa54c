# ruff: noqa: N802 - methods that Qt calls have Qt's names
"""The picture: a scene is drawn without a screen and painted into a Qt widget, which hands the mouse on to VTK."""

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bregma.viewer.panels.summary import tell_pick
from bregma.viewer.qt.overlay import paint_marks
from bregma.viewer.qt.theme import BACKGROUND, QUIET
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.render.hands import Hands
from bregma.viewer.render.lettering import list_live_marks
from bregma.viewer.render.window import Window

_BUTTONS = {
    Qt.MouseButton.LeftButton: "left",
    Qt.MouseButton.MiddleButton: "middle",
    Qt.MouseButton.RightButton: "right",
}
_KEYS = {Qt.Key.Key_Escape: "Escape", Qt.Key.Key_Plus: "plus", Qt.Key.Key_Equal: "equal", Qt.Key.Key_Minus: "minus"}
_KEYS |= {Qt.Key.Key_PageUp: "Prior", Qt.Key.Key_PageDown: "Next", Qt.Key.Key_Left: "Left", Qt.Key.Key_Right: "Right"}
_KEYS |= {Qt.Key.Key_Up: "Up", Qt.Key.Key_Down: "Down", Qt.Key.Key_Space: "space"}
_REST_MS = 90
_HINT = "Drop volumes, meshes, points or tables here, or open them with Ctrl+O;\nrecordings come through Ctrl+Shift+O."
_NOTCH, _MOVED_PIXELS = 120.0, 4.0


class Stage(QWidget):
    """Shows a scene. Pictures are drawn when Qt paints: several changes at once cost one picture.

    Parameters
    ----------
    bench : Workbench
        Whose scene is shown.
    """

    def __init__(self, bench: Workbench) -> None:
        super().__init__()
        self._bench = bench
        self._picture: QImage | None = None
        self._marks: list[Any] = []
        self._stale = self._is_open = True
        self._on_hover: list[Callable[[str], None]] = []
        self.setMouseTracking(True)
        self.setMinimumSize(320, 240)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture of the brain")
        self.window_of_scene = Window(bench.scene, (800, 600))
        self.window_of_scene.on_change(self.refresh)
        self._hands = Hands(
            self.window_of_scene,
            player=bench.player,
            later=lambda seconds, action: QTimer.singleShot(round(seconds * 1e3), self, action),
        )
        self._last = self._pressed = (0.0, 0.0)
        bench.on_hold(self.window_of_scene.set_dragging)
        bench.player.on_change(lambda: self.window_of_scene.set_dragging(bench.player.is_playing))
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._name_what_is_there)

    def on_hover(self, listener: Callable[[str], None]) -> None:
        """Call the listener with a line on what the mouse rests on; empty for nothing."""
        self._on_hover.append(listener)

    def refresh(self) -> None:
        """Draw anew when Qt paints next."""
        self._stale = True
        self.update()

    def close_scene(self) -> None:
        """Free the graphics."""
        self._rest.stop()
        self._is_open = False
        self.window_of_scene.close()

    def paintEvent(self, event: Any) -> None:
        """Draw the scene if it changed, and paint its picture."""
        if self._stale and self._is_open:
            self._stale = False
            self._draw()
        painter = QPainter(self)
        painter.fillRect(self.rect(), BACKGROUND)
        if self._picture is not None:
            painter.drawImage(self.rect(), self._picture)
            painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
            paint_marks(painter, self._marks)
        if not self._bench.scene.layers:
            painter.resetTransform()
            painter.setPen(QColor(QUIET))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _HINT)
        painter.end()

    def resizeEvent(self, event: Any) -> None:
        """Draw as many pixels as there are."""
        if not self._is_open:
            return
        width, height = self._pixels()
        self.window_of_scene.vtk_window.SetSize(width, height)
        self.window_of_scene.fit()
        self.refresh()

    def mousePressEvent(self, event: Any) -> None:
        """Hand a press on."""
        self.setFocus()
        QToolTip.hideText()
        self._rest.stop()
        self._pressed = self._place(event)
        if event.button() in _BUTTONS:
            button = _BUTTONS[event.button()]
            self._bench.watch(lambda: self._hands.press(button, *self._place(event), **_held(event)))

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Hand the second press on."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: Any) -> None:
        """Hand a release on."""
        self._bench.watch(lambda: self._hands.release(*self._place(event)))

    def mouseMoveEvent(self, event: Any) -> None:
        """Hand a movement on; where the mouse rests, say what is there."""
        self._last = self._place(event)
        self._bench.watch(lambda: self._hands.move(*self._last))
        if event.buttons() and math.dist(self._last, self._pressed) >= _MOVED_PIXELS:
            self.window_of_scene.set_dragging(True)
        self._rest.start() if event.buttons() == Qt.MouseButton.NoButton else self._rest.stop()

    def wheelEvent(self, event: Any) -> None:
        """Hand a turn of the wheel on."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._bench.watch(lambda: self._hands.scroll(turned / _NOTCH, *self._place(event), **_held(event)))

    def keyPressEvent(self, event: Any) -> None:
        """Hand a key on that no shortcut took."""
        key = _KEYS.get(event.key())
        if key is None:
            super().keyPressEvent(event)
        else:
            self._bench.watch(lambda: self._hands.type_key(key, **_held(event)))

    def leaveEvent(self, event: Any) -> None:
        """Name nothing when the mouse is elsewhere."""
        self._rest.stop()

    def _draw(self) -> None:
        pixels = self.window_of_scene.draw()
        self._marks = list_live_marks(self._bench.scene, self.window_of_scene.size)
        height, width, _ = pixels.shape
        # The image borrows the array's memory, so the array is kept beside it.
        self._pixels_shown = pixels
        self._picture = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    def _place(self, event: Any) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return event.position().x() * ratio, event.position().y() * ratio

    def _name_what_is_there(self) -> None:
        pick = self.window_of_scene.pick(*self._last)
        words = tell_pick(self._bench.scene, pick) if pick is not None else ""
        for listener in tuple(self._on_hover):
            listener(words)
        if words:
            QToolTip.showText(self.mapToGlobal(self._tip_place()), words, self)
        else:
            QToolTip.hideText()

    def _tip_place(self) -> QPoint:
        ratio = self.devicePixelRatioF()
        return QPoint(round(self._last[0] / ratio) + 12, round(self._last[1] / ratio) + 12)


def _held(event: Any) -> dict[str, bool]:
    keys = event.modifiers()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    return {"ctrl": bool(keys & control), "shift": bool(keys & shift)}
