"""The days of a lab: when its today began, and on which of its days a moment falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import tzinfo

    from bregma.alyx.misc.models import Lab


def lab_zone(lab: Lab | None) -> tzinfo:
    """Return the time zone of a lab; UTC without a lab, and where its zone is empty or unknown."""
    return zone_named(lab.timezone if lab else "")


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo:
    """Return a time zone by its name, such as ``Europe/London``; UTC if empty or unknown."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, ill-formed, or the name of a folder
        return UTC


def lab_today(lab: Lab | None, now: datetime | None = None) -> date:
    """Return the date that it is in a lab now, or at another moment."""
    return today_in(lab.timezone if lab else "", now)


def today_in(zone: str, now: datetime | None = None) -> date:
    """Return the date that it is in a time zone, by its name; in UTC if that is empty or unknown."""
    return (now or timezone.now()).astimezone(zone_named(zone)).date()


def day_of(lab: Lab | None, moment: datetime) -> date:
    """Return the lab's date at a moment, which must be aware."""
    if timezone.is_naive(moment):
        raise ValueError(f"{moment.isoformat()} has no time zone; give an aware moment")
    return moment.astimezone(lab_zone(lab)).date()


def lab_day_bounds(lab: Lab | None, day: date) -> tuple[datetime, datetime]:
    """Return when a lab's day begins and when the next one does; 23 or 25 hours apart when its clocks change.

    The last day of the calendar has no next one, and ends as it begins.
    """
    zone, following = lab_zone(lab), min(day, date.max - timedelta(days=1)) + timedelta(days=1)
    return datetime.combine(day, time.min, zone), datetime.combine(following, time.min, zone)
