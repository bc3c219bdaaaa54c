"""ALF: the naming convention of files, and reading and writing them.

May import: nothing of the house. No network, no database.
Read first: paths.py.
Public names: ALFPath and PureALFPath (with PosixALFPath, WindowsALFPath, PurePosixALFPath, PureWindowsALFPath);
NameParts, SessionParts, compose_name, is_id; the functions of paths that the field knows (filename_parts,
rel_path_parts, session_path_parts, folder_parts, full_path_parts, get_session_path, get_alf_path, add_uuid_string,
remove_uuid_string, padded_sequence, without_revision, ensure_alf_path) and of the convention itself (regex with
SESSION_SPEC, COLLECTION_SPEC, FILE_SPEC, REL_PATH_SPEC and FULL_SPEC, describe, SPEC_DESCRIPTION, path_pattern,
to_alf, readableALF, is_valid, is_session_path, is_uuid, is_uuid_string);
DatasetType, dataset_types, find_dataset_type; validate_folder with Finding and Severity;
QC, AlfBunch, read_file, load_object, write_object, write_table, atomic_write and the ALFError tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alf.atomic import atomic_write
from bregma.alf.bunch import AlfBunch
from bregma.alf.errors import (
    ALFError,
    ALFWarning,
    InvalidALFName,
    MultipleObjectsFound,
    ObjectNotFound,
    UnequalLengths,
    UnknownDatasetType,
    UnreadableFile,
)
from bregma.alf.formats import read_file
from bregma.alf.functions import (
    add_uuid_string,
    ensure_alf_path,
    get_alf_path,
    get_session_path,
    padded_sequence,
    remove_uuid_string,
    without_revision,
)
from bregma.alf.grammar import (
    COLLECTION_SPEC,
    FILE_SPEC,
    FULL_SPEC,
    REL_PATH_SPEC,
    SESSION_SPEC,
    NameParts,
    SessionParts,
    compose_name,
    is_id,
    is_session_path,
    is_uuid,
    is_uuid_string,
    is_valid,
    regex,
)
from bregma.alf.objects import load_object
from bregma.alf.parsing import (
    filename_parts,
    folder_parts,
    full_path_parts,
    rel_path_parts,
    session_path_parts,
)
from bregma.alf.paths import (
    ALFPath,
    PosixALFPath,
    PureALFPath,
    PurePosixALFPath,
    PureWindowsALFPath,
    WindowsALFPath,
)
from bregma.alf.qc import QC
from bregma.later import import_later

if TYPE_CHECKING:
    from bregma.alf.description import SPEC_DESCRIPTION, describe, path_pattern, readableALF, to_alf
    from bregma.alf.validation import Finding, Severity, validate_folder
    from bregma.alf.vocabulary import DatasetType, dataset_types, find_dataset_type
    from bregma.alf.writing import write_object, write_table

__all__ = [
    "COLLECTION_SPEC",
    "FILE_SPEC",
    "FULL_SPEC",
    "QC",
    "REL_PATH_SPEC",
    "SESSION_SPEC",
    "SPEC_DESCRIPTION",
    "ALFError",
    "ALFPath",
    "ALFWarning",
    "AlfBunch",
    "DatasetType",
    "Finding",
    "InvalidALFName",
    "MultipleObjectsFound",
    "NameParts",
    "ObjectNotFound",
    "PosixALFPath",
    "PureALFPath",
    "PurePosixALFPath",
    "PureWindowsALFPath",
    "SessionParts",
    "Severity",
    "UnequalLengths",
    "UnknownDatasetType",
    "UnreadableFile",
    "WindowsALFPath",
    "add_uuid_string",
    "atomic_write",
    "compose_name",
    "dataset_types",
    "describe",
    "ensure_alf_path",
    "filename_parts",
    "find_dataset_type",
    "folder_parts",
    "full_path_parts",
    "get_alf_path",
    "get_session_path",
    "is_id",
    "is_session_path",
    "is_uuid",
    "is_uuid_string",
    "is_valid",
    "load_object",
    "padded_sequence",
    "path_pattern",
    "read_file",
    "readableALF",
    "regex",
    "rel_path_parts",
    "remove_uuid_string",
    "session_path_parts",
    "to_alf",
    "validate_folder",
    "without_revision",
    "write_object",
    "write_table",
]

__getattr__ = import_later(
    __name__,
    {
        "description": ("SPEC_DESCRIPTION", "describe", "path_pattern", "readableALF", "to_alf"),
        "validation": ("Finding", "Severity", "validate_folder"),
        "vocabulary": ("DatasetType", "dataset_types", "find_dataset_type"),
        "writing": ("write_object", "write_table"),
    },
)
