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

LIMITS = {"85 %": 0.85, "75 %": 0.75}
"""Fractions of the reference weight at which people act, and stop."""

SIMULATED = "Simulated: no recording gives these values."


@dataclass(frozen=True)
class LastWeight:
    """The last weighing of a subject, in grams and, when the reference is known, in % of it."""

    grams: float
    percent: float | None
    time: datetime | None


def last_weight(rows: Welfare) -> LastWeight | None:
    """Return the last weighing, or None when there is none."""
    if not rows.weighings:
        return None
    last = rows.weighings[-1]
    reference = _reference_at(last.date_time, rows)
    return LastWeight(last.weight, 100 * last.weight / reference if reference else None, last.date_time)


def open_restriction(rows: Welfare) -> WaterRestriction | None:
    """Return the restriction under which the subject is now, or None."""
    now = timezone.now()
    return next((row for row in reversed(rows.restrictions) if _holds(row, now)), None)


def reference_weight(restriction: WaterRestriction, weighings: Sequence[Weighing]) -> float:
    """Return the reference weight of a restriction: the one entered, else the last weighing before it; 0 if none."""
    if restriction.reference_weight:
        return restriction.reference_weight
    start = restriction.start_time
    before = [row.weight for row in weighings if start and row.date_time and row.date_time.date() <= start.date()]
    return before[-1] if before else 0.0


def weight_chart(rows: Welfare) -> Chart:
    """Make the figure of weights with the limits of each restriction."""
    known = [row for row in rows.weighings if row.date_time]
    references = [_reference_at(row.date_time, rows) for row in known]
    weighings = columns(
        time=[row.date_time for row in known],
        weight=[row.weight for row in known],
        percent=[100 * row.weight / ref if ref else None for row, ref in zip(known, references, strict=True)],
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
    known = [(row, reference_weight(row, rows.weighings)) for row in rows.restrictions if row.start_time]
    lines = [(row, fraction * weight, label) for row, weight in known if weight for label, fraction in LIMITS.items()]
    return columns(
        start=[row.start_time for row, _, _ in lines],
        end=[_end(row, rows) for row, _, _ in lines],
        weight=[weight for _, weight, _ in lines],
        label=[label for _, _, label in lines],
    )


def _reference_at(moment: datetime | None, rows: Welfare) -> float:
    held = [row for row in rows.restrictions if moment and _holds(row, moment)]
    return reference_weight(held[-1], rows.weighings) if held else 0.0


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
