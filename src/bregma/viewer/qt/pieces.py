"""Labels, panels and buttons in the styles of the theme."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from bregma.viewer.qt.icons import icon


class Soon:
    """Does something once, when the window has time, however often it is asked for before.

    Parameters
    ----------
    action : callable
        What is done.
    """

    def __init__(self, action: Callable[[], object]) -> None:
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: action())

    def __call__(self) -> None:
        """Ask for it."""
        if not self._timer.isActive():
            self._timer.start(0)

    def forget(self) -> None:
        """Do it no more."""
        self._timer.stop()


def make_label(style: str, text: str = "") -> QLabel:
    """Return a label: a ``title``, a ``heading``, a ``figure`` or ``quiet`` words, in as many lines as they need."""
    label = QLabel(text)
    label.setObjectName(style)
    label.setWordWrap(style in ("title", "quiet"))
    return label


def make_field_label(text: str, field: QWidget, tip: str) -> QLabel:
    """Return the label that stands before a field, as high as the field."""
    label = QLabel(text)
    label.setToolTip(tip)
    label.setMinimumHeight(field.sizeHint().height())
    return label


def make_panel() -> QWidget:
    """Return a widget with the background of panels."""
    panel = QWidget()
    panel.setObjectName("panel")
    return panel


def make_button(name: str, tip: str, action: Callable[[], object], *, checkable: bool = False) -> QToolButton:
    """Return a button with an icon."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setCheckable(checkable)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(lambda *_: action())
    return button
