"""Writes sessions."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Session
from bregma.alyx.data.models import FileRecord
from bregma.alyx.data.services import check_unprotected
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember

NEXT: Final = "next"
"""What stands for the number after those of the day."""


@transaction.atomic
def register_session(values: Mapping[str, Any], *, by: LabMember) -> Session:
    """Record a session of a subject; in the subject's lab, by the person who asks, unless said otherwise.

    With ``NEXT`` as its number it gets the one after those of the day, however many ask at once.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ValidationError
        If the subject already has a session with this number on this day, or it ends before it starts.
    """
    lab = values.get("lab") or values["subject"].lab
    users = values.get("users") or [by]
    full = {**values, "lab": lab, "users": users}
    if full.get("number") == NEXT:
        policy.check_may_write(by, Session(subject=full["subject"], lab=lab))
        full["number"] = _next_number(full["subject"], full.get("start_time"))
    return changes.create_row(Session, full, by=by)


def _next_number(subject: Subject, start: datetime | None) -> int:
    """Return the number after those of a day (UTC); the subject is locked until the transaction ends."""
    if start is None:
        raise ValidationError({"number": "the next number of a day needs the start_time; send it too"})
    list(Subject.objects.select_for_update(of=("self",)).filter(pk=subject.pk).order_by().values("pk"))
    day = datetime.combine(start.astimezone(UTC).date(), time.min, tzinfo=UTC)
    same_day = Session.objects.filter(subject=subject, start_time__gte=day, start_time__lt=day + timedelta(days=1))
    return int(same_day.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def change_session(session: Session, values: Mapping[str, Any], *, by: LabMember) -> Session:
    """Change a session; its lab stays once files lie in that lab's folder of the store.

    A session that is moved to a time after its end keeps its length, unless a new end is given.

    Raises
    ------
    PermissionDenied, ValidationError
        As :func:`register_session`, or if the lab of a session with files would change.
    """
    if values.get("number") == NEXT:
        raise ValidationError({"number": "only a new session takes the next number; give this one a number of its own"})
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
