"""The bulk data store: one protocol (list, stat, read a range, put, hash) over files wherever they lie.

May import: alf, services.
Read first: protocol.py.
Public names: Store, Entry, LocalStore, HTTPStore, key_for, check_key, Range, parse_range, hash_file, Fingerprint,
Engine, Fetch, Plan, Source, Retry, download, upload and the StoreError tree.
"""

from __future__ import annotations

from bregma.store.download import download
from bregma.store.errors import (
    AccessDenied,
    FileMissing,
    HashMismatch,
    InvalidKey,
    RangeNotSatisfiable,
    StorageFull,
    StoreError,
    StoreUnavailable,
)
from bregma.store.hashes import Fingerprint, hash_file
from bregma.store.http import HTTPStore, upload
from bregma.store.keys import check_key, key_for
from bregma.store.local import LocalStore
from bregma.store.protocol import Entry, Store
from bregma.store.ranges import Range, parse_range
from bregma.store.retry import Retry
from bregma.store.transfer.engine import Engine
from bregma.store.transfer.source import Fetch, Plan, Source

__all__ = [
    "AccessDenied",
    "Engine",
    "Entry",
    "Fetch",
    "FileMissing",
    "Fingerprint",
    "HTTPStore",
    "HashMismatch",
    "InvalidKey",
    "LocalStore",
    "Plan",
    "Range",
    "RangeNotSatisfiable",
    "Retry",
    "Source",
    "StorageFull",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "check_key",
    "download",
    "hash_file",
    "key_for",
    "parse_range",
    "upload",
]
