"""The table of an insertion's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Column:
    """One column: the metric, its title, what it means, and how it is written."""

    metric: str
    title: str
    help: str
    digits: int
    scale: float = 1.0


COLUMNS = (
    Column("cluster_id", "Unit", "number of the unit", 0),
    Column("depth_um", "Depth (µm)", "distance from the tip of the probe", 0),
    Column("firing_rate", "Rate (Hz)", "mean firing rate", 2),
    Column("amp_median", "Amp. (µV)", "median amplitude", 0, 1e6),
    Column("presence_ratio", "Presence", "fraction of the recording with spikes", 2),
    Column("contamination", "Contam.", "estimated contamination by other units", 2),
    Column("label", "Quality", "fraction of the quality tests that the unit passes", 2),
)


@dataclass(frozen=True)
class Cell:
    """One cell: what is shown, and the value by which the browser sorts."""

    text: str
    value: str


@dataclass(frozen=True)
class UnitRow:
    """One unit of the table; ``good`` when it passes every test."""

    cluster_id: int
    good: bool
    cells: tuple[Cell, ...]


def describe_units(metrics: Sequence[Mapping[str, Any]]) -> list[UnitRow]:
    """Write the metrics of units as rows, good units with many spikes first."""
    ordered = sorted(metrics, key=lambda unit: (-(unit.get("label") or 0), -(unit.get("firing_rate") or 0)))
    return [_row(unit) for unit in ordered]


def _row(unit: Mapping[str, Any]) -> UnitRow:
    good = (unit.get("label") or 0) >= 1
    cells = [_cell(unit.get(column.metric), column) for column in COLUMNS[:-1]]
    quality = _cell(unit.get("label"), COLUMNS[-1])
    cells.append(Cell("good" if good else quality.text, quality.value))
    return UnitRow(int(unit["cluster_id"]), good, tuple(cells))


def _cell(value: float | None, column: Column) -> Cell:
    if value is None or value != value:
        return Cell("–", "")
    scaled = value * column.scale
    return Cell(f"{scaled:.{column.digits}f}", f"{scaled:.6g}" if column.digits else f"{scaled:.0f}")
