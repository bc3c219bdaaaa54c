"""Charts of a line: how large its litters are, how often they come, how old its animals are."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bregma.alyx.results.charts import Chart, Json, columns, message, spec

if TYPE_CHECKING:
    from bregma.alyx.colony.breeding.selectors.lines import LineNumbers

SEXES = {"M": "Male", "F": "Female", "U": "Unknown"}
COLOURS = ["#3d8fa8", "#c9803b", "#8a93a3"]
"""Of male, female and unknown; they differ in lightness too."""


def litter_sizes(numbers: LineNumbers) -> Chart:
    """Draw how many litters had how many pups."""
    sizes = numbers.statistics.sizes
    if not sizes:
        return message("No litter of this line was counted yet.")
    pups = range(1, max(sizes) + 1)
    data = columns(pups=list(pups), litters=[sizes.get(n, 0) for n in pups])
    return _bars(data, x="pups", x_title="Pups born", y="litters", y_title="Litters")


def litter_intervals(numbers: LineNumbers) -> Chart:
    """Draw how many days lie between the litters of a pair, in weeks."""
    days = numbers.statistics.intervals
    if not days:
        return message("No pair of this line had two litters yet.")
    weeks = [one // 7 for one in days]
    bins = range(min(weeks), max(weeks) + 1)
    data = columns(days=[7 * week for week in bins], litters=[weeks.count(week) for week in bins])
    return _bars(data, x="days", x_title="Days between litters, by week", y="litters", y_title="Litters")


def ages(numbers: LineNumbers) -> Chart:
    """Draw how old the living animals are, by sex."""
    if not numbers.ages:
        return message("No living animal of this line has a day of birth.")
    rows = [(week, SEXES[sex], n) for week, by_sex in numbers.ages.items() for sex, n in by_sex.items()]
    data = columns(weeks=[row[0] for row in rows], sex=[row[1] for row in rows], animals=[row[2] for row in rows])
    colour = {
        "field": "sex",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(SEXES.values()), "range": COLOURS},
        "legend": {"orient": "top"},
    }
    return _bars(data, x="weeks", x_title="Age (weeks)", y="animals", y_title="Animals", color=colour)


CHARTS = {"sizes": litter_sizes, "intervals": litter_intervals, "ages": ages}


def _bars(data: dict[str, list[Any]], *, x: str, x_title: str, y: str, y_title: str, **encoding: Json) -> Chart:
    heights: Counter[Any] = Counter()
    for place, n in zip(data[x], data[y], strict=True):
        heights[place] += n
    highest = max(heights.values())
    whole = {"format": "d", "values": list(range(highest + 1))} if highest <= 8 else {"format": "d"}
    axes = {
        "x": {"field": x, "type": "ordinal", "title": x_title, "axis": {"labelAngle": 0}},
        "y": {"field": y, "type": "quantitative", "title": y_title, "axis": whole},
        "tooltip": [{"field": name, "type": "nominal"} for name in data],
    }
    layer = {"data": {"name": "bars"}, "mark": {"type": "bar"}, "encoding": {**axes, **encoding}}
    return Chart(spec=spec(height=210, layer=[layer]), datasets={"bars": data}, table="bars")
