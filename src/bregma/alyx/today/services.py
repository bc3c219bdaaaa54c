"""Writes what people enter beside the cages: an entry sent twice is kept once, with the moment at which it was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import WaterAdministration, Weighing
from bregma.alyx.actions.services import change_water, change_weighing, give_water, weigh
from bregma.alyx.actions.services.once import insert_once
from bregma.alyx.errors import UnknownName
from bregma.alyx.misc.models import Note
from bregma.alyx.subjects.models import Subject
from bregma.alyx.today.selectors.entries import NOT_TRAINED, Kind, model_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from bregma.alyx.misc.models import LabMember

Amount = Weighing | WaterAdministration

OLDEST = timedelta(days=7)
"""For how long an entry may wait on a phone."""
AHEAD = timedelta(minutes=5)
"""How far the clock of a phone may go ahead."""


@dataclass(frozen=True)
class Told:
    """One entry as a person tells it.

    Attributes
    ----------
    kind : Kind
        A weight, in g, or water, in mL.
    key : UUID
        Made where the entry was made: it says that two that arrive are one.
    when : datetime or None
        Aware; None for now.
    """

    kind: Kind
    subject: UUID
    amount: float
    key: UUID
    when: datetime | None = None


@transaction.atomic
def enter(told: Told, *, by: LabMember) -> Amount:
    """Keep one entry.

    Returns
    -------
    Weighing or WaterAdministration
        The row; if the same entry was sent before, the one that is there.

    Raises
    ------
    UnknownName
        If there is no such subject.
    PermissionDenied, ValidationError, EntryConflict
        As :func:`bregma.alyx.actions.services.weigh`; also if the moment is ahead, or older than a week.
    """
    subject = Subject.objects.select_related("lab", "responsible_user").filter(pk=told.subject).first()
    if subject is None:
        raise UnknownName("This mouse is not in the database any more; reload the page.")
    if told.when is not None and not model_of(told.kind)._default_manager.filter(pk=told.key).exists():
        check_moment(told.when, timezone.now())
    if told.kind is Kind.WEIGHT:
        return weigh(subject, told.amount, by=by, when=told.when, id=told.key)
    return give_water(subject, told.amount, by=by, when=told.when, id=told.key)


def check_moment(when: datetime, now: datetime) -> None:
    """Refuse a moment at which nobody can have made an entry that arrives now.

    Raises
    ------
    ValidationError
        Naming the moment and what to do.
    """
    if when > now + AHEAD:
        raise ValidationError(
            f"It was made at {when:%Y-%m-%d %H:%M} UTC, which is ahead of now: set the clock of this phone, and enter "
            "it again."
        )
    if when < now - OLDEST:
        raise ValidationError(
            f"It was made on {when:%Y-%m-%d}, more than {OLDEST.days} days ago. Enter it with its date on the page of "
            "the mouse."
        )


@transaction.atomic
def correct(row: Amount, amount: float, *, by: LabMember) -> Amount:
    """Correct the amount of an entry; raises as the services of water control."""
    if isinstance(row, Weighing):
        return change_weighing(row, {"weight": amount}, by=by)
    return change_water(row, {"water_administered": amount}, by=by)


def undo(row: Amount, *, by: LabMember) -> None:
    """Delete an entry that was made by mistake; its history stays."""
    changes.delete_row(row, by=by)


@transaction.atomic
def excuse(subject: Subject, reason: str, *, by: LabMember, key: UUID) -> Note:
    """Write down why a mouse is not trained today; the same note sent again is kept once.

    Raises
    ------
    ValidationError
        If no reason is given.
    """
    if not reason.strip():
        raise ValidationError(f"Say why {subject} is not trained today.")
    kind = ContentType.objects.get_for_model(Subject)
    note = Note(id=key, user=by, text=f"{NOT_TRAINED}{reason.strip()}", content_type=kind, object_id=subject.pk)
    policy.check_may_write(by, note)
    return insert_once(note, told=("object_id", "text"))
