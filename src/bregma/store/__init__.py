"""The bulk data store: one protocol (list, stat, read a range, put, hash) over files wherever they lie.

May import: alf, services.
Read first: protocol.py.
Public names: Store, Entry, LocalStore, HTTPStore, S3Store, FTPStore, GlobusStore, Landing, ZipStore, open_store,
key_for, check_key, Range, parse_range, hash_file, Fingerprint, Engine, Fetch, Plan, Source, Retry, download, upload,
RemoteFile and the StoreError tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.later import import_later
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

if TYPE_CHECKING:
    from bregma.store.address import open_store
    from bregma.store.downloading import download
    from bregma.store.ftp import FTPStore
    from bregma.store.globus import GlobusStore, Landing
    from bregma.store.http import HTTPStore, upload
    from bregma.store.keys import check_key, key_for
    from bregma.store.local import LocalStore
    from bregma.store.protocol import Entry, Store
    from bregma.store.ranges import Range, parse_range
    from bregma.store.remote_file import RemoteFile
    from bregma.store.retry import Retry
    from bregma.store.s3 import S3Store
    from bregma.store.transfer.engine import Engine
    from bregma.store.transfer.source import Fetch, Plan, Source
    from bregma.store.zipped import ZipStore

__all__ = [
    "AccessDenied",
    "Engine",
    "Entry",
    "FTPStore",
    "Fetch",
    "FileMissing",
    "Fingerprint",
    "GlobusStore",
    "HTTPStore",
    "HashMismatch",
    "InvalidKey",
    "Landing",
    "LocalStore",
    "Plan",
    "Range",
    "RangeNotSatisfiable",
    "RemoteFile",
    "Retry",
    "S3Store",
    "Source",
    "StorageFull",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "ZipStore",
    "check_key",
    "download",
    "hash_file",
    "key_for",
    "open_store",
    "parse_range",
    "upload",
]

__getattr__ = import_later(
    __name__,
    {
        "address": ("open_store",),
        "downloading": ("download",),
        "ftp": ("FTPStore",),
        "globus": ("GlobusStore", "Landing"),
        "http": ("HTTPStore", "upload"),
        "keys": ("check_key", "key_for"),
        "local": ("LocalStore",),
        "protocol": ("Entry", "Store"),
        "ranges": ("Range", "parse_range"),
        "remote_file": ("RemoteFile",),
        "retry": ("Retry",),
        "s3": ("S3Store",),
        "transfer.engine": ("Engine",),
        "transfer.source": ("Fetch", "Plan", "Source"),
        "zipped": ("ZipStore",),
    },
)
