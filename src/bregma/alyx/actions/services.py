"""Writes sessions, weighings and water."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Session, WaterAdministration, WaterRestriction, WaterType, Weighing
from bregma.alyx.data.models import FileRecord
from bregma.alyx.data.services import check_unprotected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bregma.alyx.misc.models import LabMember
    from bregma.alyx.subjects.models import Subject

WEIGHED_WITHIN = timedelta(days=7)


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

    Raises
    ------
    PermissionDenied, ValidationError
        As :func:`register_session`, or if the lab of a session with files would change.
    """
    if values.get("lab", session.lab) != session.lab and has_files(session):
        raise ValidationError({"lab": f"the files of this session are in the folder of {session.lab}; it keeps them"})
    return changes.change_row(session, values, by=by)


def has_files(session: Session) -> bool:
    """Tell whether files of a session are registered."""
    return FileRecord.objects.filter(dataset__session=session).exists()


@transaction.atomic
def delete_session(session: Session, *, by: LabMember) -> None:
    """Delete a session and its datasets, unless one is protected."""
    policy.check_may_write(by, session)
    check_unprotected(session=session)
    changes.delete_row(session, by=by)


@transaction.atomic
def give_water(values: Mapping[str, Any], *, by: LabMember) -> WaterAdministration:
    """Record water given to a living subject; of the type of its restriction unless said otherwise.

    Raises
    ------
    ValidationError
        If the subject was dead, or the session is another subject's.
    """
    subject: Subject = values["subject"]
    when: datetime = values.get("date_time") or timezone.now()
    if subject.death_date and when.date() > subject.death_date:
        raise ValidationError(f"{subject} died on {subject.death_date}; no water can be given on {when:%Y-%m-%d}")
    session = values.get("session")
    if session is not None and session.subject_id != subject.pk:
        raise ValidationError(f"session {session.pk} is of {session.subject}, not of {subject}")
    water_type = values.get("water_type") or _usual_water(subject)
    return changes.create_row(WaterAdministration, {**values, "water_type": water_type}, by=by)


@transaction.atomic
def restrict_water(values: Mapping[str, Any], *, by: LabMember) -> WaterRestriction:
    """Begin a restriction; without a reference weight it takes the last weighing of the week before.

    Raises
    ------
    ValidationError
        If there is neither a reference weight nor such a weighing.
    """
    subject: Subject = values["subject"]
    start: datetime = values.get("start_time") or timezone.now()
    reference = values.get("reference_weight") or _last_weight(subject, start)
    water_type = values.get("water_type") or WaterType.objects.filter(name="Water").first()
    full = {**values, "start_time": start, "reference_weight": reference, "water_type": water_type, "lab": subject.lab}
    return changes.create_row(WaterRestriction, full, by=by)


def _usual_water(subject: Subject) -> WaterType | None:
    last = WaterRestriction.objects.filter(subject=subject).select_related("water_type").first()
    return (last and last.water_type) or WaterType.objects.filter(name="Water").first()


def _last_weight(subject: Subject, before: datetime) -> float:
    weighing = Weighing.objects.filter(
        subject=subject, date_time__lte=before, date_time__gte=before - WEIGHED_WITHIN
    ).first()
    if weighing is None:
        raise ValidationError(f"{subject} was not weighed in the week before {before:%Y-%m-%d}; give reference_weight")
    return weighing.weight
