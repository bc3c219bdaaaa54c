"""Charts as data: a Vega-Lite specification, the columns it draws, and the words around it.

Functions here take plain sequences and arrays, know nothing of requests or databases, and compute nothing
that is science. Public names: Chart, columns, message, reference_rule, spec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json = dict[str, Any]
Columns = dict[str, list[Any]]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

__all__ = ["Chart", "Columns", "Json", "columns", "message", "reference_rule", "spec"]


@dataclass(frozen=True)
class Chart:
    """What the browser gets to draw one figure.

    Attributes
    ----------
    spec : dict or None
        Vega-Lite specification whose data are named; None when there is nothing to draw.
    datasets : mapping
        Name of a dataset to its columns, all of one length.
    table : str
        The dataset that a reader downloads as CSV.
    note : str
        A line under the title, such as "simulated".
    message : str
        What to say instead of a picture.
    """

    spec: Json | None
    datasets: Mapping[str, Columns] = field(default_factory=dict)
    table: str = ""
    note: str = ""
    message: str = ""

    def to_dict(self) -> Json:
        """Return the chart as plain data that is valid JSON."""
        return {
            "spec": self.spec,
            "datasets": dict(self.datasets),
            "table": self.table,
            "note": self.note,
            "message": self.message,
        }


def message(text: str) -> Chart:
    """Make a chart that has nothing to draw and says why."""
    return Chart(spec=None, message=text)


def columns(**values: Sequence[Any] | np.ndarray[Any, Any]) -> Columns:
    """Turn arrays or sequences into columns of JSON values.

    Not-a-number and infinity become null; numbers keep six significant digits; dates are ISO 8601.

    Raises
    ------
    ValueError
        If the columns differ in length.
    """
    lengths = {name: len(column) for name, column in values.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}")
    return {name: [_plain(value) for value in column] for name, column in values.items()}


def spec(*, height: int, layer: Sequence[Json], **parts: Any) -> Json:
    """Make a layered specification as wide as its figure."""
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": list(layer),
        **parts,
    }


def reference_rule(axis: str, value: float, *, style: str = "zero") -> Json:
    """Make a line across the chart at one value of an axis, drawn in a style of the page's theme."""
    return {"data": {"values": [{}]}, "mark": {"type": "rule", "style": style}, "encoding": {axis: {"datum": value}}}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"  # a bare date would be midnight in UTC: the day before, west of it
    return value
