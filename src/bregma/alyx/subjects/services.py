"""Writes subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.colony.housing import end_stay, name_cage
from bregma.alyx.data.services import check_unprotected
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def enter_subject(values: Mapping[str, Any], *, by: LabMember) -> Subject:
    """Enter a subject into a lab; its strain is that of its line unless given.

    Raises
    ------
    PermissionDenied
        If this person neither works in the lab nor manages the stock.
    ValidationError
        If the nickname is taken or malformed.
    """
    lab = values["lab"]
    if not (by.is_superuser or by.is_stock_manager or policy.works_in(by, lab.pk)):
        raise PermissionDenied(f"{by} does not work in {lab}; ask someone who does to enter the subject")
    line = values.get("line")
    strain = values.get("strain") or (line.strain if line else None)
    return changes.create_row(Subject, {**values, "strain": strain}, by=by)


@transaction.atomic
def change_subject(subject: Subject, values: Mapping[str, Any], *, by: LabMember) -> Subject:
    """Change a subject; a death ends its water restrictions.

    Raises
    ------
    PermissionDenied
        If this person may not write it, or not give it to another responsible user.
    """
    owner = values.get("responsible_user", subject.responsible_user)
    if owner != subject.responsible_user and not policy.may_entrust(by, subject):
        raise PermissionDenied(f"only {subject.responsible_user} or a stock manager may give {subject} to {owner}")
    died = values.get("death_date") is not None and subject.death_date is None
    changed = changes.change_row(subject, values, by=by)
    if died:
        WaterRestriction.objects.filter(subject=subject, end_time__isnull=True).update(end_time=_end_of_life(changed))
    return changed


@transaction.atomic
def delete_subject(subject: Subject, *, by: LabMember) -> None:
    """Delete a subject and all its sessions, unless a dataset is protected.

    Raises
    ------
    PermissionDenied
        If this person is neither responsible for it nor manages the stock.
    """
    if not policy.may_entrust(by, subject):
        raise PermissionDenied(f"only {subject.responsible_user or 'a stock manager'} may delete {subject}")
    check_unprotected(session__subject=subject)
    changes.delete_row(subject, by=by)


def _end_of_life(subject: Subject) -> Any:
    from datetime import UTC, datetime, time

    from django.db.models import F
    from django.db.models.functions import Greatest

    assert subject.death_date is not None
    return Greatest(F("start_time"), datetime.combine(subject.death_date, time.min, tzinfo=UTC))
