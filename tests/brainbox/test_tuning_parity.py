"""Tuning curves, information and decoding, beside pynapple's where conventions agree."""

import warnings
from typing import Any

import numpy as np
import pytest
from tests.brainbox.test_tuning import bumps, fire, walk

from bregma.brainbox import (
    Feature,
    compute_spatial_information,
    compute_tuning_curves,
    compute_tuning_maps,
    decode_feature,
)
from bregma.brainbox.arrays import Floats, Ints

pytestmark = pytest.mark.peer


def pynapple(spikes: Floats, units: Ints, times: Floats, features: Floats) -> tuple[Any, Any, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pynapple as nap

        group = nap.TsGroup({int(unit): nap.Ts(spikes[units == unit]) for unit in np.unique(units)})
        kind = nap.Tsd if features.ndim == 1 else nap.TsdFrame
        return nap, group, kind(t=times, d=features)


def test_curves_are_those_of_pynapple() -> None:
    times, place = walk(60)
    spikes, units = fire(times, bumps(place))
    nap, group, feature = pynapple(spikes, units, times, place)
    expected = nap.compute_tuning_curves(group, feature, bins=15)
    found = compute_tuning_curves(spikes, units, times, Feature(place, 15))
    np.testing.assert_allclose(found.rate, expected.values, rtol=1e-6)
    np.testing.assert_allclose(found.bins, expected["0"].values)
    information = nap.compute_mutual_information(
        expected, rates=list((found.rate @ found.occupancy) / found.occupancy.sum())
    )
    ours = compute_spatial_information(found)
    np.testing.assert_allclose(ours.bits_per_second, information["bits/sec"], rtol=1e-6)
    np.testing.assert_allclose(ours.bits_per_spike, information["bits/spike"], rtol=1e-6)


def test_maps_are_those_of_pynapple() -> None:
    times, x = walk(60)
    y = walk(60, seed=4)[1][::-1].copy()
    spikes, units = fire(times, bumps(x, 4))
    nap, group, features = pynapple(spikes, units, times, np.stack([x, y], axis=1))
    expected = nap.compute_tuning_curves(group, features, bins=[6, 5])
    found = compute_tuning_maps(spikes, units, times, (Feature(x, 6), Feature(y, 5)))
    np.testing.assert_allclose(found.rate, expected.values, rtol=1e-6)
    assert found.rate.shape == (4, 6, 5)


@pytest.mark.parametrize("prior", ["uniform", "occupancy"])
def test_decoding_is_that_of_pynapple(prior: str) -> None:
    times, place = walk(60)
    spikes, units = fire(times, bumps(place))
    nap, group, feature = pynapple(spikes, units, times, place)
    curves = nap.compute_tuning_curves(group, feature, bins=15)
    epoch = nap.IntervalSet(0, 50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, expected = nap.decode_bayes(curves, group, epoch, bin_size=0.25, uniform_prior=prior == "uniform")
    tuning = compute_tuning_curves(spikes, units, times, Feature(place, 15))
    found = decode_feature(spikes, units, tuning, (0, 50), bin_size=0.25, prior=prior)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.posterior, expected.values, atol=1e-6)
    np.testing.assert_allclose(found.times, expected.index)
