"""ALF: the naming convention of files, and reading and writing them.

May import: nothing of the house. No network, no database.
Read first: path.py.
Public names: ALFPath, NameParts, SessionParts, filename_parts, session_path_parts, is_valid, compose_name, is_uuid,
QC, AlfBunch, read_file, load_object, write_object, write_table, atomic_write and the ALFError tree.
"""

from __future__ import annotations

from bregma.alf.atomic import atomic_write
from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import (
    ALFError,
    InvalidALFName,
    MultipleObjectsFound,
    ObjectNotFound,
    UnequalLengths,
    UnreadableFile,
)
from bregma.alf.grammar import (
    NameParts,
    SessionParts,
    compose_name,
    filename_parts,
    is_uuid,
    is_valid,
    session_path_parts,
)
from bregma.alf.path import ALFPath
from bregma.alf.qc import QC
from bregma.alf.reading import load_object, read_file
from bregma.alf.writing import write_object, write_table

__all__ = [
    "QC",
    "ALFError",
    "ALFPath",
    "AlfBunch",
    "InvalidALFName",
    "MultipleObjectsFound",
    "NameParts",
    "ObjectNotFound",
    "SessionParts",
    "UnequalLengths",
    "UnreadableFile",
    "atomic_write",
    "compose_name",
    "filename_parts",
    "is_uuid",
    "is_valid",
    "load_object",
    "read_file",
    "session_path_parts",
    "write_object",
    "write_table",
]
