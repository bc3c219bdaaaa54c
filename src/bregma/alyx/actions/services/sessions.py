"""Writes sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import FileRecord
from bregma.alyx.data.services import check_unprotected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def register_session(values: Mapping[str, Any], *, by: LabMember) -> Session:
    """Record a session of a subject; in the subject's lab, by the person who asks, unless said otherwise.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ValidationError
        If the subject already has a session with this number on this day, or it ends before it starts.
    """
    lab = values.get("lab") or values["subject"].lab
    users = values.get("users") or [by]
    return changes.create_row(Session, {**values, "lab": lab, "users": users}, by=by)


@transaction.atomic
def change_session(session: Session, values: Mapping[str, Any], *, by: LabMember) -> Session:
    """Change a session; its lab stays once files lie in that lab's folder of the store.

    A session that is moved to a time after its end keeps its length, unless a new end is given.

    Raises
    ------
    PermissionDenied, ValidationError
        As :func:`register_session`, or if the lab of a session with files would change.
    """
    if values.get("lab", session.lab) != session.lab and has_files(session):
        raise ValidationError({"lab": f"the files of this session are in the folder of {session.lab}; it keeps them"})
    return changes.change_row(session, {**values, **_end_after(session, values)}, by=by)


def _end_after(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    start, begun, ended = values.get("start_time"), session.start_time, session.end_time
    if "end_time" in values or not (start and begun and ended and ended < start):
        return {}
    return {"end_time": ended + (start - begun)}


def has_files(session: Session) -> bool:
    """Tell whether files of a session are registered."""
    return FileRecord.objects.filter(dataset__session=session).exists()


@transaction.atomic
def delete_session(session: Session, *, by: LabMember) -> None:
    """Delete a session and its datasets, unless one is protected."""
    policy.check_may_write(by, session)
    check_unprotected(session=session)
    changes.delete_row(session, by=by)
