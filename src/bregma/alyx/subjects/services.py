"""Writes subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import Cull, NotificationType, WaterRestriction
from bregma.alyx.colony.housing import end_stay, name_cage
from bregma.alyx.colony.welfare.severity import check_severity
from bregma.alyx.data.services import check_unprotected
from bregma.alyx.inbox.services import notify
from bregma.alyx.misc.days import lab_day_bounds
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import Lab, LabMember


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
    check_may_enter(values["lab"], by=by)
    line = values.get("line")
    strain = values.get("strain") or (line.strain if line else None)
    own = {name: value for name, value in values.items() if name != "cage"}
    entered = changes.create_row(Subject, {**own, "strain": strain}, by=by)
    name_cage(entered, values.get("cage"), by=by)
    return entered


def check_may_enter(lab: Lab, *, by: LabMember) -> None:
    """Refuse those who neither work in a lab nor manage the stock: to own an animal is not enough to bring it there.

    Raises
    ------
    PermissionDenied
        Naming the lab.
    """
    if not (by.is_superuser or by.is_stock_manager or policy.works_in(by, lab.pk)):
        raise PermissionDenied(f"{by} does not work in {lab}; ask someone who does to enter the subject")


@transaction.atomic
def change_subject(subject: Subject, values: Mapping[str, Any], *, by: LabMember) -> Subject:
    """Change a subject; another cage is a move; a death ends its stay and restrictions, and is the day of its cull.

    Another responsible user is told, and so is the one before.

    Raises
    ------
    PermissionDenied
        If this person may not write it, not give it to another responsible user, not bring it into another lab, or
        not lower its severity.
    HousingRefused
        If it cannot live in the cage that is named.
    ValidationError
        If a culled subject would live again; its cull is to be taken back.
    """
    before = subject.responsible_user
    owner = values.get("responsible_user", before)
    if owner != before and not policy.may_entrust(by, subject):
        raise PermissionDenied(f"only {before} or a stock manager may give {subject} to {owner}")
    if values.get("lab", subject.lab) != subject.lab:
        check_may_enter(values["lab"], by=by)
    if "actual_severity" in values:
        check_severity(Subject.objects.get(pk=subject.pk), values["actual_severity"], by=by)
    death_before = subject.death_date
    if "cage" in values:
        name_cage(subject, values["cage"], by=by)
    subject.cage = _cage_now(subject)
    changed = changes.change_row(subject, {name: value for name, value in values.items() if name != "cage"}, by=by)
    if changed.death_date != death_before:
        _follow_death(changed)
    if owner != before:
        _tell_owners(changed, before, by=by)
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


def _cage_now(subject: Subject) -> str | None:
    """Lock a subject, and return its cage, which another may have changed since it was read."""
    rows = Subject.objects.select_for_update(no_key=True).filter(pk=subject.pk)
    return rows.values_list("cage", flat=True).get()


def _tell_owners(subject: Subject, before: LabMember | None, *, by: LabMember) -> None:
    """Tell those who give and get a subject, unless they entered it themselves."""
    owner = subject.responsible_user
    notify(
        NotificationType.RESPONSIBLE_USER_CHANGE,
        f"{subject} is {owner}'s now" if owner else f"{subject} is nobody's now",
        subject=subject,
        users=[person for person in (before, owner) if person is not None and person != by],
        message=f"{by} gave it away." if by == before else f"{by} entered this; {before or 'nobody'} had it before.",
        link=reverse("subject", args=[subject.pk]),
        by=by,
    )


def _follow_death(subject: Subject) -> None:
    """End what a death ends, and keep the day of the cull; nothing begins again when the day is taken away."""
    culls = Cull.objects.filter(subject=subject)
    if subject.death_date is None:
        if culls.exists():
            raise ValidationError(f"{subject} was culled; take back its cull, not its day of death")
        return
    culls.exclude(date=subject.death_date).update(date=subject.death_date)
    begin, end = lab_day_bounds(subject.lab, subject.death_date)
    open_restrictions = WaterRestriction.objects.filter(subject=subject, end_time__isnull=True)
    open_restrictions.update(end_time=Greatest(F("start_time"), begin))
    end_stay(subject, min(end, timezone.now()))
