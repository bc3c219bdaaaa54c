"""A field for each kind of control: a slider with its number, a choice, a tick, a colour, words."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from bregma.viewer.panels.controls import COLOUR_MAPS, Control, Kind
from bregma.viewer.scene.values import colour_table

_STEPS = 1000


class Field:
    """A widget for one control.

    Parameters
    ----------
    control : Control
        What it changes.
    change : callable
        Called with the new value.
    hold : callable
        Called with True when a drag begins and with False when it ends.
    """

    def __init__(self, control: Control, change: Callable[[Any], None], hold: Callable[[bool], None]) -> None:
        self.control = control
        self._change = change
        self._hold = hold
        self.widget: Any = self._make()
        self.widget.setToolTip(control.tip)
        self.widget.setAccessibleName(control.label)

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        raise NotImplementedError

    def _make(self) -> Any:
        raise NotImplementedError


class NumberField(Field):
    """A slider, and the number beside it."""

    def _make(self) -> Any:
        control = self.control
        box = QWidget()
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setMinimumWidth(60)
        self.number = QDoubleSpinBox()
        span = control.high - control.low
        digits = 2 if span >= 0.5 or span <= 0 else 5
        self.number.setDecimals(digits if span < 2000 else 0)
        reach = max(abs(control.low), abs(control.high), 1.0) * 1000
        self.number.setRange(*((0, 1) if control.kind is Kind.SHARE else (-reach, reach)))
        self.number.setSingleStep(span / 100 if span > 0 else 0.1)
        self.number.setSuffix(f" {control.unit}" if control.unit else "")
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(84)
        for part in (self.slider, self.number):
            part.setAccessibleName(control.label)
            line.addWidget(part, 1 if part is self.slider else 0)
        self.slider.sliderPressed.connect(lambda: self._hold(True))
        self.slider.sliderReleased.connect(lambda: self._hold(False))
        self.slider.valueChanged.connect(lambda step: self._change(control.low + step / _STEPS * span))
        self.number.valueChanged.connect(self._change)
        return box

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        span = self.control.high - self.control.low
        share = (float(value) - self.control.low) / span if span > 0 else 0.0
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(min(max(share, 0.0), 1.0) * _STEPS))
            self.number.setValue(float(value))


class ChoiceField(Field):
    """One of several words."""

    def _make(self) -> Any:
        box = QComboBox()
        for choice in self._choices():
            box.addItem(self._icon(choice), choice)
        box.currentTextChanged.connect(self._change)
        return box

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        with QSignalBlocker(self.widget):
            if self.widget.findText(value) < 0:
                self.widget.addItem(self._icon(value), value)
            self.widget.setCurrentText(value)

    def _choices(self) -> tuple[str, ...]:
        return self.control.choices

    def _icon(self, choice: str) -> Any:
        return QIcon()


class ColoursField(ChoiceField):
    """A colour map, shown as it is."""

    def _make(self) -> Any:
        from PySide6.QtCore import QSize

        box = super()._make()
        box.setIconSize(QSize(70, 12))
        return box

    def _choices(self) -> tuple[str, ...]:
        return COLOUR_MAPS

    def _icon(self, choice: str) -> Any:
        table = colour_table(choice)
        strip = QImage(table.tobytes(), len(table), 1, 3 * len(table), QImage.Format.Format_RGB888)
        return QIcon(QPixmap.fromImage(strip).scaled(70, 12))


class FlagField(Field):
    """Yes or no."""

    def _make(self) -> Any:
        box = QCheckBox()
        box.toggled.connect(self._change)
        return box

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        with QSignalBlocker(self.widget):
            self.widget.setChecked(bool(value))


class ColourField(Field):
    """One colour, chosen in a dialog."""

    def _make(self) -> Any:
        button = QPushButton()
        button.clicked.connect(self._ask)
        button.setFixedHeight(22)
        self._rgb = (255, 255, 255)
        return button

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        self._rgb = tuple(value)
        self.widget.setStyleSheet(f"background: {QColor(*self._rgb).name()}; border-radius: 5px;")

    def _ask(self) -> None:
        chosen = QColorDialog.getColor(QColor(*self._rgb), self.widget.window(), self.control.label)
        if chosen.isValid():
            self._change((chosen.red(), chosen.green(), chosen.blue()))


class TextField(Field):
    """Words."""

    def _make(self) -> Any:
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._change(line.text()))
        return line

    def show(self, value: Any) -> None:
        """Show a value that came from the scene."""
        self.widget.setText(str(value))


_KINDS: dict[Kind, type[Field]] = {
    Kind.SHARE: NumberField,
    Kind.NUMBER: NumberField,
    Kind.CHOICE: ChoiceField,
    Kind.COLOURS: ColoursField,
    Kind.FLAG: FlagField,
    Kind.COLOUR: ColourField,
    Kind.TEXT: TextField,
}


def make_field(control: Control, change: Callable[[Any], None], hold: Callable[[bool], None]) -> Field:
    """Return the field of a control."""
    return _KINDS[control.kind](control, change, hold)
