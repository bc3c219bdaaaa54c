"""Writes any row as REST and admin ask: one transaction, the policy and the constraints asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from bregma.alyx import policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def create_row(model: type[Row], values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Insert a row with its many-to-many values.

    Raises
    ------
    PermissionDenied
        If the policy lets this person not write the row.
    ValidationError
        If a constraint refuses it.
    """
    own, many = _split(model, values)
    row = model(**own)
    policy.check_may_write(by, row)
    row.validate_constraints()
    row.save(force_insert=True)
    for name, related in many.items():
        getattr(row, name).set(related)
    return row


@transaction.atomic
def change_row(row: Row, values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Change a row, before and after which this person may write it. Raises as :func:`create_row`."""
    policy.check_may_write(by, row)
    own, many = _split(row._meta.model, values)
    for name, value in own.items():
        setattr(row, name, value)
    policy.check_may_write(by, row)
    row.validate_constraints()
    row.save()
    for name, related in many.items():
        getattr(row, name).set(related)
    return row


@transaction.atomic
def delete_row(row: models.Model, *, by: LabMember) -> None:
    """Delete a row and what hangs on it. Raises PermissionDenied as :func:`create_row`."""
    policy.check_may_write(by, row)
    row.delete()


def _split(model: type[models.Model], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    own: dict[str, Any] = {}
    many: dict[str, Any] = {}
    for name, value in values.items():
        (many if _is_many(model, name) else own)[name] = value
    return own, many


def _is_many(model: type[models.Model], name: str) -> bool:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return bool(field.many_to_many or field.one_to_many)
