"""Charts of one session's choices and reaction times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.results.charts import Chart, Json, message, reference_rule, spec

if TYPE_CHECKING:
    from bregma.alyx.results.charts import Columns

BLOCKS = ["all trials", "left 20 %", "left 50 %", "left 80 %"]
_BLOCK_COLORS = ["#6b7789", "#d9822b", "#3d9a8b", "#5b7fd4"]
_RELIABLE: Json = {
    "field": "reliable",
    "type": "nominal",
    "legend": None,
    "scale": {"domain": [True, False], "range": [[1, 0], [5, 4]]},
}
_CONTRAST_AXIS: Json = {
    "field": "contrast",
    "type": "quantitative",
    "title": "Signed contrast (%, right positive)",
    "scale": {"domain": [-105, 105], "nice": False},
    "axis": {"values": [-100, -50, -25, 0, 25, 50, 100], "grid": False},
}


def psychometric(points: Columns, curve: Columns) -> Chart:
    """Draw the probability of a rightward choice against contrast, with its fit, per block.

    Parameters
    ----------
    points : columns contrast, p_right, low, high, n_trials, block
        Contrast in %, the 95 % interval of ``p_right`` as ``low`` and ``high``.
    curve : columns contrast, p_right, block, reliable
        The fitted function; dashed where its parameters should not be read.
    """
    if not points["contrast"]:
        return message("This session has no trials to fit.")
    color = _block_color(points)
    p_right = {
        "field": "p_right",
        "type": "quantitative",
        "title": "P(choose right)",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "%"},
    }
    layer: list[Json] = [
        reference_rule("x", 0),
        reference_rule("y", 0.5),
        {
            "data": {"name": "curve"},
            "mark": {"type": "line", "strokeWidth": 2.2, "clip": True},
            "encoding": {"x": _CONTRAST_AXIS, "y": p_right, "color": color, "strokeDash": _RELIABLE},
        },
        {
            "data": {"name": "points"},
            "mark": {"type": "rule", "strokeWidth": 1.2},
            "encoding": {
                "x": _CONTRAST_AXIS,
                "y": {"field": "low", "type": "quantitative"},
                "y2": {"field": "high"},
                "color": color,
            },
        },
        {
            "data": {"name": "points"},
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {
                "x": _CONTRAST_AXIS,
                "y": p_right,
                "color": color,
                "tooltip": [
                    {"field": "block", "title": "Trials"},
                    {"field": "contrast", "title": "Contrast (%)"},
                    {"field": "p_right", "title": "P(right)", "format": ".2f"},
                    {"field": "n_trials", "title": "n"},
                ],
            },
        },
    ]
    return Chart(spec(height=320, layer=layer), {"points": points, "curve": curve}, "points")


def reaction_times(points: Columns) -> Chart:
    """Draw the median reaction time (s) against contrast (%).

    Parameters
    ----------
    points : columns contrast, reaction_time, low, high, n_trials
        Median, and the bounds of its confidence interval; null where there are too few trials.
    """
    if not points["contrast"]:
        return message("This session has no reaction times.")
    data = {"name": "points"}
    y = {
        "field": "reaction_time",
        "type": "quantitative",
        "title": "Median reaction time (s)",
        "scale": {"zero": True},
    }
    tooltip = [
        {"field": "contrast", "title": "Contrast (%)"},
        {"field": "reaction_time", "title": "Median (s)", "format": ".3f"},
        {"field": "n_trials", "title": "n"},
    ]
    bounds = {"x": _CONTRAST_AXIS, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    layer: list[Json] = [
        {"data": data, "mark": {"type": "area", "opacity": 0.16}, "encoding": bounds},
        {"data": data, "mark": {"type": "line", "strokeWidth": 1.8}, "encoding": {"x": _CONTRAST_AXIS, "y": y}},
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
            "encoding": {"x": _CONTRAST_AXIS, "y": y, "tooltip": tooltip},
        },
    ]
    note = "Band: 68 % interval of the median."
    return Chart(spec(height=210, layer=layer), {"points": points}, "points", note=note)


def reaction_time_trials(trials: Columns, median: Columns) -> Chart:
    """Draw each trial's reaction time (s, logarithmic) over the session, with a running median."""
    if not trials["trial"]:
        return message("This session has no reaction times.")
    x = {"field": "trial", "type": "quantitative", "title": "Trial", "scale": {"nice": False, "zero": False}}
    y = {
        "field": "reaction_time",
        "type": "quantitative",
        "title": "Reaction time (s)",
        "scale": {"type": "log", "clamp": True},
        "axis": {"tickCount": 5, "format": "~g"},
    }
    outcome = {
        "field": "outcome",
        "type": "nominal",
        "title": None,
        "scale": {"domain": ["correct", "error"], "range": ["#3d9a8b", "#d0564f"]},
        "legend": {"orient": "top"},
    }
    layer: list[Json] = [
        {
            "data": {"name": "trials"},
            "mark": {"type": "point", "filled": True, "size": 18, "opacity": 0.8},
            "encoding": {
                "x": x,
                "y": y,
                "color": outcome,
                "tooltip": [
                    {"field": "trial", "title": "Trial"},
                    {"field": "reaction_time", "title": "Reaction time (s)", "format": ".3f"},
                    {"field": "contrast", "title": "Contrast (%)"},
                ],
            },
        },
        {
            "data": {"name": "median"},
            "mark": {"type": "line", "strokeWidth": 2.2, "style": "ink"},
            "encoding": {"x": x, "y": y},
        },
    ]
    return Chart(spec(height=210, layer=layer), {"trials": trials, "median": median}, "trials")


def _block_color(points: Columns) -> Json:
    present = set(points["block"])
    shown = [(name, color) for name, color in zip(BLOCKS, _BLOCK_COLORS, strict=True) if name in present]
    return {
        "field": "block",
        "type": "nominal",
        "title": None,
        "scale": {"domain": [name for name, _ in shown], "range": [color for _, color in shown]},
        "legend": {"orient": "top"} if len(shown) > 1 else None,
    }
