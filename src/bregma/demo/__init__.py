"""A small lab replayed from public recordings: downloaded, converted to ALF, registered as a rig does.

May import: pipelines and below.
Read first: lab.py.
Public names: prepare, replay, Summary, check, check_pages, check_picture, Check, fetch_sources, convert, read_extra,
and the DemoError tree.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bregma.demo.errors import (
    ArchiveMismatch,
    DemoError,
    DiskFull,
    DownloadFailed,
    MalformedRecording,
    MemberMissing,
    RefusedPickle,
    ReplayFailed,
)

if TYPE_CHECKING:
    from bregma.demo.checks import Check, check
    from bregma.demo.extra import read_extra
    from bregma.demo.lab import Summary, prepare, replay
    from bregma.demo.pages import check_pages, check_picture
    from bregma.demo.recordings import convert
    from bregma.demo.sources import fetch_sources

# Loaded when first asked for, so that a command's help does not wait for numpy.
_LAZY = {
    "Check": "checks",
    "check": "checks",
    "check_pages": "pages",
    "check_picture": "pages",
    "read_extra": "extra",
    "Summary": "lab",
    "prepare": "lab",
    "replay": "lab",
    "convert": "recordings",
    "fetch_sources": "sources",
}

__all__ = [
    "ArchiveMismatch",
    "Check",
    "DemoError",
    "DiskFull",
    "DownloadFailed",
    "MalformedRecording",
    "MemberMissing",
    "RefusedPickle",
    "ReplayFailed",
    "Summary",
    "check",
    "check_pages",
    "check_picture",
    "convert",
    "fetch_sources",
    "prepare",
    "read_extra",
    "replay",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'bregma.demo' has no attribute {name!r}")
    return getattr(import_module(f"bregma.demo.{_LAZY[name]}"), name)
