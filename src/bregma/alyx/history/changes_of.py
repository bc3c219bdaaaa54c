"""Events as people read them: who, when, through what, and what was before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, TextField
from django.db.models.functions import Cast

from bregma.alyx.history.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import Model

NAMED = {
    "misc.LabMember": "username",
    "misc.Lab": "name",
    "misc.LabLocation": "name",
    "subjects.Project": "name",
    "subjects.Line": "nickname",
    "subjects.Strain": "name",
    "subjects.Species": "nickname",
    "subjects.Subject": "nickname",
    "subjects.Litter": "name",
    "actions.ProcedureType": "name",
    "data.Tag": "name",
}
"""Tables whose rows are named in changes, in place of their keys, and by which column."""
HIDDEN_FIELDS = ("id", "json", "auto_datetime")
UNTOLD_AT_ENTRY = ("session_id", "subject_id", "datetime", "hash", "data_format_id", "extended_qc", "log")
LONGEST = 160
"""Characters of a value that a change shows."""


@dataclass(frozen=True)
class Change:
    """One column: its name, what it was and what it is; empty where there was nothing."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Entry:
    """One thing that happened, or several alike at once."""

    at: datetime
    title: str
    kind: str = "change"
    by: str = ""
    through: str = ""
    url: str = ""
    words: str = ""
    changes: list[Change] = field(default_factory=list)
    day_only: bool = False
    count: int = 1

    @property
    def is_life(self) -> bool:
        """Whether it happened to the animal, not to a row."""
        return self.kind != "change"


def read_events(events: Sequence[Event]) -> list[Entry]:
    """Write events as entries, those of one kind and request together: one query for all names."""
    names = _names(events)
    entries: list[Entry] = []
    last: tuple[Any, ...] | None = None
    for event in events:
        alike = (event.table, event.kind, event.context_id) if _collapses(event) else None
        if alike is not None and alike == last:
            entries[-1] = _one_more(entries[-1], event)
            continue
        entries.append(_entry(event, names))
        last = alike
    return entries


def _collapses(event: Event) -> bool:
    """Tell whether events like it are told as one: many rows that came or went in one request."""
    return event.kind != Event.Kind.UPDATED and event.context_id is not None


def _one_more(entry: Entry, event: Event) -> Entry:
    count = entry.count + 1
    title = f"{event.get_kind_display()} {count} × {table_words(event.table)}"
    return Entry(entry.at, title, by=entry.by, through=entry.through, count=count)


def _entry(event: Event, names: dict[str, str]) -> Entry:
    metadata = event.context.metadata if event.context else {}
    return Entry(
        at=event.at,
        title=f"{event.get_kind_display()} {table_words(event.table)}",
        by=names.get(str(metadata.get("user") or ""), ""),
        through=_through(event, metadata),
        changes=list(_changes(event, names)),
    )


def _through(event: Event, metadata: dict[str, Any]) -> str:
    """Say which way a change came: a page, the admin, REST, a command, or SQL."""
    url = str(metadata.get("url") or "")
    if not event.context_id:
        return "directly in the database, or by a command"
    if not url.startswith("/"):
        return url or "a command"
    path = url.split("?")[0]
    kind = "the admin" if path.startswith("/admin/") else "a page" if path.endswith("/") or "/do/" in path else "REST"
    return f"{kind} ({path})"


def _changes(event: Event, names: dict[str, str]) -> Iterable[Change]:
    before, after = event.before or {}, event.after or {}
    if event.kind == Event.Kind.INSERTED:
        after = {key: value for key, value in after.items() if value not in (None, "", [], {}, False)}
    fields = [key for key in dict.fromkeys([*before, *after]) if key not in HIDDEN_FIELDS]
    if event.kind == Event.Kind.INSERTED:
        fields = [key for key in fields if key not in UNTOLD_AT_ENTRY][:6]
    for key in fields:
        yield Change(
            field_words(event.table, key),
            _value(event.table, key, before.get(key), names),
            _value(event.table, key, after.get(key), names),
        )


def _value(table: str, key: str, value: Any, names: dict[str, str]) -> str:
    if value is None or value == "":
        return ""
    known = names.get(str(value))
    if known is not None:
        return known
    chosen = _choices(table, key).get(value) if isinstance(value, (str, int, float)) else None
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(chosen or value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _names(events: Sequence[Event]) -> dict[str, str]:
    """Return the names of the rows that events point to: one query."""
    keys = {str((event.context.metadata or {}).get("user")) for event in events if event.context}
    for event in events:
        keys |= {value for row in (event.before, event.after) for key, value in _pointers(row)}
    wanted = [key for key in keys if _is_uuid(key)]
    if not wanted:
        return {}
    queries = [
        apps.get_model(label)
        ._default_manager.order_by()
        .filter(pk__in=wanted)
        .values_list(Cast("pk", CharField()), Cast(F(column), TextField()))
        for label, column in NAMED.items()
    ]
    return dict(queries[0].union(*queries[1:], all=True))


def _pointers(row: dict[str, Any] | None) -> list[tuple[str, str]]:
    return [(key, value) for key, value in (row or {}).items() if key.endswith("_id") and isinstance(value, str)]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@cache
def _models() -> dict[str, type[Model]]:
    return {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy
    }


@cache
def table_words(table: str) -> str:
    """Return what a row of a table is called: of a table that joins two, both."""
    model = _models().get(table)
    if model is None:
        return table
    owner: Any = model._meta.auto_created
    if owner:
        return f"{table.rpartition('_')[2]} of {owner._meta.verbose_name}"
    return str(model._meta.verbose_name)


@cache
def field_words(table: str, column: str) -> str:
    """Return what a column is called."""
    model = _models().get(table)
    name = column.removesuffix("_id")
    try:
        found: Any = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        found = None
    return str(getattr(found, "verbose_name", name.replace("_", " ")))


@cache
def _choices(table: str, column: str) -> dict[Any, Any]:
    model = _models().get(table)
    try:
        found: Any = model._meta.get_field(column.removesuffix("_id")) if model else None
    except FieldDoesNotExist:
        return {}
    return dict(getattr(found, "flatchoices", None) or ())
