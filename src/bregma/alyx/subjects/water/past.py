"""What was last known on a day: values in the order of time, found by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from bregma.alyx.subjects.water.facts import Point, Restriction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, tzinfo


class Past:
    """Weights in the order of time. Days are whole: what happens later on a day counts for all of it."""

    def __init__(self, points: Iterable[Point], zone: tzinfo) -> None:
        local = (Point(wall_time(when, zone), grams) for when, grams in points)
        self.points = sorted(local, key=lambda point: point.when)
        self._days = [point.when.date() for point in self.points]

    def last_until(self, day: date) -> Point | None:
        """Return the last value of a day or before it."""
        position = bisect_right(self._days, day)
        return self.points[position - 1] if position else None

    def last_on(self, day: date) -> Point | None:
        """Return the last value of a day."""
        found = self.last_until(day)
        return found if found and found.when.date() == day else None


class Restrictions:
    """Times of measured water in the order of their starts."""

    def __init__(self, rows: Iterable[Restriction], zone: tzinfo) -> None:
        local = (
            Restriction(wall_time(start, zone), end and wall_time(end, zone), weight) for start, end, weight in rows
        )
        self.rows = sorted(local, key=lambda row: row.start)
        self._days = [row.start.date() for row in self.rows]

    @property
    def last(self) -> Restriction | None:
        """The one that began last."""
        return self.rows[-1] if self.rows else None

    def at(self, moment: datetime) -> Restriction | None:
        """Return the restriction that holds at a moment: it begins on that day or before, and has not ended."""
        position = bisect_right(self._days, moment.date())
        found = self.rows[position - 1] if position else None
        if found is None or (found.end is not None and moment > found.end):
            return None
        return self._first_beginning(found.start)

    def _first_beginning(self, start: datetime) -> Restriction:
        """Return the first of those that begin at one moment: their weight counts."""
        earliest = bisect_left(self._days, start.date())
        return next(row for row in self.rows[earliest:] if row.start == start)


def wall_time(moment: datetime, zone: tzinfo) -> datetime:
    """Return what the clock of a place shows at a moment, without the zone."""
    return moment.astimezone(zone).replace(tzinfo=None)
