"""Which rows of the cache tables may have changed since a moment, as the events of history tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.fields.json import KeyTextTransform

from bregma.alyx.data.tables.marks import events_since
from bregma.alyx.data.tables.scope import MODELS
from bregma.alyx.errors import AlyxError
from bregma.one.tables import NAMES

if TYPE_CHECKING:
    from datetime import datetime

    from bregma.alyx.data.tables.scope import Scope

    Keys = dict[str, set[str]]

MOST = 50_000
"""Beyond so many changes, whole tables are as fast."""
PATHS: dict[str, dict[str, str]] = {
    "datasets": {
        "data_dataset": "pk",
        "data_filerecord": "file_records",
        "data_revision": "revision",
        "data_datarepository": "file_records__data_repository",
        "data_datasettype": "dataset_type",
        "data_tag": "tags",
    },
    "sessions": {
        "actions_session": "pk",
        "subjects_project": "projects",
        "subjects_subject": "subject",
        "misc_lab": "lab",
        "misc_lablocation": "location",
        "misc_labmember": "users",
        "actions_proceduretype": "procedures",
    },
    "insertions": {
        "experiments_probeinsertion": "pk",
        "experiments_probemodel": "model",
        "experiments_trajectoryestimate": "trajectory_estimate",
        "experiments_channel": "trajectory_estimate__channels",
        "experiments_brainregion": "trajectory_estimate__channels__brain_region",
        "actions_session": "session",
        "data_tag": "datasets__tags",
    },
    "subjects": {
        "subjects_subject": "pk",
        "subjects_project": "projects",
        "subjects_species": "species",
        "subjects_strain": "strain",
        "subjects_line": "line",
        "misc_lab": "lab",
    },
    "tags": {"data_tag": "pk"},
    "regions": {"experiments_brainregion": "pk"},
}
"""How the rows of each cache table lead to rows of the database whose change changes them."""
LINKS: dict[str, dict[str, str]] = {
    "datasets": {"data_filerecord": "dataset_id", "data_dataset_tags": "dataset_id"},
    "sessions": {
        "actions_session_projects": "session_id",
        "actions_session_procedures": "session_id",
        "actions_session_users": "session_id",
        "data_dataset": "session_id",
    },
    "insertions": {
        "experiments_probeinsertion_datasets": "probeinsertion_id",
        "experiments_trajectoryestimate": "probe_insertion_id",
    },
    "subjects": {"subjects_subject_projects": "subject_id"},
    "tags": {"data_dataset_tags": "tag_id"},
}
"""Columns that name a row of a cache table, in rows that may be gone."""
FURTHER: dict[str, dict[str, tuple[str, str]]] = {
    "insertions": {
        "data_dataset_tags": ("dataset_id", "datasets"),
        "experiments_channel": ("trajectory_estimate_id", "trajectory_estimate"),
    }
}
"""Columns that name, in rows that may be gone, what the rows of a cache table lead to; and how they do."""
NARROW = (
    ("datasets", "data_tag", "tags"),
    ("sessions", "subjects", "subject"),
    ("datasets", "sessions", "session"),
    ("sessions", "datasets", "data_dataset_session_related"),
    ("insertions", "sessions", "session"),
    ("subjects", "sessions", "actions_sessions"),
)
"""What else changes the tables of those who may not see all rows: each adds rows to a table, by others that changed."""


class ChangesUnknown(AlyxError):
    """The changes since a state cannot be told; download whole tables."""


def changed_keys(scope: Scope, floor: datetime) -> Keys:
    """Return the keys of rows that may have changed, of each table.

    Raises
    ------
    ChangesUnknown
        If they are too many.
    """
    rows = _events(floor)
    keys: Keys = {name: set() for name in NAMES}
    for name in NAMES:
        for table, path in PATHS[name].items():
            _add(keys[name], name, path, rows.get(table, set()))
        for table, column in LINKS.get(name, {}).items():
            keys[name] |= _linked(floor, table, column) if table in rows else set()
        for table, (column, path) in FURTHER.get(name, {}).items():
            _add(keys[name], name, path, _linked(floor, table, column) if table in rows else set())
    for name, source, path in NARROW if not scope.is_whole else ():
        _add(keys[name], name, path, keys[source] if source in keys else rows.get(source, set()))
    return keys


def _add(keys: set[str], name: str, path: str, rows: set[str]) -> None:
    """Add the keys of the rows of a table that lead to some others."""
    if path == "pk":
        keys |= rows
    elif rows:
        found = MODELS[name]._default_manager.order_by().filter(**{f"{path}__in": rows}).values_list("pk", flat=True)
        keys.update(map(str, found[: MOST + 1]))
    if len(keys) > MOST:
        raise ChangesUnknown(f"more than {MOST} rows of {name} changed; download /cache.zip")


def _events(floor: datetime) -> Keys:
    """Return the keys of the rows of the database that changed, by table."""
    events = list(events_since(floor).values_list("table", "row")[: 4 * MOST + 1])
    if len(events) > 4 * MOST:
        raise ChangesUnknown(f"there were more than {4 * MOST} changes; download /cache.zip")
    found: Keys = {}
    for table, row in events:
        found.setdefault(table, set()).add(row)
    return found


def _linked(floor: datetime, table: str, column: str) -> set[str]:
    events = events_since(floor).filter(table=table)
    keys = events.values_list(KeyTextTransform(column, "before"), KeyTextTransform(column, "after"))
    return {key for pair in keys for key in pair if key}
