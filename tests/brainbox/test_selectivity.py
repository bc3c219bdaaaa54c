"""Units that respond to events or tell them apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bregma.brainbox import (
    Bootstrap,
    Decision,
    InvalidInput,
    Selectivity,
    UnitROC,
    differentiate_units,
    responsive_units,
    roc_between_two_events,
    roc_single_event,
)
from bregma.brainbox.arrays import Floats, Ints

EVENTS = np.arange(1.0, 41.0)
GROUPS = np.tile([0, 1], 20)
SIDES = ((-0.5, 0.0), (0.0, 0.5))


def make_spikes(seed: int = 0) -> tuple[Floats, Ints]:
    """Unit 3 fires at random, 7 after events, 9 after events of group 1, 20 only once."""
    rng = np.random.default_rng(seed)
    after = (EVENTS[:, None] + rng.uniform(0, 0.4, (40, 4))).ravel()
    second = (EVENTS[GROUPS == 1][:, None] + rng.uniform(0, 0.4, (20, 5))).ravel()
    times = np.concatenate([rng.uniform(0, 42, 300), after, rng.uniform(0, 42, 60), second, [5.2]])
    clusters = np.repeat([3, 7, 9, 20], [300, after.size, 60 + second.size, 1])
    order = np.argsort(times)
    return times[order], clusters[order]


@pytest.mark.usefixtures("engine")
def test_units_that_respond_are_found_and_told_by_id() -> None:
    found = responsive_units(*make_spikes(), EVENTS)
    assert found.cluster_ids.tolist() == [3, 7, 9, 20]
    assert found.significant_ids.tolist() == [7, 9]
    assert found.n_first == found.n_second == 40
    assert found.second_rate[1] == pytest.approx(8.0)
    assert found.to_xarray().first_rate.attrs["units"] == "Hz"


def test_the_test_is_wilcoxons_on_counts_before_and_after() -> None:
    times, clusters = make_spikes()
    own = times[clusters == 9]
    before, after = (np.array([((own >= t + a) & (own < t + b)).sum() for t in EVENTS]) for a, b in SIDES)
    found = responsive_units(times, clusters, EVENTS, cluster_ids=[9])
    expected = stats.wilcoxon(before, after)
    assert found.statistic[0] == expected.statistic
    assert found.p_value[0] == pytest.approx(expected.pvalue, rel=1e-12)


@pytest.mark.parametrize("correction", ["bh", "by"])
def test_p_values_are_corrected_for_the_number_of_units(correction: str) -> None:
    rng = np.random.default_rng(0)
    times, clusters = np.sort(rng.uniform(0, 42, 30000)), rng.integers(0, 300, 30000)
    found = responsive_units(times, clusters, EVENTS, decision=Decision(correction=correction))  # type: ignore[arg-type]
    expected = stats.false_discovery_control(found.p_value, method=correction)
    np.testing.assert_allclose(found.corrected_p_value, expected)
    assert not found.significant.any()
    plain = responsive_units(times, clusters, EVENTS, decision=Decision(correction=None))
    assert 2 < plain.significant.sum() < 30
    np.testing.assert_array_equal(plain.corrected_p_value, plain.p_value)


@pytest.mark.parametrize("test", ["ranksums", "mannwhitneyu", "ttest", "signrank", "paired_ttest"])
def test_units_that_tell_events_apart_are_found(test: str) -> None:
    found = differentiate_units(*make_spikes(), EVENTS, GROUPS, test=test)
    assert found.significant_ids.tolist() == [9]
    assert found.second_rate[2] > found.first_rate[2] + 5


def test_labels_may_be_words() -> None:
    words = np.where(GROUPS == 1, "right", "left")
    found, plain = (differentiate_units(*make_spikes(), EVENTS, g) for g in (words, GROUPS))
    np.testing.assert_array_equal(found.p_value, plain.p_value)


def test_areas_tell_the_direction_of_a_response() -> None:
    found = roc_single_event(*make_spikes(), EVENTS)
    np.testing.assert_array_equal(found.significant, [False, True, True, False])
    assert found.auc[1] > 0.95
    swapped = roc_single_event(*make_spikes(), EVENTS, windows=(SIDES[1], SIDES[0]))
    np.testing.assert_allclose(swapped.auc, 1 - found.auc)
    between = roc_between_two_events(*make_spikes(), EVENTS, GROUPS, window=(0.0, 0.5), interval=Bootstrap(rng=1))
    assert between.significant.tolist() == [False, False, True, False]
    assert between.to_xarray().auc.dims == ("cluster",)


def test_windows_of_different_length_are_compared_by_rate() -> None:
    times = np.sort(np.concatenate([EVENTS - 0.3, EVENTS - 0.15, EVENTS + 0.1]))
    clusters = np.zeros(times.size, dtype=int)
    windows = ((-0.4, 0.0), (0.0, 0.2))
    assert responsive_units(times, clusters, EVENTS, windows=windows).p_value[0] == 1
    assert roc_single_event(times, clusters, EVENTS, windows=windows).auc[0] == 0.5


def run_all(times: Floats, clusters: Ints, events: Floats, groups: Ints, ids: list[int] | None) -> list[Floats]:
    responsive: Selectivity = responsive_units(times, clusters, events, cluster_ids=ids)
    different = differentiate_units(times, clusters, events, groups, cluster_ids=ids)
    single: UnitROC = roc_single_event(times, clusters, events, cluster_ids=ids)
    between = roc_between_two_events(times, clusters, events, groups, cluster_ids=ids)
    return [
        responsive.corrected_p_value,
        different.corrected_p_value,
        single.auc,
        single.low,
        between.auc,
        between.high,
    ]


@pytest.mark.usefixtures("engine")
@given(st.integers(0, 2**32 - 1), st.permutations([3, 7, 9, 20, 100]))
@settings(max_examples=15)
def test_order_of_spikes_events_and_units_does_not_matter(seed: int, ids: list[int]) -> None:
    rng = np.random.default_rng(seed)
    times, clusters = make_spikes()
    mixed, order = rng.permutation(times.size), rng.permutation(EVENTS.size)
    expected = run_all(times, clusters, EVENTS, GROUPS, [3, 7, 9, 20, 100])
    found = run_all(times[mixed], clusters[mixed], EVENTS[order], GROUPS[order], ids)
    place = [[3, 7, 9, 20, 100].index(cluster) for cluster in ids]
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one[place], other, rtol=1e-9, atol=1e-12)


def test_a_shift_of_all_times_changes_nothing() -> None:
    times, clusters = make_spikes()
    for one, other in zip(
        run_all(times, clusters, EVENTS, GROUPS, None),
        run_all(times + 1024, clusters, EVENTS + 1024, GROUPS, None),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_events_and_spikes_at_nan_are_left_out() -> None:
    times, clusters = make_spikes()
    expected = run_all(times, clusters, EVENTS, GROUPS, [3, 7, 9, 20])
    events, groups = np.insert(EVENTS, [0, 7, 7], np.nan), np.insert(GROUPS, [0, 7, 7], [1, 0, 0])
    found = run_all(np.append(times, np.nan), np.append(clusters, 3), events, groups, [3, 7, 9, 20])
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_pair_with_a_nan_is_left_out_whole() -> None:
    times, clusters = make_spikes()
    events = EVENTS.copy()
    events[4] = np.nan
    found = differentiate_units(times, clusters, events, GROUPS, test="signrank")
    kept = np.delete(np.arange(40), [4, 5])
    expected = differentiate_units(times, clusters, EVENTS[kept], GROUPS[kept], test="signrank")
    np.testing.assert_array_equal(found.p_value, expected.p_value)
    assert found.n_first == 19


def test_empty_units_no_events_and_one_event() -> None:
    times, clusters = make_spikes()
    silent = responsive_units(times, clusters, EVENTS, cluster_ids=[50])
    assert (silent.statistic[0], silent.p_value[0], silent.significant[0]) == (0, 1, False)
    assert roc_single_event(times, clusters, EVENTS, cluster_ids=[50]).auc[0] == 0.5
    nothing = responsive_units(times, clusters, [])
    assert np.isnan(nothing.corrected_p_value).all()
    assert not nothing.significant.any()
    assert np.isnan(nothing.first_rate).all()
    assert np.isnan(roc_single_event(times, clusters, [np.nan]).auc).all()
    one = roc_single_event(times, clusters, EVENTS[:1])
    assert np.isfinite(one.auc).all()
    assert not one.significant.any()
    assert responsive_units([], [], EVENTS).p_value.shape == (0,)


@pytest.mark.parametrize(
    ("groups", "test", "message"),
    [
        (np.zeros(40), "ranksums", "1 different labels"),
        (np.arange(40) % 3, "ranksums", "3 different labels"),
        (np.zeros(39), "ranksums", "differ in length"),
        (np.arange(40) < 10, "signrank", "30 and 10 events|10 and 30 events"),
        (GROUPS, "median", "test is 'median'"),
    ],
)
def test_wrong_groups_are_refused(groups: Ints, test: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        differentiate_units(*make_spikes(), EVENTS, groups, test=test)


def test_wrong_windows_and_levels_are_refused() -> None:
    with pytest.raises(InvalidInput, match="window"):
        responsive_units(*make_spikes(), EVENTS, windows=((0.0, -0.5), (0.0, 0.5)))
    with pytest.raises(InvalidInput, match="alpha"):
        responsive_units(*make_spikes(), EVENTS, decision=Decision(alpha=5))
    with pytest.raises(InvalidInput, match="window"):
        roc_between_two_events(*make_spikes(), EVENTS, GROUPS, window=(0.5, 0.5))
