"""Correlograms of all pairs, of chosen pairs and of jittered spikes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bregma.brainbox import (
    InvalidInput,
    Jitter,
    LagRule,
    compute_autocorrelograms,
    compute_correlograms,
    correlate_jittered,
    correlate_pairs,
)
from bregma.brainbox.compiled import without_numba

few = settings(max_examples=30)
trains = hnp.arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 400)).map(lambda t: t / 1000 + 0.0005)
both_engines = pytest.mark.usefixtures("engine")
# Lags of whole milliseconds are never on an edge of these bins.
BINS = {"bin_size": 0.0031, "half_window": 0.031}


def random_units(times: np.ndarray) -> np.ndarray:
    return np.random.default_rng(times.size).integers(0, 4, times.size)


@both_engines
def test_correlograms_of_known_spikes() -> None:
    found = compute_correlograms([0.0, 0.001, 0.003, 0.5], [1, 2, 1, 2], bin_size=0.001, half_window=0.003)
    assert found.lags == pytest.approx([-0.003, -0.002, -0.001, 0, 0.001, 0.002, 0.003])
    assert found.counts[0, 1].tolist() == [0, 1, 0, 0, 1, 0, 0]
    assert found.counts[0, 0].tolist() == [1, 0, 0, 0, 0, 0, 1]
    assert found.counts[1, 1].tolist() == [0] * 7
    assert dict(found.to_xarray().sizes) == {"cluster": 2, "other_cluster": 2, "lag": 7}


@both_engines
def test_lag_zero_counts_every_pair_or_one_order_of_them() -> None:
    times, units = [1.0, 1.0001, 1.0002], [1, 2, 1]
    every = compute_correlograms(times, units, bin_size=0.001, half_window=0.001)
    assert every.counts[:, :, 1].tolist() == [[2, 2], [2, 0]]
    one = compute_correlograms(times, units, bin_size=0.001, half_window=0.001, rule=LagRule.xcorr())
    assert one.counts[:, :, 1].tolist() == [[1, 1], [1, 0]]


@both_engines
def test_bins_may_start_at_whole_lags() -> None:
    times = np.array([0, 29, 30, 89]) / 30000
    found = compute_correlograms(times, [1, 2, 2, 2], bin_size=0.001, half_window=0.003, rule=LagRule.phylib(30000))
    assert found.counts[0, 1].tolist() == [0, 0, 0, 1, 1, 1, 0]
    with pytest.raises(InvalidInput, match="at least a sample"):
        compute_correlograms(times, [1, 2, 2, 2], bin_size=1e-5, half_window=1e-4, rule=LagRule.phylib(30000))


@both_engines
def test_a_lag_on_an_edge_belongs_to_the_bin_farther_from_zero() -> None:
    samples = np.arange(1000) * 20 + 1_000_000  # every second spike half a bin later
    times = np.sort(np.concatenate([samples, samples + 15]) / 30000)
    units = np.tile([1, 2], samples.size)
    counts = compute_correlograms(times, units, bin_size=0.001, half_window=0.001).counts
    assert counts[0, 1].sum() == counts[1, 0].sum()
    pairs = correlate_pairs(times, units, [[1, 2], [2, 1]], bin_size=0.001, half_window=0.001)
    assert (pairs.counts == counts[[0, 1], [1, 0]]).all()
    lags = samples[:, None] + 15 - samples[None, :]
    assert counts[0, 1].tolist() == [
        ((lags <= -15) & (lags > -45)).sum(),
        (np.abs(lags) < 15).sum(),
        ((lags >= 15) & (lags < 45)).sum(),
    ]


@few
@given(times=trains, order=st.permutations(range(4)), shift=st.integers(-100, 100))
def test_all_pairs_are_mirrored_and_feel_no_shift_nor_order(times: np.ndarray, order: list[int], shift: int) -> None:
    units, mixed = random_units(times), np.random.default_rng(0).permutation(times.size)
    plain = compute_correlograms(times, units, range(4), **BINS).counts
    assert (plain == plain.transpose(1, 0, 2)[:, :, ::-1]).all()
    other = compute_correlograms(times[mixed] + shift, units[mixed], order, **BINS).counts
    assert (other == plain[np.ix_(order, order)]).all()


@few
@given(times=trains)
def test_all_pairs_count_every_lag_within_the_window(times: np.ndarray) -> None:
    units = random_units(times)
    found = compute_correlograms(times, units, range(4), **BINS)
    edges = np.append(found.lags, found.lags[-1] + 0.0031) - 0.0031 / 2
    for a in range(4):
        for b in range(4):
            lags = times[units == b][None, :] - times[units == a][:, None]
            kept = lags[~np.eye(len(lags), dtype=bool)] if a == b else lags.ravel()
            assert found.counts[a, b].tolist() == np.histogram(kept, edges)[0].tolist()


@few
@given(times=trains, rule=st.sampled_from([LagRule.centred(), LagRule.xcorr(), LagRule.phylib(1000)]))
def test_engines_correlate_alike(times: np.ndarray, rule: LagRule) -> None:
    units, pairs = random_units(times), [[0, 1], [2, 2], [9, 3]]
    sizes = {"bin_size": 0.002, "half_window": 0.03}
    compiled = compute_correlograms(times, units, **sizes, rule=rule), correlate_pairs(times, units, pairs, **sizes)
    with without_numba():
        plain = compute_correlograms(times, units, **sizes, rule=rule), correlate_pairs(times, units, pairs, **sizes)
    assert (compiled[0].counts == plain[0].counts).all()
    assert (compiled[1].counts == plain[1].counts).all()


@few
@given(times=trains)
def test_chosen_pairs_are_those_of_all_pairs(times: np.ndarray) -> None:
    units, pairs = random_units(times), np.array([[2, 1], [1, 2], [3, 3]])
    every = compute_correlograms(times, units, range(4), bin_size=0.002, half_window=0.03)
    some = correlate_pairs(times, units, pairs, bin_size=0.002, half_window=0.03)
    assert (some.counts == every.counts[pairs[:, 0], pairs[:, 1]]).all()
    own = compute_autocorrelograms(times, units, range(4), bin_size=0.002, half_window=0.03)
    assert (own.counts == every.counts[range(4), range(4)]).all()


def test_threads_change_no_count() -> None:
    rng = np.random.default_rng(2)
    times, units = np.sort(rng.uniform(0, 3000, 250_000)), rng.integers(0, 5, 250_000)
    found = compute_correlograms(times, units, half_window=0.005)
    with without_numba():
        assert (compute_correlograms(times, units, half_window=0.005).counts == found.counts).all()


@pytest.mark.parametrize("pairs", [[[1, 2, 3]], [1, 2], [[1.5, 2.0]]])
def test_pairs_that_are_none_are_refused(pairs: object) -> None:
    with pytest.raises(InvalidInput, match="two cluster ids per row"):
        correlate_pairs([1.0], [1], pairs)  # type: ignore[arg-type]


def test_too_many_units_at_once_are_refused() -> None:
    with pytest.raises(InvalidInput, match="ask for fewer, or for pairs"):
        compute_correlograms(np.arange(5000.0), np.arange(5000))


def test_jitter_keeps_slow_structure_and_shows_fast() -> None:
    rng = np.random.default_rng(1)
    slow = np.sort(rng.uniform(0, 100, 2000))
    follower = slow[::4] + 0.002
    times, units = np.concatenate([slow, follower]), np.repeat([1, 2], [slow.size, follower.size])
    jitter = Jitter(interval=0.02, n_surrogates=60, rng=3)
    found = correlate_jittered(times, units, [[1, 2]], half_window=0.01, jitter=jitter)
    peak = np.flatnonzero(np.isclose(found.lags, 0.002))[0]
    assert found.corrected[0].argmax() == peak
    assert found.p_value[0, peak] == pytest.approx(1 / 61)
    assert np.abs(np.delete(found.corrected[0], peak)).max() < found.corrected[0, peak] / 2
    again = correlate_jittered(times, units, [[1, 2]], half_window=0.01, jitter=jitter)
    assert (again.expected == found.expected).all()


@few
@given(times=trains, seed=st.integers(0, 5))
def test_jittered_spikes_stay_in_their_interval(times: np.ndarray, seed: int) -> None:
    units = random_units(times)
    # All lags within one interval of 1 s are in the window: jitter moves no pair out of it.
    jitter = Jitter(interval=1.0, n_surrogates=3, rng=seed)
    found = correlate_jittered(times, units, [[0, 1]], bin_size=0.5, half_window=1.0, jitter=jitter)
    assert found.expected.sum() == pytest.approx((units == 0).sum() * (units == 1).sum())
    assert (found.std >= 0).all()


def test_jitter_of_a_unit_with_itself_is_refused() -> None:
    with pytest.raises(InvalidInput, match="with itself"):
        correlate_jittered([1.0], [1], [[1, 1]])
    with pytest.raises(InvalidInput, match="interval"):
        Jitter(interval=0.0)
