"""Spikes, clusters and channels of each probe, as the units and electrodes of an NWB file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bregma.sessions.insertion import PARTS
from bregma.sessions.nwb.content import Columns, spread
from bregma.sessions.nwb.descriptions import describe
from bregma.sessions.nwb.stacking import stack_columns
from bregma.sessions.nwb.tables import column_name, storable
from bregma.sessions.probe_files import SORTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bregma.one.records import Insertion
    from bregma.sessions.nwb.content import Account, ObjectFiles

_REGIONS = "brainLocationIds_ccf_2017"
_ACRONYMS = "brainLocationAcronyms_ccf_2017"
_UNKNOWN = "root"


@dataclass(slots=True)
class Probe:
    """The sorting of one probe: attributes of spikes, units and channels, each with as many rows."""

    name: str
    spikes: Columns
    clusters: Columns
    channels: Columns
    model: str = ""
    serial: str = ""

    @property
    def n_units(self) -> int:
        """How many units there are: rows of the clusters, or more if spikes name more."""
        rows = max((len(values) for values in self.clusters.values()), default=0)
        named = self.spikes["clusters"]
        return max(rows, int(named.max()) + 1 if len(named) else 0)

    @property
    def n_channels(self) -> int:
        """How many channels there are."""
        return max((len(values) for values in self.channels.values()), default=0)


def choose_sortings(
    groups: Iterable[ObjectFiles], sorter: str | None, account: Account
) -> dict[str, dict[str, ObjectFiles]]:
    """Find spikes, clusters and channels of each probe; of several sortings one, the others are noted.

    Parameters
    ----------
    groups : iterable of ObjectFiles
        All objects of the session.
    sorter : str, optional
        The folder of the sorting to take; by default a known sorter's, else that of the probe itself.
    account : Account
        Told which files are of other sortings.
    """
    found: dict[str, dict[str, dict[str, ObjectFiles]]] = {}
    for files in groups:
        if files.name in PARTS:
            found.setdefault(_probe_of(files.collection), {}).setdefault(files.collection, {})[files.name] = files
    chosen: dict[str, dict[str, ObjectFiles]] = {}
    for probe, collections in sorted(found.items()):
        sortings = [name for name, parts in collections.items() if "spikes" in parts]
        if not sortings:
            continue
        best = min(sortings, key=lambda name: _rank(name, sorter))
        own = collections.get(f"alf/{probe}", {})
        chosen[probe] = {**own, **collections[best]}
        taken = {id(files) for files in chosen[probe].values()}
        for files in (one for parts in collections.values() for one in parts.values() if id(one) not in taken):
            account.leave_out(files.paths, f"another sorting than {best}; sorter= chooses")
    return chosen


def _probe_of(collection: str) -> str:
    folders = collection.split("/")
    return folders[1] if len(folders) > 1 and folders[0] == "alf" else "probe"


def _rank(collection: str, sorter: str | None) -> tuple[int, str]:
    last = collection.rpartition("/")[2]
    order = [sorter, *SORTERS]
    return (order.index(last) if last in order else len(order), collection)


def make_probe(name: str, parts: dict[str, Any], insertion: Insertion | None, account: Account) -> Probe | None:
    """Put one probe together from its objects; None if spikes have no times or no clusters.

    Parameters
    ----------
    name : str
        Such as ``probe00``.
    parts : dict
        By object, its files and its attributes.
    insertion : Insertion, optional
        What is known of the probe.
    account : Account
        Told which attributes do not fit.
    """
    columns: dict[str, Columns] = {part: {} for part in PARTS}
    for part, (files, bunch) in parts.items():
        made, settings = spread(bunch)
        n_rows = len(made["times"]) if part == "spikes" and "times" in made else _most(made)
        for key, values in made.items():
            if len(values) == n_rows:
                columns[part][key] = values
            else:
                account.leave_out(files.paths_of(key), f"{len(values)} rows where {part} have {n_rows}")
        for key in settings:
            account.leave_out(files.paths_of(key), "settings of a sorting")
    if not {"times", "clusters"} <= set(columns["spikes"]):
        return None
    known = (insertion.model, insertion.serial) if insertion else ("", "")
    return Probe(name, columns["spikes"], columns["clusters"], columns["channels"], *known)


def _most(columns: Columns) -> int:
    lengths = [len(values) for values in columns.values()]
    return max(lengths, key=lambda length: (lengths.count(length), length), default=0)


def add_electrodes(file: Any, probes: Iterable[Probe]) -> dict[str, int]:
    """Enter the channels of all probes; returns the row of each probe's first channel."""
    probes = [probe for probe in probes if probe.n_channels]
    first: dict[str, int] = {}
    groups = {probe.name: _group(file, probe) for probe in probes}
    for probe in probes:
        first[probe.name] = sum(each.n_channels for each in probes[: len(first)])
        xyz = _coordinates(probe.channels)
        for row, location in enumerate(_locations(probe.channels, probe.n_channels)):
            place = {} if xyz is None else dict(zip("xyz", xyz[row], strict=True))
            file.add_electrode(location=location, group=groups[probe.name], **place)
    for key, values in stack_columns([(probe.n_channels, probe.channels) for probe in probes]).items():
        name = column_name(type(file.electrodes), "channels", key)
        file.add_electrode_column(name, describe("channels", key), data=storable(values))
    return first


def _group(file: Any, probe: Probe) -> Any:
    device = file.create_device(
        name=probe.name,
        description=f"Probe {probe.model or 'of unknown model'}, serial number {probe.serial or 'unknown'}",
    )
    regions = sorted(set(_locations(probe.channels, probe.n_channels)))
    return file.create_electrode_group(
        name=f"{probe.name}_channels",
        description=f"Channels of {probe.name}",
        location=", ".join(regions),
        device=device,
    )


def _coordinates(channels: Columns) -> np.ndarray | None:
    """Turn ML, AP, DV (µm from bregma: right, front, up) into x, y, z of NWB (µm: back, down, right)."""
    mlapdv = channels.get("mlapdv")
    return None if mlapdv is None else np.stack([-mlapdv[:, 1], -mlapdv[:, 2], mlapdv[:, 0]], axis=1).astype(float)


def _locations(channels: Columns, n_rows: int) -> list[str]:
    """Name the brain region of each channel; ``root``, the whole brain, where nobody knows or it lies outside."""
    from bregma.atlas import Regions

    if _ACRONYMS in channels:
        return [str(acronym) or _UNKNOWN for acronym in channels[_ACRONYMS]]
    if _REGIONS not in channels:
        return [_UNKNOWN] * n_rows
    regions = Regions.allen()
    known = {int(number): acronym for number, acronym in zip(regions.ids[1:], regions.acronyms[1:], strict=True)}
    return [known.get(abs(int(number)), _UNKNOWN) for number in channels[_REGIONS]]


def make_units(file: Any, probes: list[Probe], first: dict[str, int]) -> Any:
    """Make the table of units: their spikes, and all attributes of spikes and clusters.

    Parameters
    ----------
    file : pynwb.NWBFile
        With the electrodes of the probes.
    probes : list of Probe
        In the order of their units.
    first : dict
        The electrode of each probe's first channel.
    """
    from pynwb.misc import Units

    columns = [
        _column("probe", "Probe of the unit", [probe.name for probe in probes for _ in range(probe.n_units)]),
        _column("cluster", "Number of the unit on its probe", np.concatenate([np.arange(p.n_units) for p in probes])),
        *_spike_columns(probes),
    ]
    for key, values in stack_columns([(probe.n_units, probe.clusters) for probe in probes]).items():
        is_mean = key == "waveforms" and getattr(values, "ndim", 0) == 3  # units, samples, channels
        name = "waveform_mean" if is_mean else column_name(Units, "clusters", key)
        columns.append(_column(name, describe("clusters", key), values))
    return Units(
        name="units",
        description="Spike sorted units of all probes; spikes in seconds on the session's clock",
        columns=[*columns, *_peak_columns(file, probes, first)],
        resolution=_resolution(probes),
    )


def _column(name: str, description: str, values: Any) -> Any:
    from hdmf.common import VectorData

    return VectorData(name=name, description=description, data=storable(values))


def _spike_columns(probes: list[Probe]) -> Iterator[Any]:
    """Make columns of the times and other attributes of spikes, grouped by unit, in their order within it."""
    from hdmf.common import VectorIndex

    orders = [np.argsort(probe.spikes["clusters"], kind="stable") for probe in probes]
    counts = [np.bincount(probe.spikes["clusters"].astype(int), minlength=probe.n_units) for probe in probes]
    ends = np.cumsum(np.concatenate(counts)).astype(np.uint64)
    spikes = stack_columns([(len(order), _sorted(probe, order)) for probe, order in zip(probes, orders, strict=True)])
    for key, values in spikes.items():
        name = "spike_times" if key == "times" else f"spike_{key}".replace(".", "_")
        column = _column(name, "Spike times, in seconds" if key == "times" else describe("spikes", key), values)
        yield column
        yield VectorIndex(name=f"{name}_index", data=ends, target=column)


def _sorted(probe: Probe, order: np.ndarray) -> Columns:
    kept = {key: values for key, values in probe.spikes.items() if key != "clusters"}
    kept["times"] = np.asarray(kept["times"], dtype=np.float64)  # as NWB asks
    return {key: np.asarray(values)[order] for key, values in kept.items()}


def _peak_columns(file: Any, probes: list[Probe], first: dict[str, int]) -> list[Any]:
    """Point each unit to the electrode of its peak, where all probes tell it."""
    from hdmf.common import DynamicTableRegion, VectorIndex

    rows = [_peaks(probe, first) for probe in probes]
    if any(each is None for each in rows):
        return []
    data = np.concatenate([each for each in rows if each is not None])
    text = "Electrode of the largest amplitude"
    column = DynamicTableRegion(name="electrodes", data=data, description=text, table=file.electrodes)
    return [column, VectorIndex(name="electrodes_index", data=np.arange(1, len(data) + 1), target=column)]


def _peaks(probe: Probe, first: dict[str, int]) -> np.ndarray | None:
    """Find the electrode of each unit; None where the probe does not tell it."""
    channels = probe.clusters.get("channels")
    if channels is None or probe.name not in first or not len(channels) == probe.n_units > 0:
        return None
    if np.min(channels) < 0 or np.max(channels) >= probe.n_channels:
        return None
    return np.asarray(channels).astype(int) + first[probe.name]


def _resolution(probes: Iterable[Probe]) -> float:
    """Find the step of the spike times in seconds: the smallest between two of them, never below a microsecond."""
    steps = [np.diff(np.unique(np.round(probe.spikes["times"], 6))) for probe in probes]
    return max(min((float(each.min()) for each in steps if each.size), default=1.0), 1e-6)
