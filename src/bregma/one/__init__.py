"""ONE: search, list, load and register the data of experiments, online or offline.

May import: alf, store, services. No Django, DataJoint, VTK or matplotlib.
Read first: api.py.
Public names: ONE, AlyxClient, RegistrationClient, Dataset, Session, Insertion, write_tables and the ONEError tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.later import import_later
from bregma.one.errors import (
    AmbiguousDataset,
    AmbiguousSession,
    AuthenticationError,
    DatasetNotFound,
    FileNotDownloaded,
    InsertionNotFound,
    InvalidTables,
    ONEError,
    PermissionRefused,
    ProtectedDataset,
    RecordNotFound,
    ResponseError,
    ServerUnavailable,
    SessionNotFound,
    SubjectNotFound,
    TablesMissing,
)

if TYPE_CHECKING:
    from bregma.one.api import ONE
    from bregma.one.client import AlyxClient
    from bregma.one.records import Dataset, Insertion, Session
    from bregma.one.registration import RegistrationClient
    from bregma.one.parquet import write_tables

__all__ = [
    "ONE",
    "AlyxClient",
    "AmbiguousDataset",
    "AmbiguousSession",
    "AuthenticationError",
    "Dataset",
    "DatasetNotFound",
    "FileNotDownloaded",
    "Insertion",
    "InsertionNotFound",
    "InvalidTables",
    "ONEError",
    "PermissionRefused",
    "ProtectedDataset",
    "RecordNotFound",
    "RegistrationClient",
    "ResponseError",
    "ServerUnavailable",
    "Session",
    "SessionNotFound",
    "SubjectNotFound",
    "TablesMissing",
    "write_tables",
]

__getattr__ = import_later(
    __name__,
    {
        "api": ("ONE",),
        "client": ("AlyxClient",),
        "records": ("Dataset", "Insertion", "Session"),
        "registration": ("RegistrationClient",),
        "parquet": ("write_tables",),
    },
)
