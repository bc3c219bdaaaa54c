"""ONE: search, list, load and register the data of experiments, online or offline.

May import: alf, store, services. No Django, DataJoint, VTK or matplotlib.
Read first: api.py.
Public names: ONE, One, OneAlyx, AlyxClient, no_cache, sign_in, RegistrationClient, Dataset, Session, Insertion,
write_tables, build_tables, remove_missing_datasets, export_sessions with About and Export, Lock with LockDifference,
measure_cache, prune_cache, verify_cache and the ONEError tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.later import import_later
from bregma.one.errors import (
    AmbiguousCollection,
    AmbiguousDataset,
    AmbiguousRevision,
    AmbiguousSession,
    AuthenticationError,
    DatasetNotFound,
    FileNotDownloaded,
    InsertionNotFound,
    InvalidLock,
    InvalidParameters,
    InvalidTables,
    LockBroken,
    MemberNotFound,
    ONEError,
    PermissionRefused,
    PlaceNotFound,
    ProtectedDataset,
    RecordNotFound,
    ResponseError,
    RevisionWarning,
    ServerUnavailable,
    SessionNotFound,
    SubjectNotFound,
    TablesMissing,
    UnknownMoment,
)

if TYPE_CHECKING:
    from bregma.one.api import ONE, One, OneAlyx
    from bregma.one.client import AlyxClient, no_cache
    from bregma.one.export import About, Export, export_sessions
    from bregma.one.files.housekeeping import measure_cache, prune_cache, verify_cache
    from bregma.one.lock import Lock, LockDifference
    from bregma.one.records import Dataset, Insertion, Session
    from bregma.one.registration import RegistrationClient
    from bregma.one.server.signing_in import sign_in
    from bregma.one.tables.building import build_tables, remove_missing_datasets
    from bregma.one.tables.parquet import write_tables

__all__ = [
    "ONE",
    "About",
    "AlyxClient",
    "AmbiguousCollection",
    "AmbiguousDataset",
    "AmbiguousRevision",
    "AmbiguousSession",
    "AuthenticationError",
    "Dataset",
    "DatasetNotFound",
    "Export",
    "FileNotDownloaded",
    "Insertion",
    "InsertionNotFound",
    "InvalidLock",
    "InvalidParameters",
    "InvalidTables",
    "Lock",
    "LockBroken",
    "LockDifference",
    "MemberNotFound",
    "ONEError",
    "One",
    "OneAlyx",
    "PermissionRefused",
    "PlaceNotFound",
    "ProtectedDataset",
    "RecordNotFound",
    "RegistrationClient",
    "ResponseError",
    "RevisionWarning",
    "ServerUnavailable",
    "Session",
    "SessionNotFound",
    "SubjectNotFound",
    "TablesMissing",
    "UnknownMoment",
    "build_tables",
    "export_sessions",
    "measure_cache",
    "no_cache",
    "prune_cache",
    "remove_missing_datasets",
    "sign_in",
    "verify_cache",
    "write_tables",
]

__getattr__ = import_later(
    __name__,
    {
        "files.housekeeping": ("measure_cache", "prune_cache", "verify_cache"),
        "api": ("ONE", "One", "OneAlyx"),
        "server.signing_in": ("sign_in",),
        "client": ("AlyxClient", "no_cache"),
        "records": ("Dataset", "Insertion", "Session"),
        "registration": ("RegistrationClient",),
        "export": ("About", "Export", "export_sessions"),
        "lock": ("Lock", "LockDifference"),
        "tables.building": ("build_tables", "remove_missing_datasets"),
        "tables.parquet": ("write_tables",),
    },
)
