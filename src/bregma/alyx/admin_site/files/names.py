"""The names by which spreadsheets know rows of other tables: nicknames and user names, not keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

KNOWN_BY = {
    "misc.LabMember": "username",
    "subjects.Subject": "nickname",
    "subjects.Line": "nickname",
    "subjects.Allele": "nickname",
    "subjects.Species": "nickname",
    "experiments.ProbeModel": "probe_model",
    "experiments.BrainRegion": "acronym",
    "colony.Licence": "number",
    "contenttypes.ContentType": "model",
}
"""The column that names a row, where that is not ``name``."""
UNNAMED = {"data.Dataset", "experiments.ProbeInsertion", "experiments.FOV", "actions.Surgery", "jobs.Task"}
"""Tables whose names do not tell rows apart: their keys do."""
SESSION = re.compile(r"^(?P<subject>[^/]+)/(?P<day>\d{4}-\d\d-\d\d)/(?P<number>\d{1,3})$")


def naming_column(model: type[Model]) -> str:
    """Return the column that names the rows of a table; empty: only the key does."""
    label = model._meta.label
    if label in UNNAMED:
        return ""
    found = KNOWN_BY.get(label)
    if found:
        return found
    named = [field for field in model._meta.fields if field.name == "name" and not field.blank]
    return "name" if named else ""


def name_of(row: Any) -> str:
    """Return the name of a row in a spreadsheet: of a session subject/date/number, else its name, else its key."""
    if row._meta.label == "actions.Session" and row.start_time and row.number is not None:
        return f"{row.subject.nickname}/{row.start_time:%Y-%m-%d}/{row.number:03d}"
    column = naming_column(type(row))
    return str(getattr(row, column, "") or row.pk) if column else str(row.pk)


def find(rows: QuerySet[Any], text: str) -> Any:
    """Return the row with a name or key.

    Raises
    ------
    ValidationError
        If there is none, or there are several.
    """
    kind = rows.model._meta.verbose_name
    found = list(_matching(rows, text)[:2])
    if not found:
        raise ValidationError(f"there is no {kind} {text!r} that you may see; correct the name, or enter it first")
    if len(found) > 1:
        raise ValidationError(
            f"several rows of {rows.model._meta.verbose_name_plural} are called {text!r}; give the id"
        )
    return found[0]


def _matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    key = _as_key(text)
    if key is not None:
        return rows.filter(pk=key)
    session = SESSION.match(text) if rows.model._meta.label == "actions.Session" else None
    if session:
        return rows.filter(
            subject__nickname=session["subject"], start_time__date=session["day"], number=int(session["number"])
        )
    column = naming_column(rows.model)
    return rows.filter(**{column: text}) if column else rows.none()


def _as_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
