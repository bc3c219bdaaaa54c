"""Writes surgeries, injections and other actions, and lets a surgery have its effects on the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Surgery
from bregma.alyx.actions.services import apply_surgery, update_protocol_number
from bregma.alyx.misc.days import day_of
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.notebook.notes.services import forget_words_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.actions.models import Action
    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

Row = TypeVar("Row", bound="Action")
SURGERY_ROOM = "Surgery Room"


@transaction.atomic
def enter_procedure(model: type[Row], values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Write down a surgery, injection or other action: in the subject's lab, by the person who asks unless told.

    Raises
    ------
    PermissionDenied
        If this person may not write it.
    ValidationError
        If it began before the subject's birth or after its death, or ends before it starts.
    """
    subject: Subject = values["subject"]
    policy.check_may_write(by, model(subject=subject))
    _check_lived(subject, values.get("start_time"))
    full = {"lab": subject.lab, **values, "users": values.get("users") or [by]}
    if issubclass(model, Surgery):
        full.setdefault("location", LabLocation.objects.filter(lab=subject.lab, name=SURGERY_ROOM).first())
        full.setdefault("implant_weight", 0.0)
    row = changes.create_row(model, full, by=by)
    _take_effect(row, by=by)
    return row


@transaction.atomic
def change_procedure(row: Row, values: Mapping[str, Any], *, by: LabMember) -> Row:
    """Change a surgery, injection or other action. Raises as :func:`enter_procedure`."""
    policy.check_may_write(by, row)
    _check_lived(row.subject, values.get("start_time"))
    changed = changes.change_row(row, values, by=by)
    _take_effect(changed, by=by)
    return changed


@transaction.atomic
def delete_procedure(row: Action, *, by: LabMember) -> None:
    """Delete a surgery, injection or other action with its notes; a day of death stays as it was entered."""
    policy.check_may_write(by, row)
    forget_words_on([row])
    subject, was_surgery = row.subject, isinstance(row, Surgery)
    changes.delete_row(row, by=by)
    if was_surgery:
        update_protocol_number(subject)


def _take_effect(row: Action, *, by: LabMember) -> None:
    if isinstance(row, Surgery):
        apply_surgery(row, by=by)


def _check_lived(subject: Subject, start: Any) -> None:
    if start is None:
        return
    day = day_of(subject.lab, start)
    if subject.birth_date and day < subject.birth_date:
        raise ValidationError({"start_time": f"{subject} was born on {subject.birth_date}; nothing was done before."})
    if subject.death_date and day > subject.death_date:
        raise ValidationError({"start_time": f"{subject} died on {subject.death_date}; nothing was done after."})
