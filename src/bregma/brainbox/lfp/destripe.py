"""Destriping: raw traces of a probe made ready for spike sorting or for the study of field potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import Floats, InvalidInput, Window, check_positive
from bregma.brainbox.lfp.channels import ChannelLabel, interpolate_bad_channels
from bregma.brainbox.lfp.filters import check_band, design_sections, filter_time
from bregma.brainbox.lfp.referencing import common_reference
from bregma.brainbox.lfp.shift import shift_samples
from bregma.brainbox.lfp.spatial import DEFAULT_WINDOW, highpass_spatial_filter
from bregma.brainbox.lfp.traces import Traces, check_sampling_rate, check_shape, read_per_channel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bregma.brainbox.lfp.probe import ProbeGeometry

Referencing = Literal["spatial", "median", "mean", "none"]


def destripe_ap(
    traces: ArrayLike,
    sampling_rate: float,
    geometry: ProbeGeometry,
    *,
    labels: ArrayLike | None = None,
    cutoff: float = 300.0,
    reference: Referencing = "spatial",
) -> Traces:
    """Clean the band of action potentials: high-pass, alignment, repair of bad channels, spatial high-pass.

    Parameters
    ----------
    traces : (n_samples, n_channels) array
        Samples first, raw, in any unit (volts keep what follows in volts). A stretch of seconds; of a long recording
        see `process_recording`.
    sampling_rate : float
        In Hz.
    geometry : ProbeGeometry
        Of the channels of `traces`; shanks are treated apart, channels of each from the tip upward.
    labels : (n_channels,) array, optional
        `ChannelLabel` of each, from `detect_bad_channels`: dead and noisy ones are interpolated, those outside the
        brain are left out of the last step.
    cutoff : float
        Of the high-pass filter, in Hz.
    reference : 'spatial', 'median', 'mean' or 'none'
        Spatial high-pass with evened gain, or a common reference.

    Returns
    -------
    (n_samples, n_channels) array
        New, channels in the order given; 64-bit floats for 64-bit floats, else 32-bit.

    Raises
    ------
    InvalidInput
        If traces are not finite, too short or transposed, or geometry or labels do not fit them.

    References
    ----------
    International Brain Laboratory, Spike sorting pipeline for the International Brain Laboratory, 2022.
    """
    check_positive("cutoff", cutoff)
    check_positive("cutoff", cutoff)
    check_sampling_rate(sampling_rate, above=cutoff)
    sections = design_sections(3, cutoff, "highpass", sampling_rate)
    return _destripe(traces, sections, geometry, labels, reference)


def destripe_lfp(
    traces: ArrayLike,
    sampling_rate: float,
    geometry: ProbeGeometry,
    *,
    labels: ArrayLike | None = None,
    band: Window = (0.5, 300.0),
    reference: Referencing = "median",
) -> Traces:
    """Clean local field potential: band-pass, alignment, repair of bad channels, common reference.

    Arguments, result and errors are those of `destripe_ap`; ``band`` is in Hz. The geometry must be that of the
    field potential (``dense_geometry(probe, band="lf")``, or of its own ``.meta``), for its shifts.
    """
    check_band(band, sampling_rate)
    sections = design_sections(3, band, "bandpass", sampling_rate)
    return _destripe(traces, sections, geometry, labels, reference)


def _destripe(
    traces: ArrayLike, sections: Floats, geometry: ProbeGeometry, labels: ArrayLike | None, reference: Referencing
) -> Traces:
    n_channels = _check_geometry(traces, geometry)
    label = np.zeros(n_channels, int) if labels is None else read_per_channel("labels", labels, n_channels, np.int64)
    clean = filter_time(traces, sections)
    if geometry.sample_shifts.any():
        clean = shift_samples(clean, geometry.sample_shifts)
    if np.isin(label, (ChannelLabel.DEAD, ChannelLabel.NOISY)).any():
        clean = interpolate_bad_channels(clean, label, geometry.x_um, geometry.y_um)
    inside = geometry.order[label[geometry.order] != ChannelLabel.OUTSIDE]
    if np.array_equal(inside, np.arange(inside.size)):  # in order from the first: no copy
        first = slice(0, inside.size)
        clean[:, first] = _reference(clean[:, first], geometry.take(first), reference) if inside.size else 0
    else:
        clean[:, inside] = _reference(clean[:, inside], geometry.take(inside), reference)
    return clean


def _reference(traces: Traces, geometry: ProbeGeometry, reference: Referencing) -> Traces:
    """Take away what channels of a shank share, in the way named."""
    if reference == "none":
        return traces
    if reference == "spatial":
        return highpass_spatial_filter(traces, groups=geometry.shanks, gain_window=DEFAULT_WINDOW)
    return common_reference(traces, reference, groups=geometry.shanks)


def _check_geometry(traces: ArrayLike, geometry: ProbeGeometry) -> int:
    """Return the number of channels; raises `InvalidInput` unless the geometry has a place for each."""
    shape, n_places = np.shape(traces), geometry.channels.size
    check_shape(shape)
    if shape[1] != n_places:
        raise InvalidInput(
            f"traces have {shape[1]} channels, geometry {n_places}; leave the sync channel out of traces"
        )
    return n_places
