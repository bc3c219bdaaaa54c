"""A session as one NWB file, which archives such as DANDI take: written, and read."""

from bregma.sessions.nwb.export import NWBExport, export_nwb
from bregma.sessions.nwb.metadata import NWBDetails
from bregma.sessions.nwb.reading import read_nwb

__all__ = ["NWBDetails", "NWBExport", "export_nwb", "read_nwb"]
