"""One session or one probe as an object.

May import: plots, one, atlas, brainbox and below.
Read first: session.py.
Public names: SessionLoader, SpikeSortingLoader, SpikeSorting, export_nwb, NWBDetails, NWBExport and the
SessionDataError tree.
"""

from typing import TYPE_CHECKING

from bregma.later import import_later
from bregma.sessions.errors import AmbiguousCollection, DataMissing, ExtraMissing, InconsistentData, SessionDataError

if TYPE_CHECKING:
    from bregma.sessions.insertion import SpikeSorting, SpikeSortingLoader
    from bregma.sessions.nwb import NWBDetails, NWBExport, export_nwb
    from bregma.sessions.session import SessionLoader

__all__ = [
    "AmbiguousCollection",
    "DataMissing",
    "ExtraMissing",
    "InconsistentData",
    "NWBDetails",
    "NWBExport",
    "SessionDataError",
    "SessionLoader",
    "SpikeSorting",
    "SpikeSortingLoader",
    "export_nwb",
]

# pandas takes time.
__getattr__ = import_later(
    __name__,
    {
        "insertion": ("SpikeSorting", "SpikeSortingLoader"),
        "nwb": ("NWBDetails", "NWBExport", "export_nwb"),
        "session": ("SessionLoader",),
    },
)
