"""The panel of slices: where each is, how it is tilted, what it shows, and new ones."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
)

from bregma.viewer.panels.controls import Control, Kind
from bregma.viewer.panels.slicing import DIRECTIONS, STEEPEST, list_slices, place_slice, range_mm, read_placing
from bregma.viewer.qt.fields import NumberField
from bregma.viewer.qt.pieces import Soon, make_button, make_label, make_panel
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.building import Direction
from bregma.viewer.scene.layers.volumes import Slice
from bregma.viewer.scene.state import Change, What

_EMPTY = "No slices yet. Add one above, then drag it in the picture, scroll over it, or move it here."


class SlicesPanel:
    """A card for each slice, and buttons for new ones.

    Parameters
    ----------
    bench : Workbench
        Whose slices these are.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.cards: dict[str, SliceCard] = {}
        self.widget = QScrollArea(widgetResizable=True)
        inside = make_panel()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 10, 12, 10)
        line = QHBoxLayout()
        for direction in DIRECTIONS:
            button = QPushButton(direction.capitalize())
            button.setToolTip(f"Add a {direction} slice through bregma, or through the cursor")
            button.clicked.connect(lambda _=False, direction=direction: self.add(direction))
            line.addWidget(button)
        self._column.addLayout(line)
        self._note = make_label("quiet", _EMPTY)
        self._column.addWidget(self._note)
        self._column.addStretch(1)
        self.widget.setWidget(inside)
        self._refill = Soon(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def add(self, direction: Direction) -> None:
        """Add a slice in the middle of the brain, or through the cursor."""
        scene, axis = self._bench.scene, DIRECTIONS[direction]

        def change() -> None:
            low, high = range_mm(scene, axis)
            cursor = scene.state.cursor
            at = (low + high) / 2 * 1e-3 if cursor is None else cursor[axis]
            places = {("ml", "ap", "dv")[axis]: round(at, 5)}
            scene.slice(direction, **places, of=_best_picture(scene))  # type: ignore[arg-type] # one of the three

        self._bench.attempt(change)

    def fill(self) -> None:
        """Show the slices as they are now."""
        slices = {layer.name: layer for layer in list_slices(self._bench.scene)}
        for name in [name for name in self.cards if name not in slices]:
            self.cards.pop(name).widget.deleteLater()
        for name, layer in slices.items():
            if name not in self.cards or not self.cards[name].fits(layer):
                if name in self.cards:
                    self.cards.pop(name).widget.deleteLater()
                self.cards[name] = SliceCard(self._bench, layer)
                self._column.insertWidget(self._column.count() - 1, self.cards[name].widget)
            self.cards[name].show_layer(layer)
        self._note.setVisible(not slices)

    def close(self) -> None:
        """Follow the scene no more."""
        self._refill.forget()
        self._stop_following()

    def _follow(self, change: Change) -> None:
        if change.what is What.LAYER:
            self._refill()


class SliceCard:
    """Position and tilts of one slice.

    Parameters
    ----------
    bench : Workbench
        Whose scene it is in.
    layer : Slice
        The slice.
    """

    def __init__(self, bench: Workbench, layer: Slice) -> None:
        self._bench, self._name = bench, layer.name
        placing = read_placing(layer)
        self._axis = placing.axis
        low, high = range_mm(bench.scene, placing.axis)
        first, second = placing.tilted_towards
        self.position = self._field(placing.coordinate, low, high, "mm", "Where the slice is, from bregma", self._move)
        self.tilts = (
            self._field(
                f"Tilt {first}", -STEEPEST, STEEPEST, "°", f"Turned towards {first}", lambda to: self._tilt(0, to)
            ),
            self._field(
                f"Tilt {second}", -STEEPEST, STEEPEST, "°", f"Turned towards {second}", lambda to: self._tilt(1, to)
            ),
        )
        self.widget = make_panel()
        grid = QGridLayout(self.widget)
        grid.setContentsMargins(0, 10, 0, 2)
        self._title = make_label("heading")
        self.outlines = QCheckBox("Outlines")
        self.outlines.setToolTip("Draw the borders of regions")
        self.outlines.toggled.connect(lambda on: self._update(outlines=on))
        cut = make_button("cut", "Cut the brain open here (Crop shows it whole again)", self._cut)
        take_out = partial(bench.scene.remove, self._name)
        remove = make_button("remove", "Take this slice out", lambda: bench.attempt(take_out))
        grid.addWidget(self._title, 0, 0, 1, 2)
        grid.addWidget(self.outlines, 0, 2)
        grid.addWidget(cut, 0, 3)
        grid.addWidget(remove, 0, 4)
        for row, field in enumerate((self.position, *self.tilts), start=1):
            grid.addWidget(QLabel(field.control.label), row, 0)
            grid.addWidget(field.widget, row, 1, 1, 4)
        grid.setColumnStretch(1, 1)

    def fits(self, layer: Slice) -> bool:
        """Return whether the slice still cuts across the coordinate that this card is for."""
        return read_placing(layer).axis == self._axis

    def show_layer(self, layer: Slice) -> None:
        """Show where the slice is now."""
        placing = read_placing(layer)
        self._title.setText(layer.name.upper())
        self.position.show(placing.position_mm)
        for field, degrees in zip(self.tilts, placing.tilts, strict=True):
            field.show(degrees)
        self.outlines.blockSignals(True)
        self.outlines.setChecked(layer.outlines)
        self.outlines.blockSignals(False)

    def _field(self, label: str, low: float, high: float, unit: str, tip: str, change: Any) -> NumberField:
        control = Control(path="", label=label, kind=Kind.NUMBER, tip=tip, low=low, high=high, unit=unit)
        return NumberField(control, change, self._bench.hold)

    def _cut(self) -> None:
        self._bench.attempt(lambda: self._bench.scene.clip(self._name))

    def _move(self, to: float) -> None:
        self._place(position_mm=float(to))

    def _tilt(self, which: int, to: float) -> None:
        tilts = list(self._placing().tilts)
        tilts[which] = float(to)
        self._place(tilts=tuple(tilts))

    def _placing(self) -> Any:
        layer = self._bench.scene.layer(self._name)
        assert isinstance(layer, Slice)
        return read_placing(layer)

    def _place(self, **changes: Any) -> None:
        placing = replace(self._placing(), **changes)
        self._bench.attempt(lambda: place_slice(self._bench.scene, self._name, placing))

    def _update(self, **changes: Any) -> None:
        self._bench.attempt(lambda: self._bench.scene.update(self._name, **changes))


def _best_picture(scene: Any) -> str:
    return "both" if scene.has_atlas and scene.atlas.template is not None else "annotation"
