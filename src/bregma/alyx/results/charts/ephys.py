"""Charts of one insertion: drift map, units, and one unit's correlogram, raster and PSTH."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bregma.alyx.results.charts import Chart, Json, message, reference_rule, spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bregma.alyx.results.charts import Columns


RASTER_HEIGHT = 280
UNIT_HEIGHT, MAX_UNIT_LABELS = 4, 12
"""Of a map of units: pixels of a row, where there are few, and how many rows are named."""
ZERO_COLOR = "#440154"
"""The colour of no spike: where viridis begins."""


def drift_map(cells: Columns, *, time_step: float, depth_step: float, domain: tuple[float, float]) -> Chart:
    """Draw spike counts over time (s) and depth (µm).

    Parameters
    ----------
    cells : columns time, depth, n_spikes
        Lower edges of the cells that hold spikes; empty cells are left out.
    time_step, depth_step : float
        Size of a cell, in seconds and µm.
    domain : tuple of float
        First and last depth, in µm.
    """
    y = {
        "field": "depth",
        "type": "quantitative",
        "title": "Distance from tip (µm)",
        "scale": {"nice": False, "zero": False, "domain": list(domain)},
        "axis": {"grid": False},
    }
    ends = [{"calculate": f"datum.depth + {depth_step:.6g}", "as": "depth_end"}]
    return _heatmap(cells, {"y": y, "y2": {"field": "depth_end"}}, time_step=time_step, ends=ends)


def activity_map(cells: Columns, *, time_step: float, units: Sequence[int], together: int = 1) -> Chart:
    """Draw spike counts over time (s) and unit, for recordings without depths.

    Parameters
    ----------
    cells : columns time, unit, n_spikes
        Beginning and row of the cells that hold spikes; empty cells are left out.
    time_step : float
        Width of a cell, in seconds.
    units : sequence of int
        Cluster id of each row, the first on top.
    together : int
        How many units a row has; it is named by its first.
    """
    if not cells["time"]:
        return message("No spike in this insertion.")
    every = -(-len(units) // MAX_UNIT_LABELS)
    y = {
        "field": "unit",
        "type": "ordinal",
        "title": "Unit (sorted by cluster id)",
        "scale": {"domain": list(units), "padding": 0},
        "axis": {"grid": False, "ticks": False, "values": list(units[::every])},
    }
    rows = "rows are units" if together == 1 else f"rows are units, {together} together"
    height = min(max(UNIT_HEIGHT * len(units), 160), 560)
    chart = _heatmap(cells, {"y": y}, time_step=time_step, height=height)
    return replace(chart, note=f"The source gives no depths: {rows}.")


def _heatmap(
    cells: Columns, rows: Mapping[str, Json], *, time_step: float, ends: Sequence[Json] = (), height: int = 340
) -> Chart:
    """Draw the cells that hold spikes on the colour of zero."""
    if not cells["time"]:
        return message("No spike in this insertion.")
    time = {
        "field": "time",
        "type": "quantitative",
        "title": "Time (s)",
        "scale": {"nice": False, "zero": False},
        "axis": {"grid": False, "tickCount": 10},
    }
    color = {
        "field": "n_spikes",
        "type": "quantitative",
        "title": "Spikes",
        "scale": {"type": "sqrt", "scheme": "viridis"},
        "legend": {"orient": "top", "gradientLength": 120, "gradientThickness": 8},
    }
    layer: Json = {
        "data": {"name": "cells"},
        "transform": [{"calculate": f"datum.time + {time_step:.6g}", "as": "time_end"}, *ends],
        "mark": {"type": "rect", "tooltip": False},
        "encoding": {"x": time, "x2": {"field": "time_end"}, **rows, "color": color},
    }
    return Chart(spec(height=height, layer=[layer], view={"fill": ZERO_COLOR}), {"cells": cells}, "cells")


def units(table: Columns) -> Chart:
    """Draw units by amplitude (µV) and depth (µm), coloured by firing rate (Hz); a click chooses one."""
    if not table["cluster_id"]:
        return message("No unit in this insertion.")
    mark: Json = {
        "data": {"name": "units"},
        "mark": {
            "type": "point",
            "filled": True,
            "size": 50,
            "opacity": 0.9,
            "stroke": "#8a94a6",
            "strokeWidth": 0.6,
            "cursor": "pointer",
        },
        "encoding": {
            "x": {
                "field": "amp_uv",
                "type": "quantitative",
                "title": "Median amplitude (µV)",
                "scale": {"zero": False},
            },
            "y": {"field": "depth_um", "type": "quantitative", "title": "Distance from tip (µm)"},
            "color": {
                "field": "firing_rate",
                "type": "quantitative",
                "title": "Rate (Hz)",
                "scale": {"type": "symlog", "scheme": "viridis"},
                "legend": {"orient": "top", "gradientLength": 120, "gradientThickness": 8},
            },
            "tooltip": [
                {"field": "cluster_id", "title": "Unit"},
                {"field": "depth_um", "title": "Depth (µm)", "format": ".0f"},
                {"field": "amp_uv", "title": "Amplitude (µV)", "format": ".0f"},
                {"field": "firing_rate", "title": "Rate (Hz)", "format": ".2f"},
                {"field": "label", "title": "Label"},
            ],
        },
    }
    return Chart(spec(height=300, layer=[mark]), {"units": table}, "units", note="Click a point to choose the unit.")


def autocorrelogram(bins: Columns, *, bin_size_ms: float) -> Chart:
    """Draw a unit's autocorrelogram: counts over lag (ms)."""
    if not bins["lag_ms"] or not any(bins["count"]):
        return message("This unit has too few spikes for a correlogram.")
    half = bin_size_ms / 2
    bars: Json = {
        "data": {"name": "bins"},
        "transform": [
            {"calculate": f"datum.lag_ms - {half:.6g}", "as": "start"},
            {"calculate": f"datum.lag_ms + {half:.6g}", "as": "end"},
        ],
        "mark": "rect",
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "title": "Lag (ms)",
                "scale": {"nice": False},
                "axis": {"tickCount": 8, "grid": False},
            },
            "x2": {"field": "end"},
            "y": {"field": "count", "type": "quantitative", "title": "Spikes", "axis": {"tickCount": 4}},
            "y2": {"datum": 0},
            "tooltip": [
                {"field": "lag_ms", "title": "Lag (ms)", "format": ".2f"},
                {"field": "count", "title": "Spikes"},
            ],
        },
    }
    return Chart(spec(height=180, layer=[bars]), {"bins": bins}, "bins")


def raster(spikes: Columns, *, window: tuple[float, float], n_trials: int, event: str, note: str = "") -> Chart:
    """Draw one unit's spikes around each event: time (s) against trial."""
    if not spikes["time"]:
        return message(f"This unit fires no spike around {event}.")
    tick = min(max(RASTER_HEIGHT / max(n_trials, 1), 1.5), 7)
    ticks: Json = {
        "data": {"name": "spikes"},
        "mark": {"type": "tick", "orient": "vertical", "size": tick, "thickness": 1.2, "style": "ink"},
        "encoding": {
            "x": _event_time(event, window),
            "y": {
                "field": "trial",
                "type": "quantitative",
                "title": "Trial",
                "scale": {"domain": [0, max(n_trials, 1)], "nice": False},
                "axis": {"grid": False},
            },
        },
    }
    layer = [reference_rule("x", 0, style="reference"), ticks]
    return Chart(spec(height=RASTER_HEIGHT, layer=layer), {"spikes": spikes}, "spikes", note=note)


def psth(bins: Columns, *, window: tuple[float, float], event: str) -> Chart:
    """Draw one unit's firing rate (Hz) around an event, with its standard error."""
    if not bins["time"]:
        return message(f"No firing rate around {event} yet.")
    time = _event_time(event, window)
    rate = {"type": "quantitative", "title": "Firing rate (Hz)", "scale": {"zero": True}}
    layer: list[Json] = [
        reference_rule("x", 0, style="reference"),
        {
            "data": {"name": "bins"},
            "mark": {"type": "area", "opacity": 0.25},
            "encoding": {"x": time, "y": {**rate, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": {"name": "bins"},
            "mark": {"type": "line", "strokeWidth": 1.8},
            "encoding": {
                "x": time,
                "y": {**rate, "field": "rate"},
                "tooltip": [
                    {"field": "time", "title": "Time (s)", "format": ".2f"},
                    {"field": "rate", "title": "Rate (Hz)", "format": ".1f"},
                ],
            },
        },
    ]
    return Chart(spec(height=200, layer=layer), {"bins": bins}, "bins", note="Mean ± standard error.")


def _event_time(event: str, window: tuple[float, float]) -> Json:
    return {
        "field": "time",
        "type": "quantitative",
        "title": f"Time from {event} (s)",
        "scale": {"domain": list(window), "nice": False},
    }
