"""Changes what is to become of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from bregma.alyx import policy
from bregma.alyx.jobs.models import Task
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember

SETTABLE = (Task.Status.WAITING, Task.Status.HELD, Task.Status.ABANDONED)
"""What people set; the workers set the others."""


@transaction.atomic
def set_status(tasks: Sequence[Task], status: int, *, by: LabMember) -> int:
    """Let tasks wait for a worker again, hold them, or give them up; all or none.

    Raises
    ------
    PermissionDenied
        If this person may not write one of their sessions.
    ValueError
        If the status is one that only workers set.
    """
    wanted = Task.Status(status)
    if wanted not in SETTABLE:
        raise ValueError(f"{wanted.label} is set by workers; choose one of {[one.label for one in SETTABLE]}")
    keys = {task.pk for task in tasks}
    locked = Task.objects.select_for_update().filter(pk__in=keys)
    _check_may_write(keys, by)
    return locked.update(status=wanted)


def _check_may_write(keys: set[UUID], by: LabMember) -> None:
    """Refuse unless every task is of a subject on which the person may record: three queries for any number."""
    writable = policy.writable_subjects(by, Subject.objects.all(), capability=policy.Capability.RECORDING)
    allowed = Task.objects.filter(pk__in=keys, session__subject__in=writable.values("pk"))
    if by.is_superuser:
        allowed = Task.objects.filter(pk__in=keys)
    missing = Task.objects.filter(pk__in=keys).exclude(pk__in=allowed.values("pk")).select_related("session__subject")
    other = missing.first()
    if other is not None:
        raise PermissionDenied(
            f"You may not change {other.name} of {other.session or 'no session'}; leave it out, or ask its owner."
        )
