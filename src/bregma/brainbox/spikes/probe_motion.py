"""Motion of a probe along its axis, from where spikes are over time. Seconds and micrometres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, check_positive, check_same_length
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.spikes.binning import BinAxis, Numbers, count_on_grid, find_extremes, read_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class ProbeMotion(Labelled):
    """``drift_um`` (n_times,): how far up the spikes have moved, of mean 0, at ``times`` (n_times,) s."""

    times: Floats = axis("time", unit="s")
    drift_um: Floats = values("time", unit="um")


@dataclass(frozen=True)
class DriftSettings:
    """How drift is estimated.

    ``time_bin`` s and ``depth_bin_um``: the histogram of spikes. ``max_shift_um``: the largest shift looked for.
    ``period_um`` (short, long): structure along depth finer than the short period is ignored, coarser than the long
    one kept, with a cosine taper between. ``n_smooth``: time bins of the Hann window that smooths the result.
    """

    time_bin: float = 1.0
    depth_bin_um: float = 2.0
    max_shift_um: float = 100.0
    period_um: tuple[float, float] = (8.0, 16.0)
    n_smooth: int = 9

    def __post_init__(self) -> None:
        for name in ("time_bin", "depth_bin_um", "max_shift_um"):
            check_positive(name, getattr(self, name))
        if self.max_shift_um < self.depth_bin_um:
            raise InvalidInput(f"max_shift_um is {self.max_shift_um}; give at least a depth bin, {self.depth_bin_um}")
        if not 0 < self.period_um[0] < self.period_um[1]:
            raise InvalidInput(f"period_um is {self.period_um}; give a short and a longer period above zero")
        if self.n_smooth < 1 or self.n_smooth % 2 == 0:
            raise InvalidInput(f"n_smooth is {self.n_smooth}; give an odd number of time bins")


def estimate_drift(
    spike_times: ArrayLike,
    spike_depths_um: ArrayLike,
    *,
    settings: DriftSettings = DriftSettings(),
) -> ProbeMotion:
    """Estimate how the probe moved in the tissue, as one rigid shift over time.

    Spikes are counted over time and depth; the profile of each time bin is compared, by Fourier transform, with the
    median of the spectra of all bins; the best shift, refined by a parabola, is smoothed over time.

    Parameters
    ----------
    spike_times, spike_depths_um : (n_spikes,) arrays
        Seconds and micrometres, in any order; depths may be negative. Spikes with a NaN are left out.
    settings
        Sizes of bins and filters.

    Returns
    -------
    ProbeMotion
        From the whole second at or before the first spike, in the centres of time bins.

    Raises
    ------
    InvalidInput
        If lengths differ, or the spikes cover less time than the smoothing or less depth than the shifts.
    """
    times, depths = read_numbers("spike_times", spike_times), read_numbers("spike_depths_um", spike_depths_um)
    check_same_length(spike_times=times, spike_depths_um=depths)
    known = np.isfinite(times) & np.isfinite(depths)
    if not known.all():
        times, depths = times[known], depths[known]
    time_axis, depth_axis = _find_axes(times, depths, settings)
    counts = count_on_grid(depths, times, depth_axis, time_axis).astype(np.float32)
    raw = _find_shifts(counts, settings) * settings.depth_bin_um
    drift = _smooth(raw, settings.n_smooth)
    return ProbeMotion(time_axis.centres, drift - drift.mean())


def _find_axes(times: Floats, depths: Floats, settings: DriftSettings) -> tuple[BinAxis, BinAxis]:
    span, reach = find_extremes(times), find_extremes(depths)
    if span is None or reach is None:
        raise InvalidInput("spike_times has no spike of known time and depth; drift needs some")
    start = float(np.floor(span[0]))
    n_times = int(np.ceil((np.ceil(span[1]) - start) / settings.time_bin - 1e-9))
    bottom = min(0.0, float(np.floor(reach[0] / settings.depth_bin_um)) * settings.depth_bin_um)
    n_depths = int(np.ceil((reach[1] - bottom) / settings.depth_bin_um))
    if n_times < max(settings.n_smooth, 2):
        raise InvalidInput(f"spikes cover {n_times} time bins; drift needs {max(settings.n_smooth, 2)}")
    if n_depths <= 2 * round(settings.max_shift_um / settings.depth_bin_um):
        raise InvalidInput(
            f"spikes cover {n_depths * settings.depth_bin_um:g} um; drift up to {settings.max_shift_um:g} um needs "
            "more than twice that"
        )
    return BinAxis(start, settings.time_bin, n_times), BinAxis(bottom, settings.depth_bin_um, n_depths)


def _find_shifts(counts: Numbers, settings: DriftSettings) -> Floats:
    """Return the shift, in depth bins, at which the profile of each time bin is most like the usual one."""
    n_depths, n_shift = counts.shape[1], round(settings.max_shift_um / settings.depth_bin_um)
    kept = _low_pass(np.asarray(np.fft.fftfreq(n_depths, d=settings.depth_bin_um)), settings.period_um)
    usual = np.zeros(kept.size, dtype=np.complex128)
    # Complex numbers are ordered by their real part: the median is one spectrum's value, or the mean of two. Which
    # ones, rounding may decide: both halves of the transform, in 32 bits, round as the published method does.
    usual[kept > 0] = np.median(np.fft.fft(counts, axis=1)[:, kept > 0], axis=0)
    profile = np.fft.ifft(kept * usual).real
    # Only the shifts looked for are correlated: that of the depth axis is a circle.
    shifted = np.stack([np.roll(profile, shift) for shift in range(-n_shift, n_shift + 1)], axis=1)
    near = counts @ shifted
    return _find_peaks(near - near.mean(axis=1, keepdims=True)) - n_shift


def _low_pass(frequencies: Floats, period_um: tuple[float, float]) -> Floats:
    """Return 1 up to the frequency of the long period, 0 from that of the short, and a half cosine between."""
    low, high = 1 / period_um[1], 1 / period_um[0]
    part = np.clip((np.abs(frequencies) - low) / (high - low), 0, 1)
    return np.asarray((1 + np.cos(np.pi * part)) / 2, dtype=np.float64)


def _find_peaks(rows: Floats) -> Floats:
    """Return where each row is largest, between its places by a parabola through three, except at the ends."""
    peak = rows.argmax(axis=1)
    inner = np.clip(peak, 1, rows.shape[1] - 2)
    row = np.arange(len(rows))
    before, at, after = rows[row, inner - 1], rows[row, inner], rows[row, inner + 1]
    bend = before - 2 * at + after
    offset = np.where(bend != 0, (before - after) / np.where(bend != 0, 2 * bend, 1), 0)
    return np.asarray(np.where(inner == peak, peak + offset, peak), dtype=np.float64)


def _smooth(drift: Floats, n_smooth: int) -> Floats:
    """Smooth by a Hann window. Before the start the values come mirrored, after the end too, the last one twice."""
    if n_smooth < 3:
        return drift
    window, reach = np.hanning(n_smooth), n_smooth // 2
    mirrored = np.concatenate([drift[reach:0:-1], drift, drift[: -reach - 1 : -1]])
    smooth = np.convolve(mirrored, window / window.sum(), mode="valid")
    return np.asarray(smooth, dtype=np.float64)
