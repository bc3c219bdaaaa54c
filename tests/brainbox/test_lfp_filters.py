"""Filters, shifts and references of traces: known answers and what must hold for any input."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.compiled import without_numba
from bregma.brainbox.lfp.decimation import decimate
from bregma.brainbox.lfp.filters import bandpass_filter, highpass_filter, lowpass_filter
from bregma.brainbox.lfp.referencing import common_reference
from bregma.brainbox.lfp.shift import shift_samples
from bregma.brainbox.lfp.spatial import even_gain, highpass_spatial_filter, velocity_filter

RATE = 1000.0
Array = NDArray[Any]
TIME_FILTERS: dict[str, Callable[[Array], Array]] = {
    "highpass": lambda traces: highpass_filter(traces, RATE, 50),
    "lowpass": lambda traces: lowpass_filter(traces, RATE, 50),
    "bandpass": lambda traces: bandpass_filter(traces, RATE, (10, 50)),
    "shift": lambda traces: shift_samples(traces, np.full(traces.shape[-1], 0.3)),
    "decimate": lambda traces: decimate(traces, 4),
}
FILTERS: dict[str, Callable[[Array], Array]] = TIME_FILTERS | {
    "mean": lambda traces: common_reference(traces, "mean"),
    "spatial": lambda traces: highpass_spatial_filter(traces, gain_window=None),
    "velocity": lambda traces: velocity_filter(traces, RATE, 20e-6, (0.01, 0.02), n_mirrored=2),
}


def make_noise(n_samples: int = 600, n_channels: int = 6, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(n_samples, n_channels))


def make_sine(frequency: float, n_samples: int = 2000) -> Array:
    return np.asarray(np.sin(2 * np.pi * frequency * np.arange(n_samples) / RATE)[:, np.newaxis])


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", FILTERS)
def test_filters_are_linear(name: str) -> None:
    one, other = make_noise(seed=1), make_noise(seed=2)
    combined = FILTERS[name](2 * one - 3 * other)
    np.testing.assert_allclose(combined, 2 * FILTERS[name](one) - 3 * FILTERS[name](other), atol=1e-11)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", TIME_FILTERS)
def test_filters_along_time_treat_each_channel_by_itself(name: str) -> None:
    traces = make_noise()
    order = np.array([3, 0, 5, 1, 4, 2])
    whole = TIME_FILTERS[name](traces)
    np.testing.assert_allclose(TIME_FILTERS[name](traces[:, order]), whole[:, order], atol=1e-14)
    np.testing.assert_allclose(TIME_FILTERS[name](traces[:, :1]), whole[:, :1], atol=1e-14)


@pytest.mark.parametrize("name", FILTERS)
def test_filters_keep_the_type_and_leave_their_input(name: str) -> None:
    for dtype, expected in ((np.float64, np.float64), (np.float32, np.float32), (np.int16, np.float32)):
        traces = (100 * make_noise()).astype(dtype)
        before = traces.copy()
        assert FILTERS[name](traces).dtype == expected
        np.testing.assert_array_equal(traces, before)


@pytest.mark.parametrize("name", FILTERS)
def test_traces_that_are_not_finite_or_transposed_are_refused(name: str) -> None:
    traces = make_noise(600, 20)
    traces[7, 3] = np.nan
    with pytest.raises(InvalidInput, match="sample 7 of channel 3"):
        FILTERS[name](traces)
    with pytest.raises(InvalidInput, match=r"traces\.T"):
        FILTERS[name](make_noise(20, 600))
    with pytest.raises(InvalidInput, match="one channel as"):
        FILTERS[name](traces[:, 0])
    with pytest.raises(InvalidInput, match="give numbers"):
        FILTERS[name](traces > 0)


@given(shift=st.integers(-100, 100))
def test_a_later_signal_gives_a_later_result(shift: int) -> None:
    traces = np.zeros((1500, 2))
    traces[700:710] = make_noise(10, 2)
    for name in ("highpass", "lowpass", "bandpass"):
        moved = TIME_FILTERS[name](np.roll(traces, shift, axis=0))
        np.testing.assert_allclose(moved, np.roll(TIME_FILTERS[name](traces), shift, axis=0), atol=1e-6)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("frequency", "highpass", "lowpass"), [(2.0, 0.0, 1.0), (50.0, 0.5, 0.5), (400.0, 1.0, 0.0)])
def test_a_sine_is_kept_halved_at_the_cutoff_or_removed_in_phase(
    frequency: float, highpass: float, lowpass: float
) -> None:
    sine, middle = make_sine(frequency), slice(500, 1500)
    np.testing.assert_allclose(highpass_filter(sine, RATE, 50)[middle], highpass * sine[middle], atol=1e-3)
    np.testing.assert_allclose(lowpass_filter(sine, RATE, 50)[middle], lowpass * sine[middle], atol=1e-3)


@pytest.mark.parametrize(
    ("cutoff", "reason"), [(500.0, "half the sampling_rate"), (0.0, "above zero"), (np.nan, "above zero")]
)
def test_a_cutoff_that_no_filter_has_is_refused(cutoff: float, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        highpass_filter(make_noise(), RATE, cutoff)


def test_a_band_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(InvalidInput, match="low before high"):
        bandpass_filter(make_noise(), RATE, (50, 10))


def test_too_few_samples_to_filter_are_refused() -> None:
    with pytest.raises(InvalidInput, match="needs at least 13"):
        highpass_filter(make_noise(12, 2), RATE, 50)


def test_both_engines_give_the_same() -> None:
    traces = make_noise(900, 5)
    traces[:, 2] = 0
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        given = traces.astype(dtype)
        compiled = highpass_filter(given, RATE, 50), *even_gain(given, 101)
        with without_numba():
            plain = highpass_filter(given, RATE, 50), *even_gain(given, 101)
        for one, other in zip(compiled, plain, strict=True):
            np.testing.assert_allclose(one, other, atol=tolerance)


def test_a_whole_shift_moves_samples() -> None:
    traces = make_noise(100, 3)
    shifted = shift_samples(traces, [0, 1, -2])
    for channel, shift in enumerate([0, 1, -2]):
        np.testing.assert_allclose(shifted[:, channel], np.roll(traces[:, channel], shift), atol=1e-12)


@given(shift=st.floats(-3, 3), n_samples=st.sampled_from([400, 401]))
def test_a_part_of_a_sample_delays_a_sine_by_that_much(shift: float, n_samples: int) -> None:
    phase = 2 * np.pi * 20 * np.arange(n_samples) / n_samples
    shifted = shift_samples(np.cos(phase)[:, np.newaxis], [shift])
    np.testing.assert_allclose(shifted[:, 0], np.cos(phase - 2 * np.pi * 20 * shift / n_samples), atol=1e-12)


def test_a_shift_for_each_channel_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="6 channels"):
        shift_samples(make_noise(), [0.1, 0.2])


@pytest.mark.parametrize("operator", ["median", "mean"])
def test_what_all_channels_share_is_removed(operator: Literal["median", "mean"]) -> None:
    traces, shared = make_noise(), make_noise(600, 1, seed=9)
    np.testing.assert_allclose(
        common_reference(traces + shared, operator), common_reference(traces, operator), atol=1e-12
    )


@given(order=st.permutations(range(6)))
def test_the_order_of_channels_does_not_matter_to_their_reference(order: list[int]) -> None:
    traces, groups = make_noise(50), np.array([0, 0, 1, 1, 1, 0])
    whole = common_reference(traces, groups=groups)
    np.testing.assert_array_equal(common_reference(traces[:, order], groups=groups[order]), whole[:, order])


def test_each_group_of_channels_is_referenced_by_itself() -> None:
    traces = np.tile([1.0, 1, 1, 5, 5, 5], (20, 1))
    np.testing.assert_array_equal(common_reference(traces, groups=[0, 0, 0, 4, 4, 4]), np.zeros((20, 6)))
    np.testing.assert_array_equal(common_reference(traces[:, :1]), np.zeros((20, 1)))
    with pytest.raises(InvalidInput, match="'median' or 'mean'"):
        common_reference(traces, "mode")  # type: ignore[arg-type]


@pytest.mark.usefixtures("engine")
def test_a_stripe_over_all_channels_is_removed_and_one_channel_is_kept() -> None:
    traces = 0.01 * make_noise(1000, 64)
    traces[500] += 10
    traces[300, 32] += 1
    clean = highpass_spatial_filter(traces, gain_window=101)
    assert np.abs(clean[500]).max() < 0.5
    assert clean[300, 32] > 0.7


@pytest.mark.usefixtures("engine")
def test_the_spatial_filter_treats_shanks_apart() -> None:
    traces = make_noise(200, 40)
    shanks = np.tile([0, 1], 20)
    whole = highpass_spatial_filter(traces, groups=shanks, gain_window=None)
    alone = highpass_spatial_filter(traces[:, ::2], gain_window=None)
    np.testing.assert_allclose(whole[:, ::2], alone, atol=1e-12)


def test_one_channel_has_nothing_to_compare_with() -> None:
    np.testing.assert_array_equal(highpass_spatial_filter(make_noise(100, 1)), np.zeros((100, 1)))


@pytest.mark.usefixtures("engine")
def test_the_gain_of_constant_amplitude_is_that_amplitude() -> None:
    traces = np.tile([3.0, -0.5, 0], (400, 1))
    evened, gain = even_gain(traces, 101)
    np.testing.assert_allclose(gain[100:300], np.tile([3.0, 0.5, 0], (200, 1)), atol=1e-12)
    np.testing.assert_allclose(evened[100:300], np.tile([1.0, -1, 0], (200, 1)), atol=1e-12)


@pytest.mark.usefixtures("engine")
def test_gain_times_evened_is_the_input_even_for_windows_longer_than_it() -> None:
    traces = make_noise(50, 3)
    evened, gain = even_gain(traces, 301)
    np.testing.assert_allclose(evened * gain, traces, atol=1e-12)
    with pytest.raises(InvalidInput, match="at least 3"):
        even_gain(traces, 2)


def test_slow_waves_are_removed_and_instant_ones_kept() -> None:
    time, channel = np.arange(512)[:, np.newaxis] / RATE, np.arange(32)
    slow = np.cos(2 * np.pi * (62.5 * time - channel / 8))
    instant = np.cos(2 * np.pi * 62.5 * time) * np.ones(32)
    speed = 62.5 * 8 * 20e-6
    filtered = velocity_filter(slow + instant, RATE, 20e-6, (2 * speed, 3 * speed))
    np.testing.assert_allclose(filtered[100:400, 8:24], instant[100:400, 8:24], atol=0.05)


def test_decimation_keeps_slow_and_removes_fast_oscillations() -> None:
    slow, fast = make_sine(10), make_sine(230)
    np.testing.assert_allclose(decimate(slow, 4)[50:-50], slow[::4][50:-50], atol=2e-3)
    assert np.abs(decimate(fast, 4)[50:-50]).max() < 2e-3
    assert decimate(make_noise(1001), 4).shape == (251, 6)
    np.testing.assert_array_equal(decimate(slow, 1), slow)
    with pytest.raises(InvalidInput, match="whole number"):
        decimate(slow, 0)


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        highpass_spatial_filter(make_noise(), cutoff=2)
    with pytest.raises(InvalidInput, match="low before high"):
        velocity_filter(make_noise(), RATE, 1.0, (2, 1))
    with pytest.raises(InvalidInput, match="order"):
        highpass_filter(make_noise(), RATE, 50, order=0)
