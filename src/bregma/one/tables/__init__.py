"""What cache tables hold: sessions, datasets, insertions and what they name, column by column.

The files are those of the reference implementation (schema metadata ``one_metadata``, pandas indexes), so
that tables made by either server are read by either client.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bregma.alf import QC

NAMES = ("sessions", "datasets", "insertions", "subjects", "tags", "regions")
MIN_API_VERSION = "2.10"
API_VERSION = "3.6.1"
"""The version of the reference whose tables these are."""
INDEX = {name: ("eid", "id") if name in {"datasets", "insertions"} else ("id",) for name in NAMES}
REQUIRED = {
    "sessions": ("subject", "date", "number"),
    "datasets": ("rel_path",),
    "insertions": ("name",),
    "subjects": ("nickname",),
    "tags": ("name",),
    "regions": ("acronym",),
}
COLUMNS: dict[str, dict[str, Any]] = {
    "sessions": {"lab": "", "subject": "", "date": None, "number": 0, "task_protocol": "", "projects": ""},
    "datasets": {
        "rel_path": "",
        "file_size": None,
        "hash": "",
        "exists": True,
        "qc": QC.NOT_SET.name,
        "default_revision": True,
    },
    "insertions": {"name": "", "model": "", "serial": ""},
    "subjects": {
        "nickname": "",
        "lab": "",
        "species": "",
        "strain": "",
        "line": "",
        "sex": "",
        "birth_date": None,
        "death_date": None,
        "projects": "",
    },
    "tags": {"name": "", "description": "", "protected": False, "public": False, "hash": "", "datasets": 0},
    "regions": {"acronym": "", "name": "", "parent": "", "level": 0},
}
"""The columns of each table but its index, with what stands where an old table lacks one."""
MORE: dict[str, dict[str, Any]] = {
    "sessions": {
        "session_qc": QC.NOT_SET.name,
        "n_trials": None,
        "n_correct_trials": None,
        "users": "",
        "procedures": "",
        "location": "",
        "type": "",
    },
    "datasets": {"tags": "", "dataset_type": ""},
    "insertions": {"regions": "", "tags": "", "qc": QC.NOT_SET.name},
    "subjects": {},
    "tags": {},
    "regions": {},
}
"""Columns that a server of this house adds and others lack, with what is read where they are lacking.

None of sessions is called as one of datasets: IBL's ONE joins the two.
"""
OUTCOMES = frozenset({"qc", "session_qc"})
"""Columns of outcomes of quality control."""


@dataclass(frozen=True, slots=True)
class TablesInfo:
    """Where tables come from: when they were made ('YYYY-MM-DD HH:MM', UTC), by which server, and its tags."""

    date_created: str
    origin: str
    database_tags: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Write as the schema metadata ``one_metadata``."""
        content: dict[str, object] = {
            "date_created": self.date_created,
            "origin": self.origin,
            "min_api_version": MIN_API_VERSION,
        }
        if self.database_tags:
            content["database_tags"] = list(self.database_tags)
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str | bytes) -> TablesInfo:
        """Read schema metadata or the reply of ``/cache/info``; what is not said, or senseless, is empty."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            content = {}
        content = content if isinstance(content, dict) else {}
        tags = content.get("database_tags") or ()
        tags = (tags,) if isinstance(tags, str) else tuple(map(str, tags)) if isinstance(tags, list) else ()
        origin = content.get("origin") or ""
        origin = ", ".join(map(str, origin)) if isinstance(origin, list) else str(origin)
        return cls(str(content.get("date_created") or ""), origin, tags)
