"""A small lab replayed from public recordings: downloaded, converted to ALF, registered as a rig does.

May import: pipelines and below.
Read first: lab.py.
Public names: prepare, replay, Summary, check, check_pages, check_picture, Check, fetch_sources, convert, read_extra,
and the DemoError tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from bregma.later import import_later

if TYPE_CHECKING:
    from bregma.demo.checks import Check, check
    from bregma.demo.extra import read_extra
    from bregma.demo.lab import Summary, prepare, replay
    from bregma.demo.pages import check_pages, check_picture
    from bregma.demo.recordings import convert
    from bregma.demo.sources import fetch_sources

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

# So that a command's help does not wait for numpy.
__getattr__ = import_later(
    __name__,
    {
        "checks": ("Check", "check"),
        "extra": ("read_extra",),
        "lab": ("Summary", "prepare", "replay"),
        "pages": ("check_pages", "check_picture"),
        "recordings": ("convert",),
        "sources": ("fetch_sources",),
    },
)
