"""Features of spike waveforms: peak, trough, tip, durations and slopes. Durations in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_floats, check_not_negative, check_positive

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TAPER_SAMPLES = 5
"""Samples at both ends over which a waveform is faded to 0, so that no peak is found there."""
MAX_SWAP_RATIO = 1.5
"""A positive peak at most this much larger than its trough gives way to the trough."""


def compute_waveform_features(
    waveforms: ArrayLike, *, sampling_rate: float = 30_000.0, recovery_duration: float = 0.00016
) -> pd.DataFrame:
    """Compute the features of each waveform on its peak channel.

    The peak is the largest deviation from 0 over all samples and channels, of either sign; but where a positive
    peak is followed by a trough of nearly its size (ratio up to 1.5), that trough is the peak. Trough and tip are
    the largest values of the other sign after and before the peak. Five samples at both ends are faded out first.

    Parameters
    ----------
    waveforms : (n_waveforms, n_samples, n_channels) or (n_samples, n_channels) array
        In any unit; spikes or templates. NaN, as in padded channels, count as 0.
    sampling_rate
        Samples per second.
    recovery_duration
        Seconds from the trough to the point of recovery.

    Returns
    -------
    DataFrame
        One row per waveform. Samples count from the first, values are in the unit of the waveforms:

        ==================================================  ==========================================================
        peak_trace_idx, peak_time_idx, peak_val             channel, sample and value of the peak
        invert_sign_peak                                    1 for a negative peak, -1 for a positive one
        trough_time_idx, trough_val                         largest value of the other sign after the peak
        tip_time_idx, tip_val                               largest value of the other sign before the peak
        peak_to_trough_ratio, peak_to_trough_ratio_log      absolute ratio of the values, and its natural logarithm
        peak_to_trough_duration                             s
        half_peak_pre_time_idx, half_peak_pre_val,          last sample before and first sample after the peak where
        half_peak_post_time_idx, half_peak_post_val         the trace is beyond half of it; sample -1 where none is
        half_peak_duration                                  time between these two, s
        recovery_time_idx, recovery_val                     `recovery_duration` after the trough, or the last sample
        depolarisation_slope, repolarisation_slope,         unit per second: tip to peak, peak to trough, trough to
        recovery_slope                                      recovery
        ==================================================  ==========================================================

        What a waveform does not have is NaN: all of them for a flat one.

    Raises
    ------
    InvalidInput
        If the shape is another, there are fewer than 11 samples, or recovery lies beyond the waveform.

    References
    ----------
    ibl-neuropixel 1.14, ``ibldsp.waveforms.compute_spike_features``, whose names these are.
    """
    check_not_negative("recovery_duration", recovery_duration)
    cube = read_waveforms(waveforms)
    check_positive("sampling_rate", sampling_rate)
    n_samples = cube.shape[1]
    if n_samples <= 2 * TAPER_SAMPLES:
        raise InvalidInput(f"waveforms have {n_samples} samples; give at least {2 * TAPER_SAMPLES + 1}")
    n_recovery = round(recovery_duration * sampling_rate)
    if not 0 <= n_recovery < n_samples:
        raise InvalidInput(f"recovery_duration {recovery_duration} s is not within {n_samples} samples; give less")
    faded = cube * _make_taper(n_samples)[:, None]
    traces = _find_peaks(faded)
    columns = {"peak_trace_idx": traces.channel} | traces.describe(n_recovery)
    flat = traces.value_at(traces.peak) == 0
    frame = _add_durations(pd.DataFrame(columns), sampling_rate)
    values = [name for name in frame.columns if not str(name).endswith("_idx")]
    frame.loc[flat, values] = np.nan
    return frame


def read_waveforms(waveforms: ArrayLike) -> Floats:
    """Return waveforms as (n_waveforms, n_samples, n_channels) floats, NaN replaced by 0; the input stays as it is.

    Raises
    ------
    InvalidInput
        If there are not two or three dimensions, or no channel.
    """
    cube = as_floats("waveforms", waveforms, n_dims=(2, 3))
    if cube.ndim == 2:
        cube = cube[None]
    if cube.ndim != 3 or cube.shape[2] == 0:
        raise InvalidInput(f"waveforms have shape {cube.shape}; give (n_waveforms, n_samples, n_channels)")
    return np.nan_to_num(cube, nan=0.0, posinf=np.inf, neginf=-np.inf)


def find_peak_channels(waveforms: ArrayLike) -> Ints:
    """Return the channel of each waveform's largest deviation from 0.

    Parameters
    ----------
    waveforms : (n_waveforms, n_samples, n_channels) or (n_samples, n_channels) array
        NaN count as 0.
    """
    peaks: Ints = np.argmax(np.abs(read_waveforms(waveforms)).max(axis=1), axis=1)
    return peaks


@dataclass(frozen=True)
class _Traces:
    """Traces of the peak channels, and where their peaks are. ``sign`` turns a trace so that its peak is negative."""

    channel: Ints
    trace: Floats
    peak: Ints
    sign: Floats

    @property
    def turned(self) -> Floats:
        return self.trace * self.sign[:, None]

    @property
    def after(self) -> Bools:
        """(n_waveforms, n_samples) whether a sample is the peak or later."""
        return np.arange(self.trace.shape[1]) >= self.peak[:, None]

    def value_at(self, sample: Ints) -> Floats:
        return np.take_along_axis(self.trace, sample[:, None], axis=1)[:, 0]

    @property
    def trough(self) -> Ints:
        later = np.where(self.after, self.turned, -np.inf)
        return np.asarray(np.argmax(later, axis=1))

    def describe(self, n_recovery: int) -> dict[str, Floats | Ints]:
        """Return samples and values of all points."""
        last = self.trace.shape[1] - 1
        points = {
            "peak": self.peak,
            "trough": self.trough,
            "tip": np.argmax(np.where(self.after, -np.inf, self.turned), axis=1),
            "recovery": np.minimum(self.trough + n_recovery, last),
            **self._find_half_peaks(),
        }
        columns: dict[str, Floats | Ints] = {}
        for name, sample in points.items():
            columns[f"{name}_time_idx"] = sample
            columns[f"{name}_val"] = np.where(sample >= 0, self.value_at(np.maximum(sample, 0)), np.nan)
        return columns | {"invert_sign_peak": self.sign}

    def _find_half_peaks(self) -> dict[str, Ints]:
        turned = self.turned
        beyond = turned > np.take_along_axis(turned, self.peak[:, None], axis=1) / 2
        later, earlier = beyond & self.after, beyond & ~self.after
        last = self.trace.shape[1] - 1
        return {
            "half_peak_post": np.where(later.any(axis=1), np.argmax(later, axis=1), -1),
            "half_peak_pre": np.where(earlier.any(axis=1), last - np.argmax(earlier[:, ::-1], axis=1), -1),
        }


def _find_peaks(cube: Floats) -> _Traces:
    rows = np.arange(cube.shape[0])
    channel = find_peak_channels(cube)
    trace = cube[rows, :, channel]
    peak = np.argmax(np.abs(trace), axis=1)
    first = _Traces(channel, trace, peak, _sign_of(trace[rows, peak]))
    trough = first.trough
    swap = (trace[rows, peak] > 0) & (trace[rows, peak] <= MAX_SWAP_RATIO * np.abs(trace[rows, trough]))
    peak = np.where(swap, trough, peak)
    return _Traces(channel, trace, peak, _sign_of(trace[rows, peak]))


def _sign_of(peak: Floats) -> Floats:
    """Return -1 for a positive peak and 1 for others."""
    return np.where(peak > 0, -1.0, 1.0)


def _make_taper(n_samples: int) -> Floats:
    """Return (n_samples,) factors that rise from 0 over the first samples and fall over the last ones."""
    rise = (1 - np.cos(np.pi * np.arange(TAPER_SAMPLES) / TAPER_SAMPLES)) / 2
    taper = np.ones(n_samples)
    taper[:TAPER_SAMPLES] = rise
    taper[-TAPER_SAMPLES:] = 1 - rise
    return taper


def _add_durations(frame: pd.DataFrame, rate: float) -> pd.DataFrame:
    def between(first: str, last: str) -> pd.Series:
        length = (frame[f"{last}_time_idx"] - frame[f"{first}_time_idx"]) / rate
        known = (frame[f"{first}_time_idx"] >= 0) & (frame[f"{last}_time_idx"] >= 0)
        return length.where(known)

    def slope(first: str, last: str) -> pd.Series:
        length = between(first, last)
        return (frame[f"{last}_val"] - frame[f"{first}_val"]) / length.where(length != 0)

    trough = frame["trough_val"].abs()
    ratio = frame["peak_val"].abs() / trough.where(trough > 0)
    return frame.assign(
        peak_to_trough_ratio=ratio,
        peak_to_trough_ratio_log=np.log(ratio.where(ratio > 0)),
        peak_to_trough_duration=between("peak", "trough"),
        half_peak_duration=between("half_peak_pre", "half_peak_post"),
        depolarisation_slope=slope("tip", "peak"),
        repolarisation_slope=slope("peak", "trough"),
        recovery_slope=slope("trough", "recovery"),
    )
