"""One session or one probe as an object.

May import: plots, one, atlas, brainbox and below.
Read first: session.py.
Public names: SessionLoader, EphysSessionLoader, SpikeSortingLoader, SpikeSorting, RawElectrophysiology, ProbeClock,
merge_clusters, interpolate_channel_locations, load_passive_rf_map, read_kilosort, read_nwb, export_nwb,
NWBDetails, NWBExport and the SessionDataError tree.
"""

from typing import TYPE_CHECKING

from bregma.later import import_later
from bregma.sessions.errors import (
    AmbiguousCollection,
    DataMissing,
    ExtraMissing,
    InconsistentData,
    SessionDataError,
    UnusableData,
)

if TYPE_CHECKING:
    from bregma.sessions.channels import interpolate_channel_locations
    from bregma.sessions.clock import ProbeClock
    from bregma.sessions.ephys import EphysSessionLoader
    from bregma.sessions.insertion import SpikeSortingLoader
    from bregma.sessions.kilosort import read_kilosort
    from bregma.sessions.nwb import NWBDetails, NWBExport, export_nwb, read_nwb
    from bregma.sessions.passive import load_passive_rf_map
    from bregma.sessions.raw import RawElectrophysiology
    from bregma.sessions.session import SessionLoader
    from bregma.sessions.sorting import SpikeSorting, merge_clusters

__all__ = [
    "AmbiguousCollection",
    "DataMissing",
    "EphysSessionLoader",
    "ExtraMissing",
    "InconsistentData",
    "NWBDetails",
    "NWBExport",
    "ProbeClock",
    "RawElectrophysiology",
    "SessionDataError",
    "SessionLoader",
    "SpikeSorting",
    "SpikeSortingLoader",
    "UnusableData",
    "export_nwb",
    "interpolate_channel_locations",
    "load_passive_rf_map",
    "merge_clusters",
    "read_kilosort",
    "read_nwb",
]

# pandas takes time.
__getattr__ = import_later(
    __name__,
    {
        "channels": ("interpolate_channel_locations",),
        "clock": ("ProbeClock",),
        "ephys": ("EphysSessionLoader",),
        "insertion": ("SpikeSortingLoader",),
        "kilosort": ("read_kilosort",),
        "nwb": ("NWBDetails", "NWBExport", "export_nwb", "read_nwb"),
        "passive": ("load_passive_rf_map",),
        "raw": ("RawElectrophysiology",),
        "session": ("SessionLoader",),
        "sorting": ("SpikeSorting", "merge_clusters"),
    },
)
