"""The convention by the names that scripts know from ``one.alf.spec``."""

from __future__ import annotations

from bregma.alf.description import SPEC_DESCRIPTION, describe, path_pattern, readableALF, to_alf
from bregma.alf.grammar import (
    COLLECTION_SPEC,
    FILE_SPEC,
    FULL_SPEC,
    REL_PATH_SPEC,
    SESSION_SPEC,
    is_session_path,
    is_uuid,
    is_uuid_string,
    is_valid,
    regex,
)
from bregma.alf.qc import QC

__all__ = [
    "COLLECTION_SPEC",
    "FILE_SPEC",
    "FULL_SPEC",
    "QC",
    "REL_PATH_SPEC",
    "SESSION_SPEC",
    "SPEC_DESCRIPTION",
    "describe",
    "is_session_path",
    "is_uuid",
    "is_uuid_string",
    "is_valid",
    "path_pattern",
    "readableALF",
    "regex",
    "to_alf",
]
