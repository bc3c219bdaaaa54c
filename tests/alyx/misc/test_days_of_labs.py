"""The days of labs: zones, changes of clocks, and unknown zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.alyx.misc.days import day_of, lab_day_bounds, lab_today, lab_zone
from bregma.alyx.misc.models import Lab

LATE = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)


def test_a_late_moment_is_tomorrow_in_london() -> None:
    assert lab_today(Lab(timezone="Europe/London"), LATE) == date(2024, 7, 2)


def test_the_same_moment_is_today_in_new_york() -> None:
    assert lab_today(Lab(timezone="America/New_York"), LATE) == date(2024, 7, 1)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "a\0b"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert lab_zone(Lab(timezone=name)) is UTC


def test_no_lab_lives_in_utc() -> None:
    assert lab_today(None, LATE) == date(2024, 7, 1)


def test_a_day_is_shorter_when_clocks_go_forward() -> None:
    start, end = lab_day_bounds(Lab(timezone="Europe/London"), date(2024, 3, 31))

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_have_bounds(day: date) -> None:
    start, end = lab_day_bounds(Lab(timezone="America/New_York"), day)

    assert start.date() == day
    assert start <= end


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        day_of(None, datetime(2024, 1, 1))  # noqa: DTZ001


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "America/St_Johns"]),
)
def test_a_moment_lies_in_the_day_it_belongs_to(moment: datetime, zone: str) -> None:
    lab = Lab(timezone=zone)

    start, end = lab_day_bounds(lab, day_of(lab, moment))

    assert start <= moment < end
