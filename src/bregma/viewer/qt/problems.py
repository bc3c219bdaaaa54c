"""A line above the picture that says what went wrong and what to do."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from bregma.viewer.qt.pieces import make_button
from bregma.viewer.qt.workbench import Workbench


class ProblemBar:
    """Shows the last problem until something goes well again.

    Parameters
    ----------
    bench : Workbench
        Whose problems it tells.
    """

    def __init__(self, bench: Workbench) -> None:
        self.widget = QWidget()
        self.widget.setObjectName("problem")
        self.text = QLabel()
        self.text.setWordWrap(True)
        close = make_button("remove", "Close this message (Ctrl+.)", lambda: bench.tell(""))
        line = QHBoxLayout(self.widget)
        line.setContentsMargins(12, 6, 6, 6)
        line.addWidget(self.text, 1)
        line.addWidget(close)
        bench.on_problem(self.show)
        self.show("")

    def show(self, problem: str) -> None:
        """Show a problem, or nothing for an empty text."""
        self.text.setText(problem)
        self.widget.setVisible(bool(problem))
