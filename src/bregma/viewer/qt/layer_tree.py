"""The tree of the scene's layers: which there are, which are drawn, which one is in hand."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem

from bregma.viewer.panels.rows import LayerRow, list_rows
from bregma.viewer.qt.icons import swatch
from bregma.viewer.qt.pieces import Soon
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.state import Change, What

_ROOM_PX, _WIDEST_PX = 84, 190
_NAME = Qt.ItemDataRole.UserRole


class LayerTree:
    """Layers under headings, with a tick each.

    Parameters
    ----------
    bench : Workbench
        Whose layers these are.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self.widget = QTreeWidget()
        self.widget.setHeaderHidden(True)
        self.widget.setColumnCount(2)
        self.widget.setIndentation(14)
        self.widget.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.widget.setAccessibleName("Layers of the scene")
        self.widget.header().setStretchLastSection(True)
        self.widget.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.widget.itemChanged.connect(self._tick)
        self.widget.currentItemChanged.connect(self._choose)
        self.widget.customContextMenuRequested.connect(self._offer)
        self._rows: tuple[LayerRow, ...] = ()
        bench.on_choice(self._mark)
        self._refill = Soon(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the layers as they are now."""
        rows = list_rows(self._bench.scene)
        same = [(row.name, row.group) for row in rows] == [(row.name, row.group) for row in self._rows]
        self._rows = rows
        with QSignalBlocker(self.widget):
            if not same:
                self._build()
            items = self._items()
            for row in rows:
                _show(items[row.name], row)
            for heading in self._headings():
                heading.setCheckState(0, _state_of([heading.child(index) for index in range(heading.childCount())]))
        self._mark()

    def close(self) -> None:
        """Follow the scene no more."""
        self._refill.forget()
        self._stop_following()

    def _build(self) -> None:
        self.widget.clear()
        groups: dict[str, Any] = {}
        for row in self._rows:
            if row.group not in groups:
                heading = groups[row.group] = QTreeWidgetItem([row.group, ""])
                heading.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
                self.widget.addTopLevelItem(heading)
                heading.setCheckState(0, Qt.CheckState.Checked)
                heading.setFirstColumnSpanned(True)
            item = QTreeWidgetItem(groups[row.group])
            item.setData(0, _NAME, row.name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        self.widget.expandAll()
        widest = max((self.widget.fontMetrics().horizontalAdvance(row.label) for row in self._rows), default=0)
        self.widget.header().resizeSection(0, min(widest + _ROOM_PX, _WIDEST_PX))

    def _headings(self) -> list[Any]:
        return [self.widget.topLevelItem(index) for index in range(self.widget.topLevelItemCount())]

    def _items(self) -> dict[str, Any]:
        found = [top.child(index) for top in self._headings() for index in range(top.childCount())]
        return {item.data(0, _NAME): item for item in found}

    def _tick(self, item: Any, column: int) -> None:
        ticked = item.checkState(0) == Qt.CheckState.Checked
        inside = [item.child(index) for index in range(item.childCount())] or [item]
        names = [one.data(0, _NAME) for one in inside]

        def change() -> None:
            for name in names:
                if self._bench.scene.layer(name).visible != ticked:
                    self._bench.scene.update(name, visible=ticked)

        if column == 0:
            self._bench.attempt(change)

    def _choose(self, item: Any, before: Any) -> None:
        if item is not None and item.data(0, _NAME):
            self._bench.choose(item.data(0, _NAME))

    def _mark(self) -> None:
        chosen = self._bench.chosen
        with QSignalBlocker(self.widget):
            self.widget.setCurrentItem(self._items().get(chosen.name) if chosen is not None else None)

    def _offer(self, place: Any) -> None:
        item = self.widget.itemAt(place)
        name = item.data(0, _NAME) if item is not None else None
        if name:
            menu = QMenu(self.widget)
            menu.addAction("Show only this layer", lambda: self.show_only(name))
            menu.addAction("Show all layers", lambda: self.show_only(None))
            menu.addSeparator()
            menu.addAction("Remove", lambda: self._bench.attempt(lambda: self._bench.scene.remove(name)))
            menu.exec(self.widget.viewport().mapToGlobal(place))

    def show_only(self, name: str | None) -> None:
        """Hide all layers but one; None shows all."""

        def change() -> None:
            for layer in self._bench.scene.layers:
                self._bench.scene.update(layer.name, visible=name in (None, layer.name))

        self._bench.attempt(change)

    def _follow(self, change: Change) -> None:
        if change.what is What.LAYER:
            self._refill()


def _show(item: Any, row: LayerRow) -> None:
    item.setCheckState(0, Qt.CheckState.Checked if row.visible else Qt.CheckState.Unchecked)
    item.setText(0, row.label)
    item.setIcon(0, swatch(row.colours, row.visible))
    item.setText(1, row.words)
    item.setToolTip(0, f"{row.name}: {row.words}")
    item.setToolTip(1, f"{row.name}: {row.words}")
    item.setForeground(1, Qt.GlobalColor.gray)


def _state_of(items: list[Any]) -> Any:
    states = {item.checkState(0) for item in items}
    return states.pop() if len(states) == 1 else Qt.CheckState.PartiallyChecked
