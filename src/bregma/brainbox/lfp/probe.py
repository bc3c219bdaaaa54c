"""Neuropixels probes: where each channel is, which converter reads it and when. Micrometres and samples."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from bregma.brainbox.arrays import Bools, Floats, Ints, InvalidInput, as_ids, check_one_of, check_same_length
from bregma.brainbox.results import Labelled, axis, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class ProbeType(StrEnum):
    """Kinds of Neuropixels probes."""

    NP1_3A = "3A"
    NP1_3B1 = "3B1"
    NP1_3B2 = "3B2"
    NP2_1 = "NP2.1"
    NP2_4 = "NP2.4"
    NP_ULTRA = "NPultra"
    NP2_QUAD_BASE = "NP2QB"
    NHP_LONG = "NHPlong"


class _Layout(NamedTuple):
    """Distances between columns and rows, the place of the first site, and how converters take turns."""

    column_um: float
    first_x_um: float
    row_um: float
    n_turns: int
    n_cycles: int
    n_columns: int
    n_channels: int = 384


Band = Literal["ap", "lf"]

FIRST_Y_UM = {ProbeType.NP_ULTRA: 0.0}
TIP_OFFSET_UM = 20.0
NP2 = (ProbeType.NP2_1, ProbeType.NP2_4, ProbeType.NP2_QUAD_BASE)
NP1 = (ProbeType.NP1_3A, ProbeType.NP1_3B1, ProbeType.NP1_3B2)
_NP1_LAYOUT = _Layout(16, 11, 20, 12, 13, 2)
_NP2_LAYOUT = _Layout(32, 27, 15, 16, 16, 2)
LAYOUTS = {
    **dict.fromkeys(NP1, _NP1_LAYOUT),
    ProbeType.NP2_1: _NP2_LAYOUT,
    ProbeType.NP2_4: _NP2_LAYOUT,
    ProbeType.NP2_QUAD_BASE: _NP2_LAYOUT._replace(n_channels=1536),
    ProbeType.NP_ULTRA: _Layout(6, 0, 6, 12, 13, 8),
    ProbeType.NHP_LONG: _Layout(43.5, 27, 15, 12, 13, 2),
}


@dataclass(frozen=True)
class ProbeGeometry(Labelled):
    """Where channels are on the probe, one value per channel, in the order of the traces.

    ``channels`` number on the probe; ``x_um`` across and ``y_um`` along its shank, from the tip; ``shanks``;
    ``adcs`` the converter that reads each; ``sample_shifts`` when, in samples after the first; ``used`` False for
    reference sites. Converters and shifts are zero for a probe that samples all channels at once.
    """

    channels: Ints = axis("channel")
    x_um: Floats = values("channel", unit="um")
    y_um: Floats = values("channel", unit="um")
    shanks: Ints = values("channel")
    adcs: Ints = values("channel")
    sample_shifts: Floats = values("channel", unit="sample")
    used: Bools = values("channel")

    @classmethod
    def of(cls, x_um: ArrayLike, y_um: ArrayLike, shanks: ArrayLike | None = None) -> ProbeGeometry:
        """Describe any probe that samples all channels at once.

        Raises
        ------
        InvalidInput
            If lengths differ or a place is not finite.
        """
        x, y = np.array(x_um, float), np.array(y_um, float)
        shank = np.zeros(x.size, np.int64) if shanks is None else np.array(shanks, np.int64)
        check_same_length(x_um=x, y_um=y, shanks=shank)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise InvalidInput("x_um or y_um has a place that is not finite; leave such channels out")
        none = np.zeros(x.size)
        return cls(np.arange(x.size), x, y, shank, none.astype(np.int64), none, np.ones(x.size, np.bool_))

    @cached_property
    def order(self) -> Ints:
        """The channels shank by shank, from the tip upward, in a row from the largest x."""
        return np.lexsort((-self.x_um, self.y_um, self.shanks)).astype(np.int64)

    def take(self, channels: Ints | slice) -> ProbeGeometry:
        """Return the geometry of some channels, in the order given."""
        return ProbeGeometry(**{item.name: getattr(self, item.name)[channels] for item in fields(self)})


def dense_geometry(probe: ProbeType | str, *, n_shanks: int = 1, band: Band = "ap") -> ProbeGeometry:
    """Return the sites next to the tip, as most recordings use them, all channels in the order of a file.

    Parameters
    ----------
    probe : ProbeType or its value, such as 'NP2.4'
    n_shanks : 1 or 4
        Four only for NP2.4, whose blocks of 48 channels then go from shank to shank.
    band : 'ap' or 'lf'
        For the shifts, see `adc_shifts`.

    Raises
    ------
    InvalidInput
        If there is no such probe, or not with so many shanks.
    """
    kind = read_probe_type(probe)
    if n_shanks not in (1, 4) or (n_shanks == 4 and kind is not ProbeType.NP2_4):
        raise InvalidInput(f"n_shanks is {n_shanks} for a {kind} probe; four shanks recorded at once are for NP2.4")
    layout = LAYOUTS[kind]
    number = np.arange(layout.n_channels)
    within, shanks = number % 384, number // 384
    columns, rows = within % layout.n_columns, within // layout.n_columns
    if n_shanks == 4:
        block = number // 48
        shanks = np.array([0, 1, 0, 1, 2, 3, 2, 3])[block]
        rows = number % 48 // 2 + np.array([0, 0, 1, 1, 0, 0, 1, 1])[block] * 24
    return place_sites(kind, shanks, columns, rows, band)


def place_sites(kind: ProbeType, shanks: Ints, columns: Ints, rows: Ints, band: Band = "ap") -> ProbeGeometry:
    """Turn columns and rows of sites, one per channel of the probe, into places; all channels used."""
    layout = LAYOUTS[kind]
    if kind in NP1 or kind is ProbeType.NHP_LONG:  # a chequerboard, counted from the other side
        columns = 2 - 2 * columns + rows % 2
    x_um = columns * layout.column_um + layout.first_x_um
    y_um = rows * layout.row_um + FIRST_Y_UM.get(kind, TIP_OFFSET_UM)
    number = np.arange(len(rows))
    adcs, shifts = adc_shifts(kind, number, band)
    used = np.ones(number.size, np.bool_)
    return ProbeGeometry(number, x_um.astype(float), y_um.astype(float), shanks.astype(np.int64), adcs, shifts, used)


def adc_shifts(probe: ProbeType | str, channels: ArrayLike, band: Band = "ap") -> tuple[Ints, Floats]:
    """Return which converter reads each channel, and how much later than its first one, in samples.

    Each converter serves the even or the odd channels of a block: 12 in 13 cycles on probes of the first kind, 16 in
    16 cycles on the second.

    Parameters
    ----------
    probe : ProbeType or its value
    channels : (n,) array
        Numbers on the probe (before any were left out of the file).
    band : 'ap' or 'lf'
        Probes of the second kind have one band; in field potential made from it shifts are nothing, and given as 0.

    Returns
    -------
    adcs, sample_shifts : (n,) arrays
    """
    kind = read_probe_type(probe)
    layout = LAYOUTS[kind]
    number = as_ids("channels", channels)
    check_one_of("band", band, ("ap", "lf"))
    adcs = number // (2 * layout.n_turns) * 2 + number % 2
    shifts = number % (2 * layout.n_turns) // 2 / layout.n_cycles
    return adcs, shifts * 0 if band == "lf" and kind in NP2 else shifts


def read_probe_type(probe: ProbeType | str) -> ProbeType:
    """Return the kind of probe, or raise `InvalidInput` with those that are known."""
    try:
        return ProbeType(probe)
    except ValueError as error:
        raise InvalidInput(f"probe is {probe!r}; give one of {', '.join(ProbeType)}") from error
