"""Analyses of spikes beside the reference's, on a real recording and on random spikes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.recordings import Recorded, draw, load_kilosort, load_task, load_two_minutes
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    BinOptions,
    LagRule,
    align_counts,
    average_events,
    bin_spikes,
    bin_spikes2d,
    bincount2d,
    compute_autocorrelograms,
    compute_average_drift,
    compute_cluster_average,
    compute_correlograms,
    compute_firing_rate,
    compute_firing_statistics,
    compute_psth,
    compute_rate_variability,
    count_in_intervals,
    estimate_drift,
    group_spikes,
    sync_series,
)

pytestmark = pytest.mark.peer

LOADERS: dict[str, Callable[[Path], Recorded]] = {
    "two minutes": load_two_minutes,
    "kilosort": load_kilosort,
    "task": load_task,
}


@pytest.fixture(params=[*LOADERS, "random"])
def spikes(request: pytest.FixtureRequest, shared_data: Path) -> Recorded:
    """Spikes of up to 60 units, and 40 events."""
    found = draw() if request.param == "random" else LOADERS[request.param](shared_data)
    clusters = np.unique(found.clusters)
    return found.keep(clusters[:: max(clusters.size // 60, 1)], n_events=40)


@pytest.mark.parametrize(
    ("x_bin", "y_bin", "limits"),
    [
        (0.1, 0, (None, None)),
        (0.37, 5.0, (None, None)),
        (0.5, 7.0, ((-2.0, 10.2), (-30.0, 1000.0))),
        (1.0, [1, 2, 3], (None, None)),
    ],
)
def test_counts_on_a_grid(reference: Reference, spikes: Recorded, x_bin: float, y_bin: Any, limits: Any) -> None:
    times, clusters = spikes[:2]
    if isinstance(y_bin, list):
        y_bin = np.unique(clusters)[y_bin]
        used = np.isin(clusters, y_bin)
        times, clusters = times[used], clusters[used]
    if limits[0]:
        limits = ((times[0] + limits[0][0], times[-1] + limits[0][1]), limits[1])
    weights = np.random.default_rng(1).normal(size=times.size)
    code = """
from iblutil.numerical import bincount2D
result = [bincount2D(x, y, x_bin, y_bin, *limits), bincount2D(x, y, x_bin, y_bin, *limits, weights=weights)]
"""
    plain, weighed = reference(code, x=times, y=clusters, x_bin=x_bin, y_bin=y_bin, limits=limits, weights=weights)
    ours = bincount2d(times, clusters, x_bin, y_bin, limits=limits)
    np.testing.assert_array_equal(ours.counts, plain[0])
    np.testing.assert_allclose(ours.x, plain[1], atol=1e-9)
    np.testing.assert_allclose(ours.y, plain[2], atol=1e-9)
    np.testing.assert_allclose(
        bincount2d(times, clusters, x_bin, y_bin, limits=limits, weights=weights).counts, weighed[0], atol=1e-9
    )


def test_bins_around_events(reference: Reference, spikes: Recorded) -> None:
    times, clusters, _, _, events, _ = spikes
    ids = np.unique(clusters)
    weights = np.random.default_rng(1).normal(size=times.size)
    code = """
from brainbox.singlecell import bin_spikes, bin_spikes2D
result = [bin_spikes(t, e), bin_spikes(t, e, weights=w), bin_spikes2D(t, c, ids, e, 0.2, 0.5, 0.01)]
"""
    one, weighed, many = reference(code, t=times, c=clusters, ids=ids, e=events, w=weights)
    np.testing.assert_array_equal(bin_spikes(times, events).counts, one[0])
    np.testing.assert_allclose(bin_spikes(times, events).times, one[1], atol=1e-9)
    np.testing.assert_allclose(bin_spikes(times, events, weights=weights).counts, weighed[0], atol=1e-9)
    ours = bin_spikes2d(
        times, clusters, events, (-0.2, 0.5), 0.01, cluster_ids=ids, options=BinOptions(dtype=np.uint16)
    )
    np.testing.assert_array_equal(ours.counts, many[0])


@pytest.mark.parametrize(("bin_size", "smoothing"), [(0.025, 0.0), (0.025, 0.025), (0.01, 0.025), (0.005, 0.012)])
def test_mean_rates_around_events(reference: Reference, spikes: Recorded, bin_size: float, smoothing: float) -> None:
    times, clusters, _, _, events, _ = spikes
    ids = np.unique(clusters)[::3]
    code = """
from brainbox.singlecell import calculate_peths
found, _ = calculate_peths(t, c, ids, e, 0.2, 0.5, b, s)
result = [found.means, found.stds, found.tscale]
"""
    means, stds, scale = reference(code, t=times, c=clusters, ids=ids, e=events, b=bin_size, s=smoothing)
    ours = compute_psth(times, clusters, ids, events, (-0.2, 0.5), bin_size, smoothing)
    np.testing.assert_allclose(ours.rate, means, atol=1e-9)
    np.testing.assert_allclose(ours.std, stds, atol=1e-9)
    np.testing.assert_allclose(ours.times, scale, atol=1e-9)


@pytest.mark.parametrize(("bin_size", "half"), [(0.001, 0.025), (0.002, 0.05)])
def test_correlograms_of_all_pairs(reference: Reference, spikes: Recorded, bin_size: float, half: float) -> None:
    times, clusters = spikes[:2]
    used = np.isin(clusters, np.unique(clusters)[:40])
    times, clusters = times[used], clusters[used]
    code = """
import numpy as np
from brainbox.population.decode import xcorr
from brainbox.singlecell import acorr
from phylib.stats.ccg import correlograms
c = np.asarray(c)
phy = correlograms(t, c, sample_rate=30000., bin_size=b, window_size=w)
result = [xcorr(t, c, b, w), phy, acorr(t[c == c[0]], b, w)]
"""
    theirs, phy, auto = reference(code, t=times, c=clusters, b=bin_size, w=2 * half)
    ours = compute_correlograms(times, clusters, bin_size=bin_size, half_window=half, rule=LagRule.xcorr())
    np.testing.assert_array_equal(ours.counts, theirs)
    floor = compute_correlograms(times, clusters, bin_size=bin_size, half_window=half, rule=LagRule.phylib(30000))
    np.testing.assert_array_equal(floor.counts, phy)
    own = compute_autocorrelograms(times, clusters, [clusters[0]], bin_size=bin_size, half_window=half).counts[0]
    middle = auto.size // 2
    assert abs(own - auto).sum() - abs(own[middle] - auto[middle]) <= 0.04 * auto.sum()  # lags on edges of bins


def test_counts_in_intervals(reference: Reference, spikes: Recorded) -> None:
    times, clusters, _, _, events, _ = spikes
    intervals = np.stack([events - 0.1, events + 0.4], axis=1)
    code = "from brainbox.population.decode import get_spike_counts_in_bins as f\nresult = f(t, c, i)"
    counts, ids = reference(code, t=times, c=clusters, i=intervals)
    ours = count_in_intervals(times, clusters, intervals)
    np.testing.assert_array_equal(ours.counts, counts)
    np.testing.assert_array_equal(ours.cluster_ids, ids)


def test_averages_of_events_are_those_of_the_reference_where_every_row_is_known(
    reference: Reference, spikes: Recorded
) -> None:
    times, _, _, _, events, _ = spikes
    # Events on the reference's bins, which start with the first spike: it rounds others.
    events = times[0] + np.round((events[1:] - times[0]) / 0.02) * 0.02 - 1e-9
    code = """
from brainbox.task.trials import get_event_aligned_raster, get_psth
raster, lags = get_event_aligned_raster(t, e)
result = [raster, *get_psth(raster)]
"""
    raster, mean, err = reference(code, t=times, e=events)
    ours = align_counts(times, events)
    off = np.abs(ours.values - raster[:, :70])
    assert off.sum() <= 1e-3 * raster.sum()  # spikes within a nanosecond of an edge
    averages = average_events(raster, ddof=0)
    np.testing.assert_allclose(averages.mean, mean, atol=1e-9)
    np.testing.assert_allclose(averages.sem, err, atol=1e-9)


def test_firing_statistics_of_a_unit(reference: Reference, spikes: Recorded) -> None:
    times, clusters = spikes[:2]
    unit = np.bincount(clusters).argmax()
    train = times[clusters == unit]
    feature = np.random.default_rng(2).normal(size=train.size)
    code = """
from brainbox.singlecell import firing_rate
from brainbox.metrics import single_units as m
cv, fano = m.firing_rate_coeff_var(t)[:2], m.firing_rate_fano_factor(t)[:2]
result = [firing_rate(t), cv, fano, m.average_drift(f, t), m.pres_ratio(t)[0]]
"""
    rate, cv, fano, drift, present = reference(code, t=train, f=feature)
    np.testing.assert_allclose(compute_firing_rate(train).rate, rate, atol=1e-9)
    variability = compute_rate_variability(train)
    np.testing.assert_allclose(variability.cv, cv[1], atol=1e-9)
    np.testing.assert_allclose(variability.mean_cv, cv[0], atol=1e-9)
    np.testing.assert_allclose(variability.fano, fano[1], atol=1e-9)
    np.testing.assert_allclose(variability.mean_fano, fano[0], atol=1e-9)
    np.testing.assert_allclose(compute_average_drift(train, feature), drift, rtol=1e-9)
    ours = compute_firing_statistics(times, clusters, [unit], recorded=(0, float(train[-1])))
    assert ours.presence_ratio[0] == pytest.approx(present)


def test_averages_and_groups_by_unit(reference: Reference, spikes: Recorded) -> None:
    times, clusters = spikes[:2]
    amps = np.random.default_rng(2).uniform(size=times.size)
    code = """
from brainbox.processing import compute_cluster_average, get_units_bunch
units = get_units_bunch(dict(times=t, clusters=c, amps=a), ["amps"])["amps"]
result = [compute_cluster_average(c, a), {int(k): v for k, v in units.items() if len(v)}]
"""
    (ids, mean, counts), units = reference(code, t=times, c=clusters, a=amps)
    ours = compute_cluster_average(clusters, amps)
    np.testing.assert_array_equal(ours.cluster_ids, ids)
    np.testing.assert_allclose(ours.mean, mean, atol=1e-9)
    np.testing.assert_array_equal(ours.counts, counts)
    grouped = group_spikes(times, clusters, {"amps": amps})
    assert list(grouped) == sorted(units)
    for unit, expected in units.items():
        np.testing.assert_array_equal(grouped[unit]["amps"], expected)


@pytest.mark.parametrize(
    ("kind", "theirs"), [("previous", "zero"), ("linear", "linear"), ("nearest", "nearest"), ("cubic", "cubic")]
)
def test_series_on_one_grid(reference: Reference, kind: str, theirs: str) -> None:
    rng = np.random.default_rng(4)
    first, second = np.sort(rng.uniform(0, 10, 50)), np.sort(rng.uniform(0, 10, 80))
    first[[0, -1]] = second[[0, -1]] = [0.0, 10.0]
    values = [rng.normal(size=50), rng.normal(size=80)]
    code = """
from brainbox.processing import sync
found = sync(0.13, times=times, values=values, interp=kind)
result = [found.times, found.values]
"""
    times, expected = reference(code, times=[first, second], values=values, kind=theirs)
    ours = sync_series([(first, values[0]), (second, values[1])], 0.13, between=kind)
    np.testing.assert_allclose(ours.times, times, atol=1e-9)
    np.testing.assert_allclose(ours.values, expected, atol=1e-9)


@pytest.mark.parametrize("seconds", [120.4, 2000.0])
def test_the_motion_of_a_probe(reference: Reference, seconds: float) -> None:
    """A long one too: rounding decides which time bins have the median spectrum."""
    rng = np.random.default_rng(7)
    times = np.sort(rng.uniform(3.2, 3.2 + seconds, 200_000))
    depths = rng.choice(rng.uniform(100, 3700, 60), times.size) + rng.normal(0, 8, times.size) + 20 * np.sin(times / 15)
    code = """
from brainbox.metrics.electrode_drift import estimate_drift
result = estimate_drift(t, a, d)
"""
    drift, _ = reference(code, t=times, a=np.full(times.size, 1e-4), d=depths)
    np.testing.assert_allclose(estimate_drift(times, depths).drift_um, drift, atol=1e-4)  # 32-bit spectra
