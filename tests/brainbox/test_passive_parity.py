"""Receptive fields and responses along the probe, beside the reference's on its own grid of times."""

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox import (
    compute_aligned_activity,
    compute_receptive_fields_over_depth,
    compute_svd_map,
    find_square_onsets,
)
from bregma.brainbox.arrays import Floats

pytestmark = pytest.mark.peer

FIELDS = """
from brainbox.task import passive
times, places, stimuli = passive.get_on_off_times_and_positions({"times": frame_times, "frames": frames})
fields, depths = passive.get_rf_map_over_depth(
    times, places, stimuli, spike_times, spike_depths, x_lim=[0, 100], y_lim=[0, 400])
svd = passive.get_svd_map(fields)
onsets = {
    kind: [[frame, *place] for place, found in zip(places, stimuli[kind]) for frame in found[0]] for kind in stimuli}
result = {"on": fields["on"], "off": fields["off"], "depths": depths, "svd": svd["on"], "onsets": onsets}
"""

ALIGNED = """
from brainbox.task import passive
result = passive.get_stim_aligned_activity(
    {"stimulus": events}, spike_times, spike_depths, x_lim=[0, 100], y_lim=[0, 400])["stimulus"]
"""


def make_spikes(seed: int) -> tuple[Floats, Floats]:
    """Spikes in the middle of bins of 10 ms, the first at zero: the reference rounds events to a grid of the spikes."""
    rng = np.random.default_rng(seed)
    bins = np.sort(rng.integers(0, 9000, 40_000))
    return np.concatenate([[0.0], bins * 0.01 + 0.005]), rng.uniform(0, 399, 40_001)


def test_receptive_fields_are_those_of_the_reference(reference: Reference) -> None:
    rng = np.random.default_rng(1)
    frames = rng.choice(np.array([0, 128, 255], dtype=np.uint8), p=[0.02, 0.96, 0.02], size=(300, 6, 6))
    frames[[0, -1]] = 128
    frame_times = 2 + np.arange(300) * 0.25
    times, depths = make_spikes(2)
    asked = {"frames": frames, "frame_times": frame_times - 1e-10, "spike_times": times, "spike_depths": depths}
    expected = reference(FIELDS, **asked)
    stimulus = find_square_onsets(frames, frame_times)
    np.testing.assert_array_equal(stimulus.on, expected["onsets"]["on"])
    np.testing.assert_array_equal(stimulus.off, expected["onsets"]["off"])
    fields = compute_receptive_fields_over_depth(times, depths, stimulus, depth_bin_um=80, depth_limits_um=(0, 400))
    for ours, theirs in ((fields.on, expected["on"]), (fields.off, expected["off"])):
        np.testing.assert_allclose(np.nan_to_num(ours) * 0.01, theirs[:5], atol=1e-12)
    np.testing.assert_allclose(fields.depths_um, expected["depths"][:5] + 40)
    np.testing.assert_allclose(compute_svd_map(np.nan_to_num(fields.on) * 0.01), expected["svd"][:5], atol=1e-9)


def test_activity_along_the_probe_is_that_of_the_reference(reference: Reference) -> None:
    times, depths = make_spikes(3)
    events = np.arange(5.0, 80, 1.7)
    expected = reference(ALIGNED, events=events - 1e-10, spike_times=times, spike_depths=depths)
    found = compute_aligned_activity(times, depths, events, depth_bin_um=20, depth_limits_um=(0, 400))
    np.testing.assert_allclose(found.z, expected[:20], atol=1e-9)
