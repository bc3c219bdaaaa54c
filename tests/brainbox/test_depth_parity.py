"""Spikes over depth beside what the reference draws of them, on a real recording."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.brainbox.recordings import Recorded, load_kilosort
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    compute_cluster_average,
    compute_depth_amplitudes,
    compute_depth_profile,
    compute_drift_map,
    correlate_depths,
)

pytestmark = pytest.mark.peer

DRAWN = """
import numpy as np
from brainbox import ephys_plots as plots
places = np.array([[0.0, 3840.0]])
rate, amplitude = plots.line_fr_plot(depths, times, places), plots.line_amp_plot(amps, depths, times, places)
image, correlation = plots.image_fr_plot(depths, times, places), plots.image_crosscorr_plot(depths, times, places)
cumulated = plots.plot_cdf(amps, depths, times)
units = plots.scatter_amp_depth_fr_plot(amps, clusters, depths, times)
result = {
    "rate": rate.data.x, "y": rate.data.y, "amplitude": amplitude.data.x, "image": image.data.c,
    "correlation": correlation.data.c, "cumulated": cumulated.data.c, "levels": cumulated.data.x,
    "units": np.stack([units.data.x, units.data.y, units.data.c]),
}
"""


@pytest.fixture(scope="module")
def spikes(shared_data: Path) -> Recorded:
    """Off the edges of bins, which the reference leaves to rounding."""
    found = load_kilosort(shared_data)
    times = np.sort(found.times + np.random.default_rng(0).uniform(0, 3e-5, found.times.size))
    return found._replace(times=times, depths=np.where(found.depths % 5 == 0, found.depths + 1e-3, found.depths))


@pytest.fixture(scope="module")
def drawn(reference: Reference, spikes: Recorded) -> dict[str, Any]:
    names = ("times", "clusters", "amps", "depths")
    found: dict[str, Any] = reference(DRAWN, **dict(zip(names, spikes, strict=False)))
    return found


def test_rates_and_amplitudes_over_depth(spikes: Recorded, drawn: dict[str, Any]) -> None:
    last = spikes.times[-1]
    found = compute_depth_profile(
        spikes.times, spikes.depths, spikes.amps, recorded=(0, last), depth_limits_um=(0, 3850)
    )
    np.testing.assert_allclose(found.depths_um - 5, drawn["y"], atol=1e-9)
    np.testing.assert_allclose(found.rate, drawn["rate"], atol=1e-9)
    assert found.amplitude is not None
    np.testing.assert_allclose(np.nan_to_num(found.amplitude * 1e6), drawn["amplitude"], atol=1e-9)


def test_rates_over_depth_and_time(spikes: Recorded, drawn: dict[str, Any]) -> None:
    start = spikes.times[0]  # where its bins begin
    found = compute_drift_map(
        spikes.times - start, spikes.depths, time_bin=0.05, depth_bin_um=5, depth_limits_um=(0, 3845)
    )
    np.testing.assert_allclose(found.counts.T / 0.05, drawn["image"][: found.counts.shape[1]], atol=1e-9)


def test_correlation_of_depths(spikes: Recorded, drawn: dict[str, Any]) -> None:
    found = correlate_depths(spikes.times - spikes.times[0], spikes.depths)
    rows = (found.depths_um // 40).astype(int)
    expected = drawn["correlation"][np.ix_(rows, rows)]
    # Its bins of time end with one after the last spike, in which all depths agree.
    np.testing.assert_allclose(np.nan_to_num(found.correlation), expected, atol=2e-3)


def test_cumulated_amplitudes(spikes: Recorded, drawn: dict[str, Any]) -> None:
    levels = drawn["levels"] / 1e6
    found = compute_depth_amplitudes(
        spikes.times, spikes.depths, spikes.amps, amplitudes=levels, recorded=(0, spikes.times[-1])
    )
    np.testing.assert_allclose(levels, np.linspace(spikes.amps.min(), np.quantile(spikes.amps, 0.9), 10))
    rows = (found.depths_um // 40).astype(int)
    expected = np.nan_to_num(drawn["cumulated"].T[rows])
    np.testing.assert_allclose(found.rate, expected, atol=2.1 / spikes.times[-1])  # at edges of levels, by rounding


def test_units_over_depth(spikes: Recorded, drawn: dict[str, Any]) -> None:
    amps, depths = (compute_cluster_average(spikes.clusters, values) for values in (spikes.amps, spikes.depths))
    found = [amps.mean * 1e6, depths.mean, amps.counts / spikes.times[-1]]
    np.testing.assert_allclose(found, drawn["units"], rtol=1e-9)
