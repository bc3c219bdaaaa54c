"""A session as one NWB file, which archives such as DANDI take."""

from bregma.sessions.nwb.export import NWBExport, export_nwb
from bregma.sessions.nwb.metadata import NWBDetails

__all__ = ["NWBDetails", "NWBExport", "export_nwb"]
