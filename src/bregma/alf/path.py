"""Paths and their parts by the names that scripts know from ``one.alf.path``."""

from __future__ import annotations

from bregma.alf.functions import (
    add_uuid_string,
    ensure_alf_path,
    get_alf_path,
    get_session_path,
    padded_sequence,
    remove_uuid_string,
    without_revision,
)
from bregma.alf.parsing import filename_parts, folder_parts, full_path_parts, rel_path_parts, session_path_parts
from bregma.alf.paths import (
    ALFPath,
    PosixALFPath,
    PureALFPath,
    PurePosixALFPath,
    PureWindowsALFPath,
    WindowsALFPath,
)

__all__ = [
    "ALFPath",
    "PosixALFPath",
    "PureALFPath",
    "PurePosixALFPath",
    "PureWindowsALFPath",
    "WindowsALFPath",
    "add_uuid_string",
    "ensure_alf_path",
    "filename_parts",
    "folder_parts",
    "full_path_parts",
    "get_alf_path",
    "get_session_path",
    "padded_sequence",
    "rel_path_parts",
    "remove_uuid_string",
    "session_path_parts",
    "without_revision",
]
