"""The chart of weights and water over days, as data for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.results.charts import Chart, Columns, Json, columns, message, spec

if TYPE_CHECKING:
    from datetime import date

    from bregma.alyx.subjects.water import Restriction, WaterControl

BLUE, LIGHT_BLUE, ORANGE, RED, GREEN, GREY = "#3d7fc4", "#8fbce6", "#c98a1b", "#d0564f", "#2f8f6b", "#7a8494"
LINES = {"expected": GREEN, "reference": GREY, "least": ORANGE, "stop": RED}
X: Json = {
    "field": "time",
    "type": "temporal",
    "title": None,
    "axis": {"format": "%d %b", "grid": False, "tickCount": 6},
    "scale": {"padding": 14},
}
ZOOM: Json = {
    "name": "zoom",
    "bind": "scales",
    "select": {"type": "interval", "encodings": ["x"], "zoom": "wheel![event.ctrlKey || event.shiftKey]"},
}
BARS_SHARE = 0.34
"""The part of the height that bars of water take, below the weights."""


def weight_and_water_chart(water: WaterControl, first: date | None = None) -> Chart:
    """Draw weights, what they are held against, and the water of each day.

    Parameters
    ----------
    water : WaterControl
        All of a subject's entries.
    first : date, optional
        The first day to show; the first entry unless given.
    """
    days = [moment.replace(tzinfo=water.facts.zone) for moment in water.days(first)] if _has_entries(water) else []
    if not days:
        return message("Nothing has been entered yet. The first weighing begins this chart.")
    datasets = {
        "weighings": _weighings(water, days[0].date()),
        "lines": _lines(water, days),
        "given": _given(water, days),
        "restrictions": _restrictions(water, days),
        "implants": _implants(water, days),
    }
    low, high = _range(datasets)
    weight = _axis("weight", "Weight (g)", [low - (high - low) * BARS_SHARE / (1 - BARS_SHARE), high])
    most = max(_sums(datasets["given"]), default=0) or 1
    drink = {**_axis("millilitres", "Water (mL)", [0, most / BARS_SHARE]), "axis": _right_axis(most)}
    layer = [_bands(), _bars(drink), {"layer": [_lines_layer(weight), *_weighing_layers(weight), _implant_layer()]}]
    drawn = spec(height=360, layer=layer, resolve={"scale": dict.fromkeys(("y", "color", "strokeDash"), "independent")})
    return Chart(drawn, datasets, "weighings")


def _has_entries(water: WaterControl) -> bool:
    return bool(water.facts.weighings or water.facts.drinks)


def _weighings(water: WaterControl, first: date) -> Columns:
    points = [point for point in water.weighings.points if point.when.date() >= first]
    moments = [point.when.replace(tzinfo=water.facts.zone) for point in points]
    percents = [water.percentage_of(one.grams, when) or None for one, when in zip(points, moments, strict=True)]
    return columns(time=[one.when for one in points], weight=[one.grams for one in points], percent=percents)


def _lines(water: WaterControl, days: list[Any]) -> Columns:
    """Give a point per day and line; nothing where the lab expects nothing."""
    rows = [(day, *row) for day in days if water.reference_weighing(day) for row in _levels(water, day)]
    known = [row for row in rows if row[2] > 0]
    return columns(
        time=[row[0].replace(tzinfo=None) for row in known],
        line=[row[1] for row in known],
        weight=[row[2] for row in known],
    )


def _levels(water: WaterControl, day: Any) -> list[tuple[str, float]]:
    implant, expected = water.implant_weight(day), water.expected_weight(day)
    reference = ("reference", water.reference_weight(day) + implant)
    if not expected:
        return [reference]
    stop = water.facts.shares.stop * (expected - implant) + implant
    return [reference, ("expected", expected), ("least", water.min_weight(day)), ("stop", stop)]


def _given(water: WaterControl, days: list[Any]) -> Columns:
    rows = [
        (day.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None), kind, amount)
        for day in days
        for kind, amount in (
            ("reward", water.given_water_reward(day)),
            ("supplement", water.given_water_supplement(day)),
        )
        if amount
    ]
    return columns(time=[row[0] for row in rows], kind=[row[1] for row in rows], millilitres=[row[2] for row in rows])


def _restrictions(water: WaterControl, days: list[Any]) -> Columns:
    last = days[-1].replace(tzinfo=None)
    held = [row for row in water.restrictions.rows if (row.end or last) >= days[0].replace(tzinfo=None)]
    words = [
        f"{row.start:%d %b %Y} to {row.end:%d %b %Y}" if row.end else f"since {row.start:%d %b %Y}" for row in held
    ]
    return columns(start=[row.start for row in held], end=[row.end or last for row in held], label=words)


def _period(row: Restriction) -> str:
    start = f"{row.start:%d %b %Y}"
    return f"{start} to {row.end:%d %b %Y}" if row.end else f"since {start}"


def _implants(water: WaterControl, days: list[Any]) -> Columns:
    shown = [point for point in water.implants.points if point.when.date() >= days[0].date()]
    return columns(time=[point.when for point in shown], grams=[point.grams for point in shown])


def _range(datasets: dict[str, Columns]) -> tuple[float, float]:
    weights = [*datasets["weighings"]["weight"], *datasets["lines"]["weight"]]
    low, high = min(weights, default=0.0), max(weights, default=1.0)
    margin = max((high - low) * 0.06, 0.3)
    return low - margin, high + margin


def _sums(given: Columns) -> list[float]:
    sums: dict[Any, float] = {}
    for time, amount in zip(given["time"], given["millilitres"], strict=True):
        sums[time] = sums.get(time, 0) + amount
    return list(sums.values())


def _axis(field: str, title: str, domain: list[float]) -> Json:
    scale = {"domain": domain, "zero": False, "nice": False, "clamp": False}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale}


def _right_axis(most: float) -> Json:
    step = next(step for step in (0.25, 0.5, 1, 2, 5, 10, 50, 100, float("inf")) if most / step <= 4)
    values = [round(step * n, 2) for n in range(5) if step * n <= most * 1.01] if step < float("inf") else [0, most]
    upwards = {"titleAngle": -90, "titleAlign": "left", "titlePadding": 18}
    return {"orient": "right", "grid": False, "values": values, "format": ".2~f", "titleAnchor": "start", **upwards}


def _bands() -> Json:
    label = [{"field": "label", "title": "Water restriction"}]
    encoding = {"x": {**X, "field": "start"}, "x2": {"field": "end"}, "tooltip": label}
    mark = {"type": "rect", "opacity": 0.1, "color": BLUE}
    return {"data": {"name": "restrictions"}, "mark": mark, "encoding": encoding, "params": [ZOOM]}


def _bars(drink: Json) -> Json:
    colour = {
        "field": "kind",
        "type": "nominal",
        "title": None,
        "scale": {"domain": ["reward", "supplement"], "range": [BLUE, LIGHT_BLUE]},
        "legend": {"orient": "top", "symbolType": "square"},
    }
    tooltip = [
        {**X, "title": "Day", "format": "%d %b %Y"},
        {"field": "kind", "title": "Given as"},
        {"field": "millilitres", "title": "Water (mL)", "format": ".2f"},
    ]
    encoding = {"x": {**X, "timeUnit": "yearmonthdate"}, "y": {**drink, "stack": "zero"}, "color": colour}
    mark = {"type": "bar", "width": {"band": 0.7}, "clip": True}
    return {"data": {"name": "given"}, "mark": mark, "encoding": {**encoding, "tooltip": tooltip}}


def _lines_layer(weight: Json) -> Json:
    scale = {"domain": list(LINES), "range": list(LINES.values())}
    dash = {"field": "line", "scale": {"domain": list(LINES), "range": [[1, 0], [2, 3], [6, 4], [3, 3]]}}
    encoding = {
        "x": X,
        "y": weight,
        "color": {"field": "line", "type": "nominal", "title": None, "scale": scale, "legend": {"orient": "top"}},
        "strokeDash": {**dash, "type": "nominal", "title": None, "legend": {"orient": "top"}},
        "tooltip": [
            {**X, "title": "Day", "format": "%d %b %Y"},
            {"field": "line", "title": "Line"},
            {"field": "weight", "title": "Weight (g)", "format": ".1f"},
        ],
    }
    mark = {"type": "line", "strokeWidth": 1.8, "clip": True, "interpolate": "step-after"}
    return {"data": {"name": "lines"}, "mark": mark, "encoding": encoding}


def _weighing_layers(weight: Json) -> list[Json]:
    at = {"x": X, "y": weight}
    tooltip = [
        {**X, "title": "Weighed", "format": "%d %b %Y, %H:%M"},
        {"field": "weight", "title": "Weight (g)", "format": ".1f"},
        {"field": "percent", "title": "% of expected", "format": ".0f"},
    ]
    line = {"type": "line", "strokeWidth": 1.8, "style": "ink", "clip": True}
    point = {"type": "point", "filled": True, "size": 34, "opacity": 1, "style": "ink", "clip": True}
    data = {"name": "weighings"}
    return [
        {"data": data, "mark": line, "encoding": at},
        {"data": data, "mark": point, "encoding": {**at, "tooltip": tooltip}},
    ]


def _implant_layer() -> Json:
    tooltip = [
        {**X, "title": "Implant", "format": "%d %b %Y"},
        {"field": "grams", "title": "Carries (g)", "format": ".2f"},
    ]
    mark = {"type": "point", "shape": "triangle-down", "filled": True, "size": 90, "color": GREY, "clip": True}
    encoding = {"x": X, "y": {"value": 8}, "tooltip": tooltip}
    return {"data": {"name": "implants"}, "mark": mark, "encoding": encoding}
