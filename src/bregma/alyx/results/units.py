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


@dataclass(frozen=True)
class UnitTable:
    """The units of an insertion, with the columns of which any unit has a value, and a word on their quality."""

    columns: tuple[Column, ...]
    rows: tuple[UnitRow, ...]
    quality: str


def describe_units(metrics: Sequence[Mapping[str, Any]]) -> UnitTable:
    """Write the metrics of units as a table, good units with many spikes first."""
    ordered = sorted(metrics, key=lambda unit: (-(unit.get("label") or 0), -(unit.get("firing_rate") or 0)))
    shown = tuple(column for column in COLUMNS if any(_is_known(unit.get(column.metric)) for unit in metrics))
    rows = tuple(_row(unit, shown) for unit in ordered)
    judged = any(_is_known(unit.get("amp_median")) for unit in metrics)
    quality = f"{sum(row.good for row in rows)} good" if judged else "amplitudes unknown: quality not fully judged"
    return UnitTable(shown, rows, quality)


def why_no_unit_map(metrics: Sequence[Mapping[str, Any]]) -> str:
    """Say which of depths and amplitudes no unit has, so that units cannot be drawn by them; empty when they can."""
    names = {"depths": "depth_um", "amplitudes": "amp_median"}
    missing = [name for name, metric in names.items() if not any(_is_known(unit.get(metric)) for unit in metrics)]
    return f"The source gives no {' and no '.join(missing)}, by which units would be drawn here." if missing else ""


def has_depths(metrics: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the depth of any unit is known."""
    return any(_is_known(unit.get("depth_um")) for unit in metrics)


def _row(unit: Mapping[str, Any], columns: Sequence[Column]) -> UnitRow:
    good = (unit.get("label") or 0) >= 1
    cells = [_cell(unit.get(column.metric), column) for column in columns]
    if good and columns[-1].metric == "label":
        cells[-1] = Cell("good", cells[-1].value)
    return UnitRow(int(unit["cluster_id"]), good, tuple(cells))


def _is_known(value: float | None) -> bool:
    return value is not None and value == value


def _cell(value: float | None, column: Column) -> Cell:
    if value is None or not _is_known(value):
        return Cell("–", "")
    scaled = value * column.scale
    return Cell(f"{scaled:.{column.digits}f}", f"{scaled:.6g}" if column.digits else f"{scaled:.0f}")
