"""Icons of the application, drawn from lines: they are sharp at every size and need no files."""

from functools import cache
from typing import Any

from bregma.viewer.qt.theme import FAINT, TEXT
from bregma.viewer.scene.arrays import Colour

_LINES = {
    "play": '<path d="M8 5v14l11-7z" fill="{0}"/>',
    "pause": '<path d="M8 5v14M16 5v14" stroke-width="3"/>',
    "first": '<path d="M6 5v14M19 5l-9 7 9 7z"/>',
    "back": '<path d="M17 5l-9 7 9 7z"/>',
    "forward": '<path d="M7 5l9 7-9 7z"/>',
    "last": '<path d="M18 5v14M5 5l9 7-9 7z"/>',
    "loop": '<path d="M5 11a7 7 0 0 1 12-4l2 2M19 5v4h-4M19 13a7 7 0 0 1-12 4l-2-2M5 19v-4h4"/>',
    "undo": '<path d="M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4"/>',
    "redo": '<path d="M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4"/>',
    "open": '<path d="M3 19V6h6l2 2h8v3M3 19l3-8h15l-3 8z"/>',
    "one": '<path d="M12 3v18M9 6h6M9 10h6M9 14h6M12 21l-1.5-3h3z"/>',
    "export": '<path d="M12 15V4M8 8l4-4 4 4M4 14v6h16v-6"/>',
    "single": '<rect x="4" y="5" width="16" height="14" rx="1.5"/>',
    "four": '<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M12 5v14M4 12h16"/>',
    "side": '<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M14.5 5v14M14.5 9.7h5.5M14.5 14.3h5.5"/>',
    "fit": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/><circle cx="12" cy="12" r="2"/>',
    "depth": '<path d="M4 6l16 3v6L4 18z"/><path d="M12 7.5v9"/>',
    "cut": '<path d="M5 5h7v14H5z" fill="{0}"/><path d="M12 5h7v14h-7" stroke-dasharray="2 3"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "remove": '<path d="M6 6l12 12M18 6L6 18"/>',
}


@cache
def icon(name: str) -> Any:
    """Return an icon in the colour of text, faint where it is disabled."""
    from PySide6.QtGui import QIcon

    made = QIcon(_draw(name, TEXT))
    made.addPixmap(_draw(name, FAINT), QIcon.Mode.Disabled)
    return made


@cache
def swatch(colours: tuple[Colour, ...], visible: bool = True) -> Any:
    """Return a small disc of colours, from left to right."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QBrush, QColor, QIcon, QLinearGradient, QPainter, QPixmap

    made = QPixmap(32, 32)
    made.fill(Qt.GlobalColor.transparent)
    gradient = QLinearGradient(6, 6, 26, 26)
    for place, rgb in enumerate(colours):
        gradient.setColorAt(place / max(len(colours) - 1, 1), QColor(*rgb, 255 if visible else 70))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(gradient))
    painter.drawEllipse(6, 6, 20, 20)
    painter.end()
    return QIcon(made)


def _draw(name: str, colour: str) -> Any:
    from PySide6.QtCore import QByteArray, Qt
    from PySide6.QtGui import QPainter, QPixmap
    from PySide6.QtSvg import QSvgRenderer

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}"'
    lines = _LINES[name].replace("{0}", colour)
    text = f'{head} stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">{lines}</svg>'
    made = QPixmap(48, 48)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(text.encode())).render(painter)
    painter.end()
    return made
