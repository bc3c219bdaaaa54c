"""The tables that an import fills, with their columns and links; and the tables that it leaves out, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models
from rest_framework.authtoken.models import Token

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = ("misc", "subjects", "actions", "data", "experiments", "jobs")
LEFT_OUT = {
    "admin_logentry": "the log of Alyx's admin; history is kept for each row here",
    "auth_permission": "rights are given by roles here; see docs/reference/roles.md",
    "auth_group_permissions": "rights are given by roles here; see docs/reference/roles.md",
    "misc_labmember_user_permissions": "rights are given by roles here; see docs/reference/roles.md",
    "authtoken_token": "tokens of the REST API; add --with-tokens to keep them, or make new ones",
    "authtoken_tokenproxy": "a view of tokens",
    "contenttypes_contenttype": "numbers of tables; read to follow what notes and datasets belong to",
    "django_content_type": "numbers of tables; read to follow what notes and datasets belong to",
    "django_admin_log": "the log of Alyx's admin; history is kept for each row here",
    "django_migrations": "this installation has its own tables",
    "django_session": "log-ins at Alyx; people log in anew",
    "sessions_session": "log-ins at Alyx; people log in anew",
    "reversion_revision": "the versions of Alyx's admin; keep the dump if they matter to you",
    "reversion_version": "the versions of Alyx's admin; keep the dump if they matter to you",
}
OWN_COLUMNS = {"experiments_brainregion": ("lft", "rght", "tree_id", "level")}
"""Columns that are worked out here, whatever the dump says."""
GENERIC = "content_type_id"


@dataclass(frozen=True)
class Reference:
    """A column that holds the key of another table."""

    column: str
    parent: str
    key: str
    """Column of the parent that it holds."""
    label: str
    nullable: bool


@dataclass(frozen=True)
class Table:
    """A table of rows, or of links between rows."""

    name: str
    label: str
    model: type[models.Model]
    key: tuple[str, ...]
    """Columns that tell rows apart: the key, or of links both ends."""
    fields: dict[str, models.Field[Any, Any]]
    """Field of each column."""
    links: dict[str, str] = field(default_factory=dict)
    """Table of links by the name of a many-to-many field."""

    @property
    def is_link(self) -> bool:
        """Whether its rows join rows of two tables, and are nothing else."""
        return len(self.key) > 1

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Its foreign keys, except that to the numbers of tables."""
        found = ((column, each) for column, each in self.fields.items() if isinstance(each, models.ForeignKey))
        return tuple(_reference(column, each) for column, each in found if each.related_model is not ContentType)

    @property
    def row(self) -> str:
        """SQL of what names a row in the report."""
        return " || ' to ' || ".join(f"s.{quoted(column)}::text" for column in self.key)


def _reference(column: str, each: models.ForeignKey[Any, Any]) -> Reference:
    parent = _concrete(each.related_model)._meta
    return Reference(column, parent.db_table, str(each.target_field.column), str(parent.verbose_name), each.null)


def _concrete(model: Any) -> type[models.Model]:
    """Return the model that has the table of a model, which may be a view of it."""
    found: type[models.Model] = model._meta.concrete_model
    return found


def quoted(name: str) -> str:
    """Write the name of a column or table in SQL."""
    return f'"{name}"'


class Catalogue:
    """Every table that an import knows, by its name and by the name of its model."""

    def __init__(self, *, with_tokens: bool = False) -> None:
        chosen = [model for label in APPS for model in apps.get_app_config(label).get_models()]
        own = [model for model in chosen if not model._meta.proxy and not model._meta.auto_created]
        own += [Group, *([Token] if with_tokens else [])]
        self.tables = {table.name: table for model in own for table in _tables(model)}
        self.models = {model._meta.label_lower: model._meta.db_table for model in own}
        for model in chosen:
            self.models[model._meta.label_lower] = _concrete(model)._meta.db_table
        self.left_out = {name: why for name, why in LEFT_OUT.items() if name not in self.tables}

    def find(self, source: str) -> Table | None:
        """Return the table of ``app.model`` or of the name of a table; None when there is none."""
        return self.tables.get(self.models.get(source, source))

    def reason_to_leave_out(self, source: str) -> str | None:
        """Say why the rows of a source are not entered by design; None when they should be known."""
        return self.left_out.get(source.replace(".", "_"))

    def referring_to(self, parent: str) -> Iterator[tuple[Table, Reference]]:
        """Give the columns that hold keys of a table."""
        for table in self.tables.values():
            for reference in table.references:
                if reference.parent == parent:
                    yield table, reference


def _tables(model: type[models.Model]) -> Iterator[Table]:
    meta = model._meta
    assert meta.pk is not None
    links = {each.name: _through(each) for each in meta.local_many_to_many if _is_plain(each)}
    skipped = OWN_COLUMNS.get(meta.db_table, ())
    fields = {str(each.column): each for each in meta.local_concrete_fields if each.column not in skipped}
    names = {name: through._meta.db_table for name, through in links.items()}
    label = str(meta.verbose_name)
    yield Table(meta.db_table, label, model, (str(meta.pk.column),), fields, names)
    for name, through in links.items():
        columns = through._meta.local_concrete_fields
        ends = {str(each.column): each for each in columns if not each.primary_key}
        yield Table(through._meta.db_table, f"{label} {name.replace('_', ' ')}", through, tuple(ends), ends)


def _is_plain(link: Any) -> bool:
    """Tell whether a link is a table of its own that the import fills."""
    through = _through(link)
    return bool(through._meta.auto_created) and through._meta.db_table not in LEFT_OUT


def _through(link: Any) -> type[models.Model]:
    found: type[models.Model] = link.remote_field.through
    return found
