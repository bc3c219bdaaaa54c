"""Reads dumps, JSON or SQL, packed or not, as one stream of rows."""

from bregma.alyx.importing.reading.files import read_rows
from bregma.alyx.importing.reading.rows import DumpRow

__all__ = ["DumpRow", "read_rows"]
