"""The columns of a spreadsheet: what each writes of a row, and how it reads a cell."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.admin_site.files.names import find, name_of
from bregma.alyx.web.lists.export import DANGEROUS, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

YES, NO = {"yes", "true", "1", "y", "x"}, {"no", "false", "0", "n"}
WHOLE_SECONDS = timedelta(seconds=1)
"""Files hold moments to the second."""


class Column:
    """One field of a table in a spreadsheet."""

    def __init__(self, field: Any, *, user: Any) -> None:
        self.field, self.user = field, user
        self.attribute = self.column_name = field.name
        self.known: dict[str, Any] = {}

    def export(self, row: Any, **_: Any) -> Any:
        """Return the cell of a row: a number, or a text that no spreadsheet takes for a formula."""
        return safe_cell(self.text(row))

    def text(self, row: Any) -> Any:
        """Return what the cell says."""
        value = getattr(row, self.field.attname)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return value.astimezone(timezone.get_default_timezone()).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(self.field, models.JSONField):
            return json.dumps(value, ensure_ascii=False)
        if self.field.choices and value != "":
            return str(dict(self.field.flatchoices).get(value, value))
        return value if isinstance(value, (int, float)) else _joined(value)

    def read(self, cell: Any) -> Any:
        """Return the value that a cell means.

        Raises
        ------
        ValidationError
            Naming the text and what is wrong with it.
        """
        text = plain(cell)
        try:
            return self._read(cell, text)
        except ValidationError as wrong:
            raise ValidationError([f"{text!r}: {message}" for message in wrong.messages]) from wrong

    def differs(self, row: Any, value: Any) -> bool:
        """Tell whether a value is another than that of a row."""
        now = getattr(row, self.field.attname)
        if isinstance(now, datetime) and isinstance(value, datetime):
            return abs(now - value) >= WHOLE_SECONDS
        return bool(now != value)

    def _read(self, cell: Any, text: str) -> Any:
        if text == "":
            return self._empty()
        if isinstance(self.field, models.BooleanField):
            return _boolean(text)
        if isinstance(self.field, models.DateTimeField | models.DateField) and isinstance(cell, datetime):
            text = cell  # type: ignore[assignment] # as the spreadsheet holds it
        if self.field.choices:
            text = _choice(self.field, text)
        form_field = self.field.formfield()
        value = form_field.clean(text) if form_field else text
        return self.field.clean(value, None)

    def _empty(self) -> Any:
        if self.field.null:
            return None
        if self.field.blank:
            return self.field.get_default() if self.field.has_default() else ""
        raise ValidationError("a value is needed here")


class Relation(Column):
    """A column that names a row of another table."""

    def text(self, row: Any) -> Any:
        """Return the name of the row."""
        other = getattr(row, self.field.name)
        return name_of(other) if other is not None else ""

    def differs(self, row: Any, value: Any) -> bool:
        """Tell whether this is another row."""
        return bool(getattr(row, self.field.attname) != (value.pk if value is not None else None))

    def _read(self, cell: Any, text: str) -> Any:
        return self._find(text) if text else self._empty()

    def _find(self, text: str) -> Any:
        if text not in self.known:
            self.known[text] = find(_seen_by(self.user, self.field.remote_field.model), text)
        return self.known[text]


class Relations(Relation):
    """A column that names any number of rows of another table, between commas."""

    def text(self, row: Any) -> Any:
        """Return the names of the rows."""
        return ", ".join(sorted(name_of(other) for other in getattr(row, self.field.name).all()))

    def differs(self, row: Any, value: Any) -> bool:
        """Tell whether these are other rows."""
        return {other.pk for other in getattr(row, self.field.name).all()} != {other.pk for other in value}

    def _read(self, cell: Any, text: str) -> Any:
        return [self._find(name.strip()) for name in text.split(",") if name.strip()]


def columns_of(model: type[models.Model], *, hidden: Iterable[str], user: Any) -> list[Column]:
    """Return the columns of a table, its key first, without those that are hidden from a person."""
    left_out = set(hidden)
    found = [_column(field, user) for field in model._meta.concrete_fields if field.name not in left_out]
    return found + [
        Relations(field, user=user)
        for field in model._meta.many_to_many
        if field.name not in left_out and field.remote_field.through._meta.auto_created  # type: ignore[union-attr]
    ]


def plain(cell: Any) -> str:
    """Return the text of a cell, without the quote that keeps a spreadsheet from taking it for a formula."""
    text = "" if cell is None else str(cell).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(DANGEROUS) else text


def _column(field: Any, user: Any) -> Column:
    return Relation(field, user=user) if field.is_relation else Column(field, user=user)


def _seen_by(user: Any, model: Any) -> Any:
    rows = model._default_manager.all()
    return policy.readable(user, rows) if policy.rule_of(model) is not None else rows


def _joined(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _boolean(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValidationError("write yes or no")


def _choice(field: Any, text: str) -> str:
    """Return the value of a choice, which may be written as people read it."""
    for value, label in field.flatchoices:
        if text.lower() in (str(value).lower(), str(label).lower()):
            return str(value)
    raise ValidationError(f"write one of {', '.join(str(label) for _, label in field.flatchoices)}")
