"""The tree of brain regions with a search: ticked regions are drawn as surfaces."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from bregma.viewer.panels.regions import RegionRow, drawn_regions, list_regions, search_regions, show_only, tick_region
from bregma.viewer.qt.icons import swatch
from bregma.viewer.qt.pieces import Soon, make_label, make_panel
from bregma.viewer.qt.workbench import Workbench
from bregma.viewer.scene.state import Change, What

_ACRONYM = Qt.ItemDataRole.UserRole
_OPEN_DEPTH = 3


class RegionTree:
    """A search line above the tree of regions.

    Parameters
    ----------
    bench : Workbench
        Whose atlas it shows.
    """

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._items: dict[str, Any] = {}
        self._atlas: Any = None
        self._expanded: set[str] = set()
        self.search = QLineEdit(
            placeholderText="Find a region: TH, hippocampal, visual area 4 …", clearButtonEnabled=True
        )
        self.search.setToolTip("Acronym or words of the name; Return draws the best match")
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._take_best)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(1)
        self.tree.setIndentation(10)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Regions of the atlas")
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.itemChanged.connect(self._tick)
        self.tree.customContextMenuRequested.connect(self._offer)
        self.note = make_label("quiet")
        self.widget = make_panel()
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(8, 8, 8, 4)
        for part in (self.search, self.tree, self.note):
            column.addWidget(part)
        self._refill = Soon(self.fill)
        self._stop_following = bench.scene.follow(self._follow)
        self.fill()

    def fill(self) -> None:
        """Show the atlas of the scene."""
        scene = self._bench.scene
        if not scene.has_atlas:
            self.note.setText("The scene has no atlas yet.")
            return
        if scene.atlas is not self._atlas:
            self._atlas = scene.atlas
            self._build(list_regions(scene.atlas))
        self._show_ticks()

    def close(self) -> None:
        """Follow the scene no more."""
        self._refill.forget()
        self._stop_following()

    def _build(self, rows: tuple[RegionRow, ...]) -> None:
        with QSignalBlocker(self.tree):
            self.tree.clear()
            by_row: dict[int, tuple[Any, int]] = {}
            for row in rows:
                above, depth = by_row.get(row.parent, (None, 0))
                item = QTreeWidgetItem(above or self.tree, [f"{row.acronym}   {row.name}"])
                item.setData(0, _ACRONYM, row.acronym)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
                item.setCheckState(0, Qt.CheckState.Unchecked)
                item.setIcon(0, swatch((row.rgb,)))
                item.setToolTip(0, row.name)
                item.setExpanded(depth < _OPEN_DEPTH)
                by_row[row.row] = (item, depth + 1)
                self._items[row.acronym] = item
        self.note.setText(f"{len(rows):,} regions in {self._atlas.name}")

    def _show_ticks(self) -> None:
        drawn = drawn_regions(self._bench.scene)
        with QSignalBlocker(self.tree):
            for acronym, item in self._items.items():
                state = Qt.CheckState.Checked if acronym in drawn else Qt.CheckState.Unchecked
                if item.checkState(0) != state:
                    item.setCheckState(0, state)

    def _tick(self, item: Any, column: int) -> None:
        acronym, ticked = item.data(0, _ACRONYM), item.checkState(0) == Qt.CheckState.Checked
        if not self._bench.attempt(lambda: tick_region(self._bench.scene, acronym, ticked)):
            self._show_ticks()

    def _find(self, text: str) -> None:
        if text.strip() and not self._expanded:
            self._expanded = {acronym for acronym, item in self._items.items() if item.isExpanded()}
        elif not text.strip():
            for acronym, item in self._items.items():
                item.setExpanded(acronym in self._expanded)
            self._expanded = set()
        found = {row.acronym for row in search_regions(self._atlas, text)} if self._atlas is not None else set()
        for item in self._items.values():
            item.setHidden(bool(text.strip()))
        for acronym in found:
            item = self._items[acronym]
            while item is not None:
                item.setHidden(False)
                item.setExpanded(True)
                item = item.parent()
        if text.strip():
            self.note.setText(f"{len(found)} found" if found else f"no region is like {text.strip()!r}")
        elif self._atlas is not None:
            self.note.setText(f"{len(self._items):,} regions in {self._atlas.name}")

    def _take_best(self) -> None:
        found = search_regions(self._atlas, self.search.text()) if self._atlas is not None else ()
        if found:
            item = self._items[found[0].acronym]
            self.tree.setCurrentItem(item)
            item.setCheckState(0, Qt.CheckState.Checked)

    def _offer(self, place: Any) -> None:
        item = self.tree.itemAt(place)
        if item is None:
            return
        acronym, scene = item.data(0, _ACRONYM), self._bench.scene
        menu = QMenu(self.tree)
        menu.addAction(
            f"Show only {acronym} in volumes", lambda: self._bench.attempt(lambda: show_only(scene, (acronym,)))
        )
        menu.addAction("Show all regions in volumes", lambda: self._bench.attempt(lambda: show_only(scene, ())))
        menu.exec(self.tree.viewport().mapToGlobal(place))

    def _follow(self, change: Change) -> None:
        if change.what is What.LAYER:
            self._refill()
