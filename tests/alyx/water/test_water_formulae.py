"""The formulae of water control, against the numbers of the reference's own tests, and their properties."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bregma.alyx.subjects.water import (
    Drink,
    Point,
    Restriction,
    Shares,
    WaterControl,
    WaterFacts,
    WeightStatus,
    growth_at,
)

KEY = UUID(int=1)
START = datetime(2018, 10, 1, tzinfo=UTC)
WEIGHTS = np.linspace(25, 20, 50)
REFERENCE = float(WEIGHTS[5])
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def days(n: float) -> datetime:
    return START + timedelta(days=n)


BIGBOY = WaterFacts(
    key=KEY,
    nickname="bigboy",
    zone=UTC,
    birth=date(2018, 9, 1),
    weighings=tuple(Point(days(n), float(weight)) for n, weight in enumerate(WEIGHTS)),
    drinks=(*(Drink(days(n), 0.98, False) for n in range(50)), Drink(NOW, 1.02, False)),
    restrictions=(Restriction(days(5), None, REFERENCE),),
    implants=(Point(days(-7), 4.56), Point(days(10), 0.0), Point(days(25), 7.0)),
)
ZSCORE, RWEIGH, MIXED = Shares(0, 0.85), Shares(0.85, 0), Shares(0.425, 0.425)


def control(shares: Shares = RWEIGH, **changes: object) -> WaterControl:
    return WaterControl(replace(BIGBOY, shares=shares, **changes), NOW)  # type: ignore[arg-type]


def test_the_reference_weight_leaves_the_implant_out() -> None:
    assert control().reference_weight() == pytest.approx(REFERENCE - 4.56)


def test_the_expected_weight_follows_the_implant() -> None:
    assert control().expected_weight() == pytest.approx(REFERENCE + (7.0 - 4.56))


def test_implants_of_no_weight_change_nothing() -> None:
    bigboy = control()
    assert [point.grams for point in bigboy.implants.points] == [4.56, 7.0]
    assert bigboy.implant_weight() == 7.0
    assert bigboy.implant_weight(START) == 4.56
    assert bigboy.implant_weight(days(12)) == 4.56
    assert bigboy.reference_implant_weight() == 4.56


def test_the_zscore_weight_is_that_of_the_reference() -> None:
    bigboy = control(ZSCORE)
    assert bigboy.zscore_weight() == pytest.approx(31.04918367346939, abs=1e-12)
    assert bigboy.expected_weight() == bigboy.zscore_weight() + 7.0


def test_a_mixed_lab_takes_the_mean_of_both() -> None:
    bigboy = control(MIXED)
    expected = (bigboy.reference_weight() + bigboy.zscore_weight()) / 2 + 7.0
    assert bigboy.expected_weight() == pytest.approx(expected)


def test_a_new_reference_weight_counts_at_once() -> None:
    heavier = (Restriction(days(5), None, REFERENCE + 1),)
    assert control(restrictions=heavier).reference_weight() == pytest.approx(REFERENCE - 4.56 + 1)


def test_a_restriction_without_a_weight_takes_the_last_weighing_before() -> None:
    bigboy = control(ZSCORE, restrictions=(Restriction(days(5), None, 0.0),))
    assert bigboy.reference_weight() == pytest.approx(REFERENCE - 4.56)
    assert bigboy.zscore_weight() == pytest.approx(31.04918367346939, abs=1e-12)


def test_the_lightest_weight_allowed_carries_the_implant() -> None:
    assert control().min_weight() == pytest.approx(0.85 * (REFERENCE - 4.56) + 7.0)


def test_thresholds_are_in_order() -> None:
    assert control().thresholds == (0.75, 0.85)
    assert control().min_percentage == 85
    assert control(Shares(0.5, 0)).thresholds == (0.5, 0.75)


def test_a_light_mouse_needs_more_water() -> None:
    implant, expected = 7.0, REFERENCE + 2.44
    edge = 0.85 * (expected - implant) + implant
    assert control().water_for(edge - 0.01) == pytest.approx(0.05 * (edge - 0.01 - implant))
    assert control().water_for(edge) == pytest.approx(0.04 * (edge - implant))


def test_water_of_a_day_is_summed_by_its_source() -> None:
    drinks = (Drink(days(3), 0.5, True), Drink(days(3.2), 0.25, False), Drink(days(3.4), None, False))
    one = control(drinks=drinks)
    assert one.given_water_reward(days(3)) == 0.5
    assert one.given_water_supplement(days(3)) == 0.25
    assert one.remaining_water(days(3)) == pytest.approx(one.expected_water(days(3)) - 0.75)
    assert one.excess_water(days(3)) == -one.remaining_water(days(3))


@pytest.mark.parametrize(
    ("grams", "percent", "status"),
    [(7.0, 70.0, WeightStatus.LIGHT), (8.6, 86.0, WeightStatus.NEARLY_LIGHT), (9.0, 90.0, WeightStatus.FINE)],
)
def test_notices_follow_the_percentage(grams: float, percent: float, status: WeightStatus) -> None:
    when = datetime(2018, 6, 9, 12, tzinfo=UTC)
    facts = replace(
        BIGBOY,
        shares=RWEIGH,
        implants=(),
        weighings=(Point(when - timedelta(days=8), 10.0), Point(when, grams)),
        restrictions=(Restriction(datetime(2018, 6, 2, 12, tzinfo=UTC), None, 10.0),),
    )
    mouse = WaterControl(facts, when)
    assert mouse.percentage_weight() == pytest.approx(percent)
    assert mouse.weight_status() is status


def test_a_lab_that_asks_for_nothing_expects_nothing() -> None:
    bigboy = control(Shares())
    assert (bigboy.expected_weight(), bigboy.percentage_weight()) == (0, 0)
    assert bigboy.weight_status() is WeightStatus.FINE
    assert bigboy.expected_water() == pytest.approx(0.04 * (20 - 7))


def test_the_last_reference_weight_outlives_its_restriction() -> None:
    ended = (Restriction(days(5), days(20), REFERENCE),)
    bigboy = control(restrictions=ended)
    assert not bigboy.is_water_restricted()
    assert bigboy.reference_weighing() == (days(5).replace(tzinfo=None), REFERENCE)


def test_an_older_restriction_counts_in_its_own_time() -> None:
    rows = (Restriction(days(5), days(8), 24.0), Restriction(days(20), None, 22.0))
    bigboy = control(restrictions=rows, implants=())
    assert bigboy.reference_weight(days(6)) == 24.0
    assert bigboy.reference_weight(days(10)) == 0.0
    assert bigboy.reference_weight(days(21)) == 22.0


def test_records_say_each_day_in_the_words_of_the_wire() -> None:
    records = control().to_jsonable(date(2018, 10, 1), date(2018, 10, 8))
    assert len(records) == 8
    assert list(records[0]) == [
        *("date", "weight", "weighing_at", "reference_weight", "expected_weight", "min_weight", "percentage_weight"),
        *("given_water_reward", "given_water_supplement", "given_water_total", "expected_water", "excess_water"),
        *("is_water_restricted", "implant_weight"),
    ]
    assert [record["is_water_restricted"] for record in records] == [False] * 5 + [True] * 3
    assert records[0]["date"] == date(2018, 10, 1)
    assert records[7]["weighing_at"] == pytest.approx(WEIGHTS[7])


def test_a_dead_mouse_has_no_days_after_death() -> None:
    records = control(death=date(2018, 10, 20)).to_jsonable()
    assert records[-1]["date"] == date(2018, 10, 20)
    assert len(records) == 20


def test_a_slip_in_the_year_adds_no_thousand_pages_of_days() -> None:
    slip = Point(datetime(24, 1, 31, 10, tzinfo=UTC), 20.0)
    listed = control(birth=None, weighings=(slip, *BIGBOY.weighings)).days()
    assert len(listed) == 40 * 366
    assert listed[-1].date() == NOW.date()


def test_a_mouse_of_which_nothing_is_known_has_no_days() -> None:
    empty = WaterControl(WaterFacts(KEY, "new", UTC), NOW)
    assert empty.to_jsonable() == []
    assert (empty.weight(), empty.expected_water(), empty.zscore_weight(), empty.percentage_weight()) == (0, 0, 0, 0)


def test_an_evening_counts_for_the_day_of_the_lab() -> None:
    late = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)
    facts = WaterFacts(KEY, "owl", ZoneInfo("Europe/London"), drinks=(Drink(late, 1.0, False),))
    owl = WaterControl(facts, late)
    assert owl.today == date(2024, 7, 2)
    assert owl.given_water_total(date(2024, 7, 1)) == 0
    assert owl.given_water_total() == 1.0


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        control().weight(datetime(2018, 10, 1))  # noqa: DTZ001


def test_growth_is_known_at_every_age() -> None:
    assert growth_at("F", 4) == (14.1, 1.8)
    assert growth_at("U", 0) == growth_at("F", 4)
    assert growth_at("M", 20) == growth_at("M", 150) == growth_at("M", 2000) == (31.8, 2.5)
    assert growth_at("", 150) == (23.6, 2.3)


moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
grams = st.floats(0.1, 60)
points = st.lists(st.builds(Point, moments, grams), max_size=8).map(tuple)
drinks = st.lists(st.builds(Drink, moments, st.none() | st.floats(0, 5), st.booleans()), max_size=8).map(tuple)
restrictions = st.lists(st.builds(Restriction, moments, st.none() | moments, st.just(0.0) | grams), max_size=4).map(
    tuple
)
mice = st.builds(
    WaterFacts,
    key=st.just(KEY),
    nickname=st.just("any"),
    zone=st.sampled_from([UTC, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/St_Johns")]),
    sex=st.sampled_from(["M", "F", "U", ""]),
    birth=st.none() | st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    death=st.none() | st.dates(date(2019, 1, 1), date(2027, 1, 1)),
    shares=st.builds(Shares, st.sampled_from([0, 0.425, 0.85]), st.sampled_from([0, 0.425, 0.85])),
    weighings=points,
    drinks=drinks,
    restrictions=restrictions,
    implants=points,
)


@given(mice, moments)
def test_figures_are_finite_whatever_is_known(facts: WaterFacts, when: datetime) -> None:
    record = WaterControl(facts, NOW).record(when)
    assert all(np.isfinite(value) for value in record.values() if isinstance(value, float))
    assert record["excess_water"] == record["given_water_total"] - record["expected_water"]


@given(mice, moments, st.randoms())
def test_the_order_of_entry_does_not_matter(facts: WaterFacts, when: datetime, random: object) -> None:
    moments_differ = len({point.when for point in facts.weighings}) == len(facts.weighings)
    backwards = replace(facts, weighings=facts.weighings[::-1])
    if moments_differ:
        assert WaterControl(facts, NOW).record(when) == WaterControl(backwards, NOW).record(when)


@settings(deadline=None, max_examples=12)
@given(mice)
def test_every_drink_is_counted_on_one_day(facts: WaterFacts) -> None:
    living = replace(facts, death=None)
    records = WaterControl(living, NOW).to_jsonable(date(2019, 12, 30), date(2026, 1, 2))
    total = sum(drink.millilitres or 0 for drink in facts.drinks)
    assert sum(record["given_water_total"] for record in records) == pytest.approx(total)
    rewards = sum(record["given_water_reward"] for record in records)
    assert rewards == pytest.approx(sum(drink.millilitres or 0 for drink in facts.drinks if drink.in_session))


@settings(deadline=None, max_examples=12)
@given(mice)
def test_no_day_follows_death(facts: WaterFacts) -> None:
    dates = [record["date"] for record in WaterControl(facts, NOW).to_jsonable()]
    assert all(day <= (facts.death or date.max) for day in dates)
    assert all(later - day == timedelta(days=1) for day, later in itertools.pairwise(dates))


@given(mice, moments, grams, grams)
def test_a_mouse_that_weighs_more_is_never_lighter_in_percent(
    facts: WaterFacts, when: datetime, one: float, other: float
) -> None:
    mouse = WaterControl(facts, NOW)
    lighter, heavier = sorted((one, other))
    assert mouse.percentage_of(lighter, when) <= mouse.percentage_of(heavier, when)
