"""The page of keys and of what the mouse does."""

from typing import Any

from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout

from bregma.viewer.qt.actions import Action
from bregma.viewer.qt.theme import ACCENT, QUIET

_MOUSE = (
    ("drag", "turn the brain"),
    ("Shift + drag, middle button", "move the brain"),
    ("wheel, right button", "zoom"),
    ("click", "select; again at the same place: what lies behind"),
    ("double click", "look at it"),
    ("drag or wheel on a selected slice", "move the slice (with Ctrl: any slice)"),
    ("arrows, Page Up, Page Down", "turn the brain, or step through a slice"),
)


class KeysDialog(QDialog):
    """Shows them all.

    Parameters
    ----------
    actions : tuple of Action
        What the application can do.
    parent : QWidget
        The main window.
    """

    def __init__(self, actions: tuple[Action, ...], parent: Any) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        column = QVBoxLayout(self)
        column.addWidget(QLabel(write_keys(actions)))


def write_keys(actions: tuple[Action, ...]) -> str:
    """Return the page, two columns of menus."""
    menus = dict.fromkeys(action.menu for action in actions)
    blocks = [_block(menu, [(one.key, one.label) for one in actions if one.menu == menu]) for menu in menus]
    blocks.append(_block("Mouse", list(_MOUSE)))
    halves = ("".join(blocks[0::2]), "".join(blocks[1::2]))
    return "<table><tr>" + "".join(f'<td style="padding-right: 40px">{half}</td>' for half in halves) + "</tr></table>"


def _block(title: str, lines: list[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td style="color: {ACCENT}; padding-right: 16px">{key}</td><td>{words}</td></tr>' for key, words in lines
    )
    return f'<p style="color: {QUIET}"><b>{title.upper()}</b></p><table>{rows}</table>'
