"""A subject's weights and water as columns and figures. Grams, millilitres, and days in UTC."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from bregma.alyx.results.charts import Chart, columns, welfare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
    from bregma.alyx.results.charts import Columns
    from bregma.alyx.results.selectors import Welfare

SIMULATED = "Simulated: no recording gives these values."


@dataclass(frozen=True)
class LastWeight:
    """The last weighing of a subject, in grams and, when its lab expects one, in % of the expected weight."""

    grams: float
    percent: float | None
    time: datetime | None


def last_weight(rows: Welfare) -> LastWeight | None:
    """Return the last weighing, or None when there is none."""
    if not rows.weighings:
        return None
    last = rows.weighings[-1]
    return LastWeight(last.weight, _percent(rows, last), last.date_time)


def open_restriction(rows: Welfare) -> WaterRestriction | None:
    """Return the restriction under which the subject is now, or None."""
    now = timezone.now()
    return next((row for row in reversed(rows.restrictions) if _holds(row, now)), None)


def weight_chart(rows: Welfare) -> Chart:
    """Make the figure of weights with the limits of each restriction."""
    known = [row for row in rows.weighings if row.date_time]
    weighings = columns(
        time=[row.date_time for row in known],
        weight=[row.weight for row in known],
        percent=[_percent(rows, row) for row in known],
    )
    return welfare.weights(weighings, _limits(rows), restriction_columns(rows), note=_note(rows))


def water_chart(rows: Welfare) -> Chart:
    """Make the figure of the water given each day."""
    return welfare.water(water_per_day(rows.water), restriction_columns(rows), note=_note(rows))


def water_per_day(rows: Sequence[WaterAdministration]) -> Columns:
    """Sum the water of each day: a reward belongs to a session, a supplement does not."""
    sums: dict[tuple[date, str], float] = defaultdict(float)
    for row in rows:
        if row.date_time and row.water_administered:
            kind = "supplement" if row.session_id is None else "reward"
            sums[row.date_time.date(), kind] += row.water_administered
    keys = sorted(sums)
    return columns(
        time=[day for day, _ in keys], millilitres=[sums[key] for key in keys], kind=[kind for _, kind in keys]
    )


def restriction_columns(rows: Welfare) -> Columns:
    """Give the restrictions as bands; an open one lasts until the last entry."""
    known = [row for row in rows.restrictions if row.start_time]
    return columns(
        start=[row.start_time.date() for row in known if row.start_time],
        end=[_end(row, rows) for row in known],
        label=[_period(row) for row in known],
    )


def _limits(rows: Welfare) -> Columns:
    """Give the weights at which people act, of each restriction from its start."""
    lines = [(row, *limit) for row in rows.restrictions if row.start_time for limit in _limits_at(rows, row.start_time)]
    return columns(
        start=[row.start_time for row, _, _ in lines],
        end=[_end(row, rows) for row, _, _ in lines],
        weight=[weight for _, weight, _ in lines],
        label=[label for _, _, label in lines],
    )


def _limits_at(rows: Welfare, moment: datetime) -> list[tuple[float, str]]:
    control = rows.control
    if not control.reference_weighing(moment):
        return []
    implant, expected = control.implant_weight(moment), control.expected_weight(moment)
    shares = sorted(set(control.thresholds), reverse=True) if expected else []
    return [(share * (expected - implant) + implant, f"{100 * share:.0f} %") for share in shares]


def _percent(rows: Welfare, weighing: Weighing) -> float | None:
    """Return a weight in % of what was expected then; None when nothing was."""
    control, moment = rows.control, weighing.date_time
    if moment is None or not control.reference_weighing(moment):
        return None
    return control.percentage_of(weighing.weight, moment) or None


def _holds(row: WaterRestriction, moment: datetime) -> bool:
    started = row.start_time is not None and row.start_time.date() <= moment.date()
    return started and (row.end_time is None or row.end_time >= moment)


def _end(row: WaterRestriction, rows: Welfare) -> datetime | None:
    """Return when a restriction ends; one that is open is drawn up to the last entry of any kind."""
    if row.end_time:
        return row.end_time
    moments = [row.start_time, *(last.date_time for last in rows.weighings[-1:])]
    moments += [last.date_time for last in rows.water[-1:]]
    return max((moment for moment in moments if moment), default=None)


def _period(row: WaterRestriction) -> str:
    start = f"{row.start_time:%d %b %Y}" if row.start_time else "?"
    return f"{start} to {row.end_time:%d %b %Y}" if row.end_time else f"since {start}"


def _note(rows: Welfare) -> str:
    return SIMULATED if rows.simulated else ""
