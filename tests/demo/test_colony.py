"""Simulated weights and water are plausible, and the same each time."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bregma.demo.colony import STAFF, days_between, simulate_water, simulate_weighings

DAYS = days_between(date(2020, 8, 21), date(2020, 9, 4))


def test_days_include_both_ends() -> None:
    assert (len(DAYS), DAYS[0], DAYS[-1]) == (15, date(2020, 8, 21), date(2020, 9, 4))


def test_weights_are_the_same_each_time_and_never_below_four_fifths() -> None:
    weights = simulate_weighings(DAYS, start=24)
    assert weights == simulate_weighings(DAYS, start=24)
    assert all(0.8 * 24 < each.weight < 24.6 for each in weights)
    assert len({each.date_time for each in weights}) == len(DAYS)


@given(st.integers(0, 2000))
def test_a_day_never_gives_less_water_than_the_mouse_needs(correct: int) -> None:
    given_water = simulate_water(DAYS, {DAYS[3]: correct})
    for day in DAYS:
        amounts = [each.millilitres or 0 for each in given_water if each.date_time.startswith(str(day))]
        assert sum(amounts) >= 0.96 - 1e-9


def test_staff_cannot_be_taken_for_real_people() -> None:
    assert all(member.username.startswith("demo_") and member.email.endswith(".invalid") for member in STAFF)
