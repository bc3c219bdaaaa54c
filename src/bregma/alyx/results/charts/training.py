"""Charts of a subject's way through training: performance, trials and fitted parameters over days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.results.charts import Chart, Json, columns, message, reference_rule, spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.results.charts import Columns

STATUSES = {
    "in training": "#9aa4b5",
    "trained 1a": "#d9a23b",
    "trained 1b": "#5b9bd4",
    "ready4ephysrig": "#3d9a8b",
    "ready4delay": "#7f6bc4",
    "ready4recording": "#4f9a46",
    "untrainable": "#c2565a",
    "unbiasable": "#a3607e",
}
"""Colour of each training status."""
_DAY: Json = {
    "field": "date",
    "type": "temporal",
    "title": None,
    "axis": {"format": "%d %b", "grid": False, "tickCount": 6},
    "scale": {"padding": 12},
}


def training(days: Columns, bands: Columns) -> Chart:
    """Draw performance over days on bands of training status.

    Parameters
    ----------
    days : columns date, performance_easy, performance, n_trials, status, url
        Performance in %; a day's mark opens its session.
    bands : columns start, end, status
        Stretches of days with one status of ``STATUSES``.
    """
    if not days["date"]:
        return message("No training session has been analysed yet.")
    y = {
        "field": "performance_easy",
        "type": "quantitative",
        "title": "Correct on easy trials (%)",
        "scale": {"domain": [0, 100]},
    }
    layer: list[Json] = [
        _bands(bands),
        reference_rule("y", 80, style="reference"),
        reference_rule("y", 50, style="zero"),
        {
            "data": {"name": "days"},
            "mark": {"type": "line", "strokeWidth": 1.2, "strokeDash": [3, 3], "style": "quiet"},
            "encoding": {"x": _DAY, "y": {**y, "field": "performance"}},
        },
        {
            "data": {"name": "days"},
            "mark": {"type": "line", "strokeWidth": 2.2},
            "encoding": {"x": _DAY, "y": y},
        },
        {
            "data": {"name": "days"},
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1, "cursor": "pointer"},
            "encoding": {"x": _DAY, "y": y, "href": {"field": "url"}, "tooltip": _DAY_TOOLTIP},
        },
    ]
    note = "Dashed: all trials. Click a day to open its session."
    return Chart(spec(height=260, layer=layer), {"days": days, "bands": bands}, "days", note=note)


def trials_per_day(days: Columns) -> Chart:
    """Draw the number of trials of each session."""
    if not days["date"]:
        return message("No training session has been analysed yet.")
    layer: list[Json] = [
        reference_rule("y", 200, style="reference"),
        reference_rule("y", 400, style="reference"),
        {
            "data": {"name": "days"},
            "mark": {"type": "bar", "size": 9, "cornerRadiusEnd": 2},
            "encoding": {
                "x": _DAY,
                "y": {"field": "n_trials", "type": "quantitative", "title": None},
                "href": {"field": "url"},
                "tooltip": _DAY_TOOLTIP,
            },
        },
    ]
    return Chart(spec(height=150, layer=layer), {"days": days}, "days")


def daily_parameter(days: Columns, *, name: str, title: str, references: Sequence[float]) -> Chart:
    """Draw one fitted parameter over days, with the limits that training asks for."""
    if not days["date"] or all(value is None for value in days[name]):
        return message("No value is known.")
    y = {"field": name, "type": "quantitative", "title": None, "scale": {"zero": False}, "axis": {"tickCount": 5}}
    data = {"name": "days"}
    tooltip = [_DAY_TOOLTIP[0], {"field": name, "title": title, "format": ".3g"}]
    layer: list[Json] = [
        *(reference_rule("y", value, style="reference") for value in references),
        {"data": data, "mark": {"type": "line", "strokeWidth": 1.8}, "encoding": {"x": _DAY, "y": y}},
        {
            "data": data,
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
            "encoding": {"x": _DAY, "y": y, "tooltip": tooltip},
        },
    ]
    return Chart(spec(height=150, layer=layer), {"days": days}, "days")


_DAY_TOOLTIP: list[Json] = [
    {"field": "date", "type": "temporal", "title": "Day", "format": "%d %b %Y"},
    {"field": "status", "title": "Status"},
    {"field": "performance_easy", "title": "Easy trials (%)", "format": ".1f"},
    {"field": "n_trials", "title": "Trials"},
]


def _bands(bands: Columns) -> Json:
    shown = [status for status in STATUSES if status in set(bands["status"])]
    return {
        "data": {"name": "bands"},
        "mark": {"type": "rect", "opacity": 0.22},
        "encoding": {
            "x": {**_DAY, "field": "start"},
            "x2": {"field": "end"},
            "color": {
                "field": "status",
                "type": "nominal",
                "title": None,
                "scale": {"domain": shown, "range": [STATUSES[status] for status in shown]},
                "legend": {"orient": "top", "symbolOpacity": 0.6, "symbolType": "square"},
            },
        },
    }


def band_columns(dates: Sequence[Any], statuses: Sequence[str]) -> Columns:
    """Join days of one status into bands; a band reaches to the first day of the next one."""
    starts = [i for i in range(len(dates)) if i == 0 or statuses[i] != statuses[i - 1]]
    ends = [*starts[1:], len(dates) - 1][: len(starts)]
    return columns(
        start=[dates[i] for i in starts],
        end=[dates[i] for i in ends],
        status=[statuses[i] for i in starts],
    )
