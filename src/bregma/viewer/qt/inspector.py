"""The panel of the layer in hand: a field for all that can be changed of it."""

from typing import Any

from PySide6.QtWidgets import QFormLayout, QScrollArea, QVBoxLayout, QWidget

from bregma.viewer.panels.controls import Control, list_controls
from bregma.viewer.panels.rows import describe_layer
from bregma.viewer.qt.curve_editor import CurveEditor
from bregma.viewer.qt.fields import Field, make_field
from bregma.viewer.qt.pieces import make_field_label, make_label, make_panel
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.state import Change, What

_NOTHING = "Click an object in the picture, or choose a layer on the left."


class Inspector:
    """Fields for the layer in hand.

    Parameters
    ----------
    bench : Workbench
        Whose layer it shows.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._controls: tuple[Control, ...] = ()
        self.fields: dict[str, Field] = {}
        self.curve: CurveEditor | None = None
        self.widget = QScrollArea(widgetResizable=True)
        self._title = make_label("title")
        self._words = make_label("quiet")
        self._form = QWidget()
        inside = make_panel()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 10, 12, 10)
        for part in (self._title, self._words, self._form):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.widget.setWidget(inside)
        bench.on_choice(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the layer in hand as it is now."""
        layer = self._bench.chosen
        self._title.setText(layer.name if layer is not None else "Nothing chosen")
        self._words.setText(describe_layer(layer, self._bench.scene) if layer is not None else _NOTHING)
        controls = list_controls(layer, self._bench.scene) if layer is not None else ()
        if controls != self._controls or not self.fields:
            self._controls = controls
            self._build(hasattr(layer, "transfer"))
        if layer is not None:
            for field in self.fields.values():
                field.show(field.control.read(layer))
            if self.curve is not None:
                self.curve.show_layer(layer)

    def close(self) -> None:
        """Follow the scene no more."""
        self._stop_following()

    def _build(self, with_curve: bool) -> None:
        old, self._form = self._form, QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 6, 0, 0)
        form.setHorizontalSpacing(10)
        self.fields, section = {}, ""
        for control in self._controls:
            if control.section != section:
                section = control.section
                form.addRow(make_label("heading", section.upper()))
            field = make_field(control, self._changer(control), self._bench.hold)
            form.addRow(make_field_label(control.label, field.widget, control.tip), field.widget)
            self.fields[control.path] = field
        self.curve = CurveEditor(self._bench) if with_curve else None
        if self.curve is not None:
            form.addRow(self.curve)
        self._column.replaceWidget(old, self._form)
        old.hide()
        old.deleteLater()

    def _changer(self, control: Control) -> Any:
        def change(value: Any) -> None:
            layer = self._bench.chosen
            if layer is not None and not self._bench.attempt(
                lambda: control.write(self._bench.scene, layer.name, value)
            ):
                self.fill()

        return change

    def _follow(self, change: Change) -> None:
        if change.what is What.LAYER and self._bench.chosen is not None and change.name == self._bench.chosen.name:
            self.fill()
