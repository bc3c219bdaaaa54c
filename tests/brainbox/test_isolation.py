"""Isolation, synchrony and stability of units: known answers and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bregma.brainbox import InvalidInput, compute_cluster_isolation, compute_synchrony, compute_unit_stability

MEASURES = ("isolation_distance", "l_ratio", "d_prime", "silhouette", "nn_hit_rate", "nn_miss_rate")


def make_clouds(apart: float, n: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Make two round clouds of standard deviation 1 at a distance."""
    features = np.random.default_rng(seed).normal(0, 1, (2 * n, 3))
    features[n:, 0] += apart
    return features, np.repeat([3, 9], n)


def test_clouds_far_apart_are_isolated() -> None:
    found = compute_cluster_isolation(*make_clouds(30.0))
    assert found.cluster_ids.tolist() == [3, 9]
    assert (found.isolation_distance > 600).all()
    assert found.l_ratio == pytest.approx([0, 0], abs=1e-12)
    assert found.d_prime == pytest.approx([30, 30], rel=0.1)
    assert (found.silhouette > 0.9).all()
    assert found.nn_hit_rate.tolist() == [1, 1]
    assert found.nn_miss_rate.tolist() == [0, 0]
    assert found.to_xarray()["d_prime"].dims == ("cluster",)


def test_halves_of_one_cloud_are_not() -> None:
    found = compute_cluster_isolation(*make_clouds(0.0))
    assert found.l_ratio == pytest.approx([0.5, 0.5], abs=0.06)
    assert (found.d_prime < 0.4).all()
    assert (np.abs(found.silhouette) < 0.2).all()
    assert found.nn_hit_rate == pytest.approx([0.5, 0.5], abs=0.06)


def test_isolation_distance_by_hand() -> None:
    own = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    others = np.array([[2.0, 0], [0, 3], [5, 0], [0, 4], [9, 9]])
    found = compute_cluster_isolation(np.concatenate([own, others]), [1] * 4 + [2] * 5, [1])
    # The covariance is 2/3 of the unit matrix: squared distances are 1.5 times 4, 9, 25, 16, 162.
    assert found.isolation_distance == pytest.approx([1.5 * 25])
    assert found.l_ratio == pytest.approx([stats.chi2.sf(1.5 * np.array([4, 9, 25, 16, 162]), 2).sum() / 4])


@given(st.integers(0, 1000))
@settings(max_examples=15)
def test_isolation_feels_neither_order_nor_names_nor_shift(seed: int) -> None:
    features, clusters = make_clouds(1.5, 30)
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(60), np.zeros(10, int)
    names[[3, 9]] = [77, 12]
    plain = compute_cluster_isolation(features, clusters)
    moved = compute_cluster_isolation(features[order] + rng.normal(size=3), names[clusters[order]], [77, 12])
    for name in MEASURES:
        np.testing.assert_allclose(getattr(moved, name), getattr(plain, name), rtol=1e-8, atol=1e-10, err_msg=name)


def test_scale_of_a_feature_matters_to_no_mahalanobis_distance() -> None:
    features, clusters = make_clouds(2.0)
    plain = compute_cluster_isolation(features, clusters)
    scaled = compute_cluster_isolation(features * np.array([1e-6, 1, 1e3]), clusters)
    for name in ("isolation_distance", "l_ratio"):
        np.testing.assert_allclose(getattr(scaled, name), getattr(plain, name), rtol=1e-6)


def test_units_without_enough_spikes_and_lone_units_are_unknown() -> None:
    features, clusters = make_clouds(3.0, 20)
    found = compute_cluster_isolation(np.vstack([features, [[0, 0, 0.0]]]), [*clusters, 5], [5, 3, 100])
    assert np.isnan(found.isolation_distance).tolist() == [True, False, True]
    assert np.isnan(found.nn_hit_rate).tolist() == [False, False, True]
    alone = compute_cluster_isolation(features, np.zeros(40, int))
    assert np.isnan([alone.isolation_distance[0], alone.silhouette[0], alone.nn_miss_rate[0]]).all()
    assert compute_cluster_isolation(np.zeros((0, 3)), []).cluster_ids.size == 0


def test_features_that_depend_on_each_other_have_no_distance() -> None:
    features, clusters = make_clouds(3.0)
    doubled = np.column_stack([features, features[:, 0]])
    assert np.isnan(compute_cluster_isolation(doubled, clusters).isolation_distance).all()


def test_spikes_with_unknown_features_are_left_out() -> None:
    features, clusters = make_clouds(2.0)
    more = np.vstack([features, [[np.nan, 0, 0]]])
    found = compute_cluster_isolation(more, [*clusters, 3])
    assert found.d_prime == pytest.approx(compute_cluster_isolation(features, clusters).d_prime)


def test_features_of_one_dimension_are_refused() -> None:
    with pytest.raises(InvalidInput, match="features have shape"):
        compute_cluster_isolation([1.0, 2.0], [1, 1])


def test_synchrony_by_hand() -> None:
    samples = np.array([10, 10, 10, 10, 50, 50, 70, 90, 90])
    clusters = [1, 2, 3, 4, 1, 2, 1, 1, 1]
    found = compute_synchrony(samples / 30_000, clusters, [1, 2, 8])
    assert found.fraction[0] == pytest.approx([3 / 5, 1 / 5, 0])
    assert found.fraction[1] == pytest.approx([1, 1 / 2, 0])
    assert np.isnan(found.fraction[2]).all()
    assert compute_synchrony([], [], [4]).fraction.shape == (1, 3)


def make_unit(feature: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.arange(feature.size, dtype=float), np.zeros(feature.size, int), feature


def test_a_drifting_amplitude_is_unstable_and_a_steady_one_is_not() -> None:
    rng = np.random.default_rng(0)
    steady = compute_unit_stability(*make_unit(rng.normal(100, 10, 2000)))
    drifting = compute_unit_stability(*make_unit(rng.normal(100, 10, 2000) + np.linspace(0, 20, 2000)))
    assert steady.halves_p_value[0] > 0.01
    assert drifting.halves_p_value[0] < 1e-6
    assert drifting.halves_distance[0] > 0.3
    assert steady.coefficient_of_variation[0] == pytest.approx(0.1, rel=0.1)


def test_a_normal_feature_is_told_from_a_skewed_one() -> None:
    rng = np.random.default_rng(1)
    assert compute_unit_stability(*make_unit(rng.normal(1e-4, 1e-5, 1000))).normal_p_value[0] > 0.05
    assert compute_unit_stability(*make_unit(rng.lognormal(-9, 0.5, 1000))).normal_p_value[0] < 1e-6


@pytest.mark.parametrize("n", [12, 150])
def test_the_probability_of_normal_features_is_uniform(n: int) -> None:
    rng = np.random.default_rng(n)
    features = rng.normal(0, 1, (400, n))
    found = compute_unit_stability(np.arange(features.size), np.repeat(np.arange(400), n), features.ravel())
    for level in (0.05, 0.2, 0.5, 0.8):
        assert (found.normal_p_value < level).mean() == pytest.approx(level, abs=0.08)


def test_few_spikes_and_constant_features_tell_nothing() -> None:
    found = compute_unit_stability([1.0, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 1, 2, 2, 2, 2, 2, 2], np.ones(9), [1, 2, 3])
    assert np.isnan(found.normal_p_value).all()
    assert np.isnan(found.halves_p_value).all()
