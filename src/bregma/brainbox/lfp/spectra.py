"""Spectra of traces: power over frequency, power in a band, coherence of channels. Frequencies in hertz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Window, as_floats, check_positive, check_window
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, read_traces
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

MAX_CELLS = 100_000_000
"""Values of a result beyond which it would not fit in memory."""


@dataclass(frozen=True)
class PowerSpectrum(Labelled):
    """Power spectral density of each channel.

    ``power`` (n_frequencies, n_channels) in the square of the traces' unit per Hz, V²/Hz for volts; its sum times the
    distance of frequencies is the variance.
    """

    frequencies: Floats = axis("frequency", unit="Hz")
    channels: Ints = axis("channel")
    power: Floats = values("frequency", "channel", unit="V**2/Hz")

    @property
    def decibels(self) -> Floats:
        """The power in dB relative to 1 unit²/Hz; minus infinity where there is none."""
        return to_decibels(self.power)

    def band_power(self, band: Window) -> Floats:
        """Return the power (n_channels,) of each channel between two frequencies, (low, high) in Hz, both included.

        Raises
        ------
        InvalidInput
            If no frequency of the spectrum lies between them.
        """
        check_window(band, name="band", give="(low, high) in Hz")
        low, high = band
        inside = (self.frequencies >= low) & (self.frequencies <= high)
        if not inside.any():
            raise InvalidInput(
                f"band {band} holds no frequency of the spectrum, which has one each {self._step:g} Hz up to "
                f"{self.frequencies[-1]:g}; give (low, high) in Hz, or longer segments"
            )
        total: Floats = self.power[inside].sum(axis=0) * self._step
        return total

    @property
    def _step(self) -> float:
        return float(self.frequencies[1] - self.frequencies[0])


@dataclass(frozen=True)
class Coherence(Labelled):
    """Coherence of pairs of channels: ``coherence`` (n_frequencies, n_channels, n_channels), 0 to 1; NaN if silent."""

    frequencies: Floats = axis("frequency", unit="Hz")
    channels: Ints = axis("channel")
    coherence: Floats = values("frequency", "channel", "other_channel")


def compute_power_spectrum(traces: ArrayLike, sampling_rate: float, *, segment: float | None = None) -> PowerSpectrum:
    """Estimate the power of each channel over frequency, by Welch's method.

    Segments overlap by half, lose their mean, are weighted with a Hann window and averaged.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first.
    sampling_rate : float
        In Hz.
    segment : float, optional
        Length of a segment in seconds; the distance of frequencies is its inverse. By default 1024 samples, or all
        when there are fewer.

    Returns
    -------
    PowerSpectrum

    Raises
    ------
    InvalidInput
        If traces are not finite or transposed, or a segment is longer than the traces or below 2 samples.

    References
    ----------
    P. Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967).
    """
    checked, n_segment = _read_segmented(traces, sampling_rate, segment)
    frequencies, power = welch_power(checked, sampling_rate, n_segment)
    return PowerSpectrum(frequencies, np.arange(checked.shape[1]), power)


def compute_band_power(
    traces: ArrayLike, sampling_rate: float, band: Window, *, segment: float | None = None
) -> Floats:
    """Return the power (n_channels,) of each channel between two frequencies: the variance that lies there.

    ``band`` is (low, high) in Hz. The other arguments and errors are those of `compute_power_spectrum`. A sine of
    amplitude A within the band has the power A²/2.
    """
    return compute_power_spectrum(traces, sampling_rate, segment=segment).band_power(band)


def compute_coherence(traces: ArrayLike, sampling_rate: float, *, segment: float | None = None) -> Coherence:
    """Estimate how well each channel follows each other one, frequency by frequency (magnitude squared).

    Arguments and errors are those of `compute_power_spectrum`. One segment alone is always coherent: give traces of
    many segments.

    Returns
    -------
    Coherence
    """
    checked, n_segment = _read_segmented(traces, sampling_rate, segment)
    n_channels = checked.shape[1]
    if (n_segment // 2 + 1) * n_channels**2 > MAX_CELLS:
        raise InvalidInput(f"coherence of all pairs of {n_channels} channels is too large; give some of them")
    if len(checked) < n_segment + n_segment // 2:
        raise InvalidInput(f"{len(checked)} samples are one segment of {n_segment}; give more, or shorter segments")
    cross = _cross_spectra(checked, n_segment)
    power = np.einsum("fii->fi", cross).real
    both = power[:, :, np.newaxis] * power[:, np.newaxis, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        coherence = np.where(both > 0, np.abs(cross) ** 2 / both, np.nan)
    frequencies = np.fft.rfftfreq(n_segment, 1 / sampling_rate).astype(np.float64)
    return Coherence(frequencies, np.arange(n_channels), coherence)


def welch_power(traces: Traces, sampling_rate: float, n_segment: int) -> tuple[Floats, Floats]:
    """Return frequencies (n_frequencies,) and power spectral density (n_frequencies, n_channels) of checked traces."""
    power, n_segments = np.zeros((n_segment // 2 + 1, traces.shape[1])), 0
    for spectrum in _transform_segments(traces, n_segment):
        power += spectrum.real**2 + spectrum.imag**2
        n_segments += 1
    power /= n_segments * sampling_rate * float(np.sum(_hann(n_segment) ** 2))
    power[1 : (n_segment + 1) // 2] *= 2  # negative frequencies, of which 0 and half the rate have none
    return np.fft.rfftfreq(n_segment, 1 / sampling_rate).astype(np.float64), power


def to_decibels(power: ArrayLike, reference: float = 1.0) -> Floats:
    """Return ``10 * log10(power / reference)``; minus infinity for no power."""
    check_positive("reference", reference)
    ratio = as_floats("power", power, n_dims=()) / reference
    if (ratio < 0).any():
        raise InvalidInput("power has values below zero; give the square of an amplitude, or a power spectrum")
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(ratio))


def _cross_spectra(traces: Traces, n_segment: int) -> np.ndarray[tuple[int, ...], np.dtype[np.complex128]]:
    """Return the sum over segments (n_frequencies, n_channels, n_channels) of products of their transforms."""
    n_channels = traces.shape[1]
    total = np.zeros((n_segment // 2 + 1, n_channels, n_channels), np.complex128)
    for spectrum in _transform_segments(traces.astype(np.float64), n_segment):
        total += spectrum[:, :, np.newaxis] * spectrum[:, np.newaxis, :].conj()
    return total


def _transform_segments(traces: Traces, n_segment: int) -> Iterator[NDArray[Any]]:
    """Yield the transform (n_frequencies, n_channels) of each segment, less its mean, in a Hann window."""
    from scipy.fft import rfft

    window = _hann(n_segment).astype(traces.dtype)[:, np.newaxis]
    for start in range(0, len(traces) - n_segment + 1, n_segment - n_segment // 2):
        piece = traces[start : start + n_segment]
        yield rfft((piece - piece.mean(axis=0)) * window, axis=0)


def _hann(n_segment: int) -> Floats:
    weights: Floats = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_segment) / n_segment)
    return weights


def _read_segmented(traces: ArrayLike, sampling_rate: float, segment: float | None) -> tuple[Traces, int]:
    """Return checked traces and the samples of a segment."""
    checked = read_traces(traces, min_samples=2)
    check_sampling_rate(sampling_rate)
    if segment is not None:
        check_positive("segment", segment)
    n_segment = min(1024, len(checked)) if segment is None else round(segment * sampling_rate)
    if not 2 <= n_segment <= len(checked):
        raise InvalidInput(
            f"a segment of {segment} s is {n_segment} samples, the traces have {len(checked)}; give seconds, at most "
            f"{len(checked) / sampling_rate:g}"
        )
    return checked, n_segment
