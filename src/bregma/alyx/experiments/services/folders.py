"""Writes insertions and fields of view with the datasets of their folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments.models import FOV, ProbeInsertion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember

Row = TypeVar("Row", ProbeInsertion, FOV)


@transaction.atomic
def create_with_folder(model: type[Row], values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Record a row of a session, with the datasets of its folder unless others are named.

    Raises
    ------
    PermissionDenied
        If this person may not write the session.
    ValidationError
        If a constraint refuses it, or a dataset is of another session.
    """
    _check_datasets(values)
    row = changes.create_row(model, values, by=by)
    if "datasets" not in values:
        link_folder(row)
    return row


@transaction.atomic
def change_with_folder(row: Row, values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Change a row; with a new name come the datasets of that folder. Raises as :func:`create_with_folder`."""
    moved = any(name in values and values[name] != getattr(row, name) for name in ("name", "session"))
    _check_datasets({"session": row.session, **values})
    row = changes.change_row(row, values, by=by)
    if moved and "datasets" not in values:
        link_folder(row)
    return row


def link_folder(row: ProbeInsertion | FOV) -> None:
    """Let a row have the datasets of its session whose collection has its name as second part, and no others."""
    folder = rf"^[^/]*/{re.escape(row.name)}(/|$)"
    row.datasets.set(Dataset.objects.filter(session=row.session_id, collection__regex=folder))


def _check_datasets(values: Mapping[str, Any]) -> None:
    """Refuse datasets of another session than the one that is named with them; names the first of them."""
    other = next((row for row in values.get("datasets", ()) if row.session_id != values["session"].pk), None)
    if other is not None:
        raise ValidationError({"datasets": f"dataset {other.pk} is not of session {values['session'].pk}"})
