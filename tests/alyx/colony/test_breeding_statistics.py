"""Statistics of lines have known answers on small lines, and hold what they promise on any."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bregma.alyx.colony.breeding.statistics import LitterCount, PairTime, bin_ages, compute_statistics

TODAY = date(2026, 6, 1)
PAIR = uuid4()


def litter(day: int, n: int | None, *, pair: UUID = PAIR, dead: int = 0, weaned: int | None = None) -> LitterCount:
    return LitterCount(
        pair=pair,
        birth_date=date(2026, 1, 1) + timedelta(days=day),
        n_born=None if n is None else n + dead,
        n_alive=n,
        n_males=(n or 0) // 2,
        n_females=(n or 0) - (n or 0) // 2,
        n_weaned=weaned,
    )


def test_a_small_line_has_the_numbers_one_counts_by_hand() -> None:
    litters = [litter(0, 6, dead=2, weaned=3), litter(30, 8, weaned=8), litter(70, 4)]
    pairs = [PairTime(PAIR, date(2025, 12, 1), date(2026, 3, 2)), PairTime(uuid4(), None, None)]
    found = compute_statistics(litters, pairs, TODAY)
    assert found.sizes == {4: 1, 8: 2}
    assert found.mean_size == pytest.approx(20 / 3)
    assert found.intervals == [30, 40]
    assert found.median_interval == 35
    assert found.part_males == 0.5
    assert found.survival == pytest.approx(11 / 14)
    assert found.pups_per_pair_month == pytest.approx(18 / (91 / 30.4))


def test_a_line_without_litters_has_no_numbers() -> None:
    found = compute_statistics([], [], TODAY)
    assert (found.mean_size, found.part_males, found.median_interval, found.survival) == (None,) * 4
    assert found.pups_per_pair_month is None
    assert bin_ages([], TODAY) == {}


def test_two_mothers_that_give_birth_together_make_no_interval() -> None:
    assert compute_statistics([litter(0, 6), litter(2, 6), litter(30, 5)], [], TODAY).intervals == [28]


def test_what_nobody_counted_does_not_count() -> None:
    found = compute_statistics([litter(0, None), litter(30, 8, weaned=8)], [PairTime(PAIR, TODAY, None)], TODAY)
    assert (found.sizes, found.n_pups, found.survival) == ({8: 1}, 8, 1.0)


@given(st.lists(st.integers(0, 1000), max_size=50), st.integers(1, 12))
def test_every_animal_has_one_bin_of_ages(days: list[int], weeks: int) -> None:
    bins = bin_ages([TODAY - timedelta(days=day) for day in days], TODAY, weeks=weeks)
    assert sum(bins.values()) == len(days)
    assert list(bins) == [weeks * step for step in range(len(bins))]
