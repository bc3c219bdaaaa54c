"""To and from SpikeInterface: sorted spikes as a NumpySorting, a recording with its probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.brainbox.arrays import InvalidInput
from bregma.brainbox.exchange.sorting import SortedSpikes, read_sorted_spikes
from bregma.brainbox.lfp.probe import ProbeGeometry
from bregma.brainbox.lfp.recording import Recording
from bregma.brainbox.lfp.traces import check_sampling_rate
from bregma.later import need_package

if TYPE_CHECKING:
    from spikeinterface.core import BaseRecording, BaseSorting

MICROVOLTS = 1e6


def spikes_to_spikeinterface(spikes: SortedSpikes, sampling_rate: float) -> BaseSorting:
    """Make a sorting of one segment; the columns of the table of units become its properties.

    Parameters
    ----------
    spikes : SortedSpikes
        Times in seconds of the probe's clock, from its first sample; each goes to the nearest sample. A sorting
        holds no amplitudes or depths of spikes: these are not carried.
    sampling_rate : float
        In Hz.

    Returns
    -------
    spikeinterface.core.NumpySorting

    Raises
    ------
    PackageMissing
        If SpikeInterface is not installed.
    InvalidInput
        If a spike comes before the first sample.
    """
    need_package("spikeinterface", "exchange")
    from spikeinterface.core import NumpySorting

    check_sampling_rate(sampling_rate)
    if spikes.times.size and spikes.times[0] < 0:
        raise InvalidInput(f"the first spike is at {spikes.times[0]:g} s; give times from the first sample on")
    samples = np.round(spikes.times * sampling_rate).astype(np.int64)
    sorting = NumpySorting.from_samples_and_labels(
        [samples], [spikes.clusters], sampling_frequency=sampling_rate, unit_ids=spikes.cluster_ids
    )
    for name, column in spikes.units.items():
        sorting.set_property(name, column)
    return sorting


def spikes_from_spikeinterface(sorting: BaseSorting, *, segment: int = 0) -> SortedSpikes:
    """Read sorted spikes from one segment of a sorting; its properties become the table of units.

    Parameters
    ----------
    sorting : spikeinterface.core.BaseSorting
        Ids of units that are no whole numbers are replaced by 0, 1, 2 ... and kept as a column ``unit_id``.
    segment : int

    Raises
    ------
    InvalidInput
        If there is no such segment.
    """
    if not 0 <= segment < sorting.get_num_segments():
        raise InvalidInput(f"segment is {segment}; the sorting has {sorting.get_num_segments()}, counted from 0")
    given = np.asarray(sorting.unit_ids)
    units = {name: np.asarray(sorting.get_property(name)) for name in sorting.get_property_keys()}
    ids = given
    if given.size and not np.issubdtype(given.dtype, np.integer):
        ids, units["unit_id"] = np.arange(given.size), given
    trains = [
        np.asarray(sorting.get_unit_spike_train(unit, segment_index=segment, return_times=True)) for unit in given
    ]
    return read_sorted_spikes(
        np.concatenate([np.zeros(0), *trains]),
        np.repeat(ids, [len(train) for train in trains]),
        cluster_ids=ids,
        units=units,
    )


def recording_to_spikeinterface(recording: Recording, geometry: ProbeGeometry) -> BaseRecording:
    """Make a recording of an array or memory map, with gains, probe, shanks and the shifts of its converters.

    Parameters
    ----------
    recording : Recording
        Its samples a numpy array or memory map, which is not read.
    geometry : ProbeGeometry
        Of the channels that `recording` reads.

    Returns
    -------
    spikeinterface.core.BaseRecording
        Its channels are numbered as the columns of the file.

    Raises
    ------
    PackageMissing
        If SpikeInterface is not installed.
    InvalidInput
        If the samples are no numpy array, or the geometry has not a place for each channel.
    """
    need_package("spikeinterface", "exchange")
    from spikeinterface.core import NumpyRecording

    samples, n_saved = recording.samples, recording.samples.shape[1]
    if not isinstance(samples, np.ndarray):
        raise InvalidInput(f"samples are {type(samples).__name__}; give a numpy array or memory map of the file")
    if geometry.channels.size != recording.n_channels:
        raise InvalidInput(f"geometry has {geometry.channels.size} channels, the recording {recording.n_channels}")
    whole = NumpyRecording([samples], sampling_frequency=recording.sampling_rate, channel_ids=np.arange(n_saved))
    gains = np.broadcast_to(np.asarray(recording.volts_per_bit, np.float64), (n_saved,)) * MICROVOLTS
    whole.set_channel_gains(gains)
    whole.set_channel_offsets(np.zeros(n_saved))
    read = np.arange(n_saved) if recording.channels is None else np.asarray(recording.channels)
    chosen = whole.select_channels(read)
    chosen.set_probe(_make_probe(geometry), group_mode="by_shank")
    chosen.set_property("inter_sample_shift", geometry.sample_shifts)
    return chosen


def recording_from_spikeinterface(recording: BaseRecording, *, segment: int = 0) -> tuple[Recording, ProbeGeometry]:
    """Read a recording and its probe from SpikeInterface; traces are read when asked for.

    Raises
    ------
    InvalidInput
        If there is no such segment, or no probe.
    """
    if not 0 <= segment < recording.get_num_segments():
        raise InvalidInput(f"segment is {segment}; the recording has {recording.get_num_segments()}, counted from 0")
    if not recording.has_probe():
        raise InvalidInput("the recording has no probe; set one with its set_probe")
    gains = recording.get_channel_gains()
    places = np.asarray(recording.get_channel_locations(), np.float64)
    shanks = np.asarray(recording.get_channel_groups(), np.int64)
    plain = ProbeGeometry.of(places[:, 0], places[:, 1], shanks)
    shifts = recording.get_property("inter_sample_shift")
    geometry = ProbeGeometry(
        channels=plain.channels,
        x_um=plain.x_um,
        y_um=plain.y_um,
        shanks=plain.shanks,
        adcs=plain.adcs,
        sample_shifts=plain.sample_shifts if shifts is None else np.asarray(shifts, np.float64),
        used=plain.used,
    )
    volts = 1.0 if gains is None else np.asarray(gains, np.float64) / MICROVOLTS
    return Recording(_SegmentSamples(recording, segment), float(recording.sampling_frequency), volts), geometry


class _SegmentSamples:
    """The rows of one segment, read from SpikeInterface when they are asked for."""

    def __init__(self, recording: BaseRecording, segment: int) -> None:
        self._recording, self._segment = recording, segment
        self.shape: tuple[int, ...] = (int(recording.get_num_samples(segment)), int(recording.get_num_channels()))

    def __getitem__(self, key: slice) -> Any:
        start, stop, step = key.indices(self.shape[0])
        rows = self._recording.get_traces(segment_index=self._segment, start_frame=start, end_frame=max(start, stop))
        return rows[::step]


def _make_probe(geometry: ProbeGeometry) -> Any:
    from probeinterface import Probe

    probe = Probe(ndim=2, si_units="um")
    probe.set_contacts(
        positions=np.c_[geometry.x_um, geometry.y_um],
        shapes="square",
        shape_params={"width": 12},
        shank_ids=geometry.shanks.astype(str),
    )
    probe.set_device_channel_indices(np.arange(geometry.channels.size))
    return probe
