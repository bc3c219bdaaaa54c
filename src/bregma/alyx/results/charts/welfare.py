"""Charts of a subject's weight and water."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.results.charts import Chart, Json, message, spec

if TYPE_CHECKING:
    from bregma.alyx.results.charts import Columns

_X: Json = {
    "field": "time",
    "type": "temporal",
    "title": None,
    "axis": {"format": "%d %b", "grid": False, "tickCount": 6},
    "scale": {"padding": 12},
}


def weights(weighings: Columns, references: Columns, restrictions: Columns, *, note: str = "") -> Chart:
    """Draw weights (g) with the lines that must not be crossed.

    Parameters
    ----------
    weighings : columns time, weight, percent
        Weight in grams, and in % of the expected weight.
    references : columns start, end, weight, label
        One line per restriction and limit: what the lab asks for, and where a restriction stops.
    restrictions : columns start, end, label
        Times of water restriction.
    note : str
        A line under the title, such as "simulated".
    """
    if not weighings["time"]:
        return message("No weighing has been entered yet.")
    weight = {"type": "quantitative", "title": "Weight (g)", "scale": {"zero": False, "padding": 8}}
    limit = {"field": "label", "type": "nominal", "title": None, "legend": {"orient": "top", "symbolType": "stroke"}}
    layer: list[Json] = [
        restriction_bands(),
        {
            "data": {"name": "references"},
            "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.6},
            "encoding": {
                "x": {**_X, "field": "start"},
                "x2": {"field": "end"},
                "y": {**weight, "field": "weight"},
                "color": {**limit, "scale": {"domain": _labels(references), "range": ["#d9a23b", "#d0564f"]}},
                "tooltip": [
                    {"field": "label", "title": "Of the expected weight"},
                    {"field": "weight", "title": "Weight (g)", "format": ".1f"},
                ],
            },
        },
        {
            "data": {"name": "weighings"},
            "mark": {"type": "line", "strokeWidth": 1.8},
            "encoding": {"x": _X, "y": {**weight, "field": "weight"}},
        },
        {
            "data": {"name": "weighings"},
            "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1},
            "encoding": {
                "x": _X,
                "y": {**weight, "field": "weight"},
                "tooltip": [
                    {**_X, "title": "Day", "format": "%d %b %Y"},
                    {"field": "weight", "title": "Weight (g)", "format": ".1f"},
                    {"field": "percent", "title": "% of expected", "format": ".0f"},
                ],
            },
        },
    ]
    data = {"weighings": weighings, "references": references, "restrictions": restrictions}
    return Chart(spec(height=240, layer=layer), data, "weighings", note=note)


def water(given: Columns, restrictions: Columns, *, note: str = "") -> Chart:
    """Draw the water (mL) given each day: earned in a session, or as a supplement.

    Parameters
    ----------
    given : columns time, millilitres, kind
        One row per day and kind, "reward" or "supplement".
    restrictions : columns start, end, label
        Times of water restriction.
    note : str
        A line under the title.
    """
    if not given["time"]:
        return message("No water has been entered yet.")
    bars: Json = {
        "data": {"name": "given"},
        "mark": {"type": "bar", "size": 7},
        "encoding": {
            "x": _X,
            "y": {"field": "millilitres", "type": "quantitative", "title": "Water (mL)", "stack": "zero"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "title": None,
                "scale": {"domain": ["reward", "supplement"], "range": ["#3d7fc4", "#8fbce6"]},
                "legend": {"orient": "top"},
            },
            "tooltip": [
                {**_X, "title": "Day", "format": "%d %b %Y"},
                {"field": "kind", "title": "Given as"},
                {"field": "millilitres", "title": "Water (mL)", "format": ".2f"},
            ],
        },
    }
    data = {"given": given, "restrictions": restrictions}
    return Chart(spec(height=240, layer=[restriction_bands(), bars]), data, "given", note=note)


def restriction_bands() -> Json:
    """Make the layer that shades times of water restriction, from the dataset ``restrictions``."""
    return {
        "data": {"name": "restrictions"},
        "mark": {"type": "rect", "opacity": 0.1, "color": "#3d7fc4"},
        "encoding": {
            "x": {**_X, "field": "start"},
            "x2": {"field": "end"},
            "tooltip": [{"field": "label", "title": "Water restriction"}],
        },
    }


def _labels(references: Columns) -> list[str]:
    """List the limits, the highest first: orange, then red."""
    found = set(references["label"])
    return sorted(found, key=lambda label: float(label.split()[0]), reverse=True)
