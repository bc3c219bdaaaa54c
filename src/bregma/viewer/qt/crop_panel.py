"""The panel of the box that the scene is cut to."""

from collections.abc import Callable

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout

from bregma.viewer.panels.controls import Control, Kind
from bregma.viewer.panels.cropping import cut_to, read_box
from bregma.viewer.panels.rows import COORDINATES
from bregma.viewer.qt.fields import NumberField
from bregma.viewer.qt.pieces import make_field_label, make_label, make_panel
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.state import Change, What

_WORDS = "Cut away what lies outside of a box. Layers that are not to be cut have “Clipped” off."


class CropPanel:
    """From where to where along each coordinate.

    Parameters
    ----------
    bench : Workbench
        Whose scene is cut.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.widget = make_panel()
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(make_label("quiet", _WORDS))
        form = QFormLayout()
        self.sides: list[tuple[NumberField, NumberField]] = []
        for axis, name in enumerate(COORDINATES):
            form.addRow(make_label("heading", name))
            pair = (self._field(axis, "From", "low"), self._field(axis, "To", "high"))
            for field in pair:
                form.addRow(make_field_label(field.control.label, field.widget, field.control.tip), field.widget)
            self.sides.append(pair)
        column.addLayout(form)
        line = QHBoxLayout()
        for label, tip, action in self._presets():
            button = QPushButton(label)
            button.setToolTip(tip)
            button.clicked.connect(lambda _=False, action=action: bench.attempt(action))
            line.addWidget(button)
        column.addLayout(line)
        column.addStretch(1)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the box as it is now."""
        for (low, high), extent in zip(self.sides, read_box(self._bench.scene), strict=True):
            low.show(extent.low)
            high.show(extent.high)

    def close(self) -> None:
        """Follow the scene no more."""
        self._stop_following()

    def _field(self, axis: int, label: str, side: str) -> NumberField:
        extent = read_box(self._bench.scene)[axis]
        control = Control(
            path="",
            label=label,
            kind=Kind.NUMBER,
            tip=f"{label} where along {COORDINATES[axis]} is shown, from bregma",
            low=extent.least,
            high=extent.most,
            unit="mm",
        )

        def change(to: float) -> None:
            self._bench.attempt(lambda: cut_to(self._bench.scene, axis, **{side: float(to)}))
            self.fill()

        return NumberField(control, change, self._bench.hold)

    def _presets(self) -> tuple[tuple[str, str, Callable[[], object]], ...]:
        scene = self._bench.scene
        return (
            ("Left half", "Cut away what lies right of the midline", lambda: scene.crop(ml=(None, 0.0))),
            ("Right half", "Cut away what lies left of the midline", lambda: scene.crop(ml=(0.0, None))),
            ("Whole", "Cut away nothing", lambda: scene.change(clipping=())),
        )

    def _follow(self, change: Change) -> None:
        if change.what is What.CLIPPING:
            self.fill()
