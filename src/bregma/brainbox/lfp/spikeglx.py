"""What SpikeGLX writes beside a recording (``.meta``): probe, sampling rate, volts per bit, places of channels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput
from bregma.brainbox.lfp.probe import (
    NP1,
    NP2,
    TIP_OFFSET_UM,
    ProbeGeometry,
    ProbeType,
    adc_shifts,
    dense_geometry,
    place_sites,
)
from bregma.brainbox.results import Concise

if TYPE_CHECKING:
    from collections.abc import Mapping

Band = Literal["ap", "lf", "nidq"]

PROBE_TYPES = {
    21: ProbeType.NP2_1,
    2003: ProbeType.NP2_1,
    24: ProbeType.NP2_4,
    2013: ProbeType.NP2_4,
    1100: ProbeType.NP_ULTRA,
    2020: ProbeType.NP2_QUAD_BASE,
    1030: ProbeType.NHP_LONG,
}
SMALL_GAIN_PARTS = ("NP2010", "NP2000")
NP1_WIDTH_UM = 70.0


@dataclass(frozen=True)
class SpikeGLXMetadata(Concise):
    """What a ``.meta`` file says. Channels are columns of the file, in its order.

    ``probe`` and ``geometry`` (of the channels that are not sync) are None for a nidq file, ``geometry`` also where
    the file does not tell the sites of a probe of several shanks. ``sampling_rate`` in Hz; ``volts_per_bit``
    (n_channels,), 1 for digital channels; ``max_volts`` (n_channels,) the end of the converter's range;
    ``sync_channels`` the digital columns, ``analog_channels`` those of a nidq file; ``saved_channels`` the number of
    each column at acquisition; ``n_samples`` None while the file is being written. ``entries`` is every line, by key.
    """

    band: Band
    probe: ProbeType | None
    part_number: str | None
    serial: int | None
    sampling_rate: float
    n_channels: int
    n_samples: int | None
    volts_per_bit: Floats
    max_volts: Floats
    sync_channels: Ints
    analog_channels: Ints
    saved_channels: Ints
    geometry: ProbeGeometry | None
    entries: Mapping[str, str] = field(repr=False)


def read_spikeglx_metadata(text: str) -> SpikeGLXMetadata:
    """Read the text of a ``.meta`` file.

    Parameters
    ----------
    text : str
        All of it: ``path.read_text()``.

    Raises
    ------
    InvalidInput
        If a line or an entry is missing or unreadable, or the type of probe is not known.

    References
    ----------
    SpikeGLX, Metadata Help and IMRO tables, billkarsh.github.io/SpikeGLX.
    """
    entries = _Entries(text)
    return _read_nidq(entries) if entries.text("typeThis") == "nidq" else _read_imec(entries)


class _Entries:
    """The lines ``key=value`` of a file; the tilde of long ones is dropped."""

    def __init__(self, text: str) -> None:
        lines = [line.split("=", 1) for line in text.splitlines() if line.strip()]
        if not lines or any(len(line) != 2 for line in lines):
            raise InvalidInput("text is not lines of key=value; give the content of a .meta file, not its path")
        self.all = {key.strip().removeprefix("~"): value.strip() for key, value in lines}

    def text(self, key: str) -> str:
        if key not in self.all:
            raise InvalidInput(f"the metadata lack {key}; is this a whole .meta file of SpikeGLX?")
        return self.all[key]

    def number(self, key: str, default: float | None = None) -> float:
        if default is not None and key not in self.all:
            return default
        return self.numbers(key)[0]

    def numbers(self, key: str) -> list[float]:
        try:
            return [float(part) for part in self.text(key).split(",")]
        except ValueError as error:
            raise InvalidInput(f"{key} is {self.text(key)!r} in the metadata; it should be numbers") from error

    def sample_count(self, n_channels: int) -> int | None:
        """How many samples of 16 bits the file has; None when it does not tell its size yet."""
        size = int(self.number("fileSizeBytes", 0))
        return size // (2 * n_channels) or None


def _read_nidq(entries: _Entries) -> SpikeGLXMetadata:
    multiplexed, amplified, analog, digital = (int(count) for count in entries.numbers("snsMnMaXaDw"))
    gains = np.repeat(
        [entries.number("niMNGain", 1), entries.number("niMAGain", 1), 1.0], [multiplexed, amplified, analog]
    )
    n_channels, first_analog = gains.size + digital, multiplexed + amplified
    largest = entries.number("niMaxInt", 32768)
    volts = np.r_[entries.number("niAiRangeMax") / largest / gains, np.ones(digital)]
    return SpikeGLXMetadata(
        band="nidq",
        probe=None,
        part_number=None,
        serial=None,
        sampling_rate=entries.number("niSampRate"),
        n_channels=n_channels,
        n_samples=entries.sample_count(n_channels),
        volts_per_bit=volts,
        max_volts=volts * largest,
        sync_channels=np.arange(gains.size, n_channels),
        analog_channels=np.arange(first_analog, first_analog + analog),
        saved_channels=_saved_channels(entries, n_channels),
        geometry=None,
        entries=MappingProxyType(entries.all),
    )


def _read_imec(entries: _Entries) -> SpikeGLXMetadata:
    probe = _probe_type(entries)
    n_ap, n_lf, n_sync = (int(count) for count in entries.numbers("snsApLfSy"))
    if n_ap and n_lf:
        raise InvalidInput(f"the file holds {n_ap} channels of ap and {n_lf} of lf; one band per file is understood")
    band: Band = "ap" if n_ap else "lf"
    n_traces, n_channels = n_ap + n_lf, n_ap + n_lf + n_sync
    saved = _saved_channels(entries, n_channels)
    on_probe = saved[:n_traces] - (int(entries.numbers("acqApLfSy")[0]) if band == "lf" else 0)
    largest = _largest_number(entries, probe)
    volts = np.r_[entries.number("imAiRangeMax") / largest / _gains(entries, probe, band, on_probe), np.ones(n_sync)]
    serial = entries.all.get("imProbeSN") or entries.all.get("imDatPrb_sn")
    return SpikeGLXMetadata(
        band=band,
        probe=probe,
        part_number=entries.all.get("imDatPrb_pn"),
        serial=None if serial is None else int(serial),
        sampling_rate=entries.number("imSampRate"),
        n_channels=n_channels,
        n_samples=entries.sample_count(n_channels),
        volts_per_bit=volts,
        max_volts=volts * largest,
        sync_channels=np.arange(n_traces, n_channels),
        analog_channels=np.zeros(0, np.int64),
        saved_channels=saved,
        geometry=_read_geometry(entries, probe, on_probe, "ap" if n_ap else "lf"),
        entries=MappingProxyType(entries.all),
    )


def _probe_type(entries: _Entries) -> ProbeType:
    if "typeEnabled" in entries.all:
        return ProbeType.NP1_3A
    number = int(entries.number("imDatPrb_type"))
    if number == 0:
        plugged = {"imDatPrb_port", "imDatPrb_slot"} <= entries.all.keys()
        return ProbeType.NP1_3B2 if plugged else ProbeType.NP1_3B1
    if number not in PROBE_TYPES:
        known = ", ".join(str(known) for known in (0, *PROBE_TYPES))
        raise InvalidInput(f"imDatPrb_type is {number} in the metadata; known are {known}")
    return PROBE_TYPES[number]


def _largest_number(entries: _Entries, probe: ProbeType) -> float:
    """Return what the converter gives at the end of its range; older files of the first probes do not say."""
    return entries.number("imMaxInt") if probe in NP2 else entries.number("imMaxInt", 512)


def _gains(entries: _Entries, probe: ProbeType, band: Band, on_probe: Ints) -> Floats:
    """Return the amplification of each channel."""
    if probe in NP2:
        small = entries.all.get("imDatPrb_pn") in SMALL_GAIN_PARTS
        return np.full(on_probe.size, entries.number("imChan0apGain", 80 if small else 100))
    table = np.array([row.split()[:5] for row in re.findall(r"\(([\d ]+)\)", entries.text("imroTbl"))], float)
    gain_of = dict(zip(table[:, 0].astype(int).tolist(), table[:, 3 if band == "ap" else 4].tolist(), strict=True))
    if missing := [channel for channel in on_probe.tolist() if channel not in gain_of]:
        raise InvalidInput(f"imroTbl in the metadata lacks channel {missing[0]}; is the file whole?")
    return np.array([gain_of[channel] for channel in on_probe.tolist()])


def _saved_channels(entries: _Entries, n_channels: int) -> Ints:
    """Return the number at acquisition of each column, from ranges such as ``0:300,768``."""
    listed = entries.all.get("snsSaveChanSubset_orig") or entries.all.get("snsSaveChanSubset", "all")
    if listed == "all":
        return np.arange(n_channels)
    ends = [[int(end) for end in part.split(":")] for part in listed.split(",")]
    saved = np.concatenate([np.arange(part[0], part[-1] + 1) for part in ends])
    if saved.size != n_channels:
        raise InvalidInput(f"snsSaveChanSubset names {saved.size} channels, the file has {n_channels}")
    return saved


def _read_geometry(
    entries: _Entries, probe: ProbeType, on_probe: Ints, band: Literal["ap", "lf"]
) -> ProbeGeometry | None:
    """Return the places of the channels: from either map, else where sites of a probe of one shank are by default."""
    sites = re.findall(r"\((\d+):(-?[\d.]+):(-?[\d.]+):(\d+)\)", entries.all.get("snsGeomMap", ""))
    in_um = bool(sites)
    sites = sites or re.findall(r"\((\d+):(\d+):(\d+):(\d+)\)", entries.all.get("snsShankMap", ""))
    if not sites:
        return None if probe is ProbeType.NP2_4 else dense_geometry(probe, band=band).take(on_probe)
    shanks, across, along, used = np.array(sites, float).T
    if "NP2.4_shank" in entries.all and len(sites) != on_probe.size:  # one shank of four, its map left whole
        rows = np.flatnonzero(shanks == entries.number("NP2.4_shank"))
        shanks, across, along, used = shanks[rows], across[rows], along[rows], used[rows]
    if len(shanks) != on_probe.size:
        raise InvalidInput(f"the map of sites names {len(shanks)} channels, the file has {on_probe.size}")
    if in_um:
        x_um, y_um = NP1_WIDTH_UM - across if probe in NP1 else across, along + TIP_OFFSET_UM
    else:
        placed = place_sites(probe, *(part.astype(np.int64) for part in (shanks, across, along)))
        x_um, y_um = placed.x_um, placed.y_um
    adcs, shifts = adc_shifts(probe, on_probe, band)
    return ProbeGeometry(on_probe, x_um, y_um, shanks.astype(np.int64), adcs, shifts, used > 0)
