"""Inserts a row once, however often it is sent: its key, chosen by the client, says which row it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from bregma.alyx.errors import EntryConflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model

Row = TypeVar("Row", bound="Model")


def insert_once(row: Row, *, told: Iterable[str]) -> Row:
    """Insert a row; if there is one with its key that says the same, return that one.

    No lock is needed: of two equal inserts at one moment, the database keeps the first and the second waits for it.

    Parameters
    ----------
    row : Model
        Not saved yet.
    told : names of fields
        What the person told, and what must therefore be equal.

    Raises
    ------
    EntryConflict
        If the row with this key says something else.
    ValidationError
        If another constraint refuses the row.
    """
    rows: Any = type(row)._default_manager
    rows.bulk_create([row], ignore_conflicts=True)
    kept: Row | None = rows.filter(pk=row.pk).first()
    if kept is None:
        row.validate_constraints()
        raise EntryConflict(
            f"{row._meta.verbose_name} {row.pk} was refused beside another entry; look at it, try again"
        )
    different = [name for name in told if _value(kept, name) != _value(row, name)]
    if different:
        raise EntryConflict(
            f"{row._meta.verbose_name} {row.pk} was entered already with another {' and '.join(different)}; "
            "send a new entry with a new id, or change that one"
        )
    return kept


def _value(row: Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]
