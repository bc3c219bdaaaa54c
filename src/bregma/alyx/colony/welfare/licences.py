"""Writes licences, and the animals that are used under them: never more than allowed, never after the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes, policy
from bregma.alyx.colony.models import Licence, LicenceUse
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from bregma.alyx.misc.models import LabMember


@dataclass(frozen=True)
class Assignment:
    """From which day on animals are used, and how severe that is expected to be."""

    start: date
    expected_severity: int


@transaction.atomic
def enter_licence(values: Mapping[str, Any], *, by: LabMember) -> Licence:
    """Record a licence. Raises PermissionDenied for all but managers of its lab."""
    return changes.create_row(Licence, values, by=by)


@transaction.atomic
def change_licence(licence: Licence, values: Mapping[str, Any], *, by: LabMember) -> Licence:
    """Change a licence.

    Raises
    ------
    PermissionDenied
        For all but managers of its lab.
    ValidationError
        If fewer animals would be allowed than are assigned.
    """
    locked = Licence.objects.select_for_update(of=("self",)).select_related("lab").get(pk=licence.pk)
    quota, used = values.get("quota", locked.quota), locked.uses.count()
    if quota is not None and quota < used:
        raise ValidationError({"quota": f"{used} animals are assigned already; allow at least as many"})
    return changes.change_row(locked, values, by=by)


@transaction.atomic
def assign_subjects(
    licence: Licence, subjects: Collection[Subject], assignment: Assignment, *, by: LabMember
) -> list[LicenceUse]:
    """Assign animals to a licence: all of them, or none; those that are assigned already are left as they are.

    Raises
    ------
    PermissionDenied
        If this person may not write one of the animals.
    ValidationError
        If they are more than the licence allows still, it does not run on that day, the severity is beyond it, or an
        animal is dead or of another lab. The message names the numbers and the animals.
    """
    locked = Licence.objects.select_for_update(of=("self",)).select_related("lab").get(pk=licence.pk)
    _check_runs(locked, assignment)
    known = set(locked.uses.filter(subject__in=[one.pk for one in subjects]).values_list("subject", flat=True))
    new = [one for one in subjects if one.pk not in known]
    _check_animals(locked, new, assignment.start)
    _check_quota(locked, len(new))
    with policy.remembered_standings():
        return [changes.create_row(LicenceUse, _use(locked, one, assignment), by=by) for one in new]


@transaction.atomic
def end_use(use: LicenceUse, day: date, *, by: LabMember) -> LicenceUse:
    """Say when the procedures of an animal under a licence ended: it counts in the return of that year."""
    if day > lab_today(use.licence.lab):
        raise ValidationError({"day": f"{day} is to come; enter the end when it is reached"})
    return changes.change_row(use, {"end_date": day}, by=by)


def _use(licence: Licence, subject: Subject, assignment: Assignment) -> dict[str, Any]:
    return {
        "licence": licence,
        "subject": subject,
        "start_date": assignment.start,
        "expected_severity": assignment.expected_severity,
    }


def _check_runs(licence: Licence, assignment: Assignment) -> None:
    day = assignment.start
    if day < licence.start_date:
        raise ValidationError({"start": f"licence {licence} begins on {licence.start_date}, after {day}"})
    if licence.end_date is not None and day > licence.end_date:
        raise ValidationError({"start": f"licence {licence} ended on {licence.end_date}; renew it, or choose another"})
    if assignment.expected_severity > licence.severity_limit:
        limit = Subject.Severity(licence.severity_limit).label
        asked = Subject.Severity(assignment.expected_severity).label
        raise ValidationError({"expected_severity": f"licence {licence} allows up to {limit}, not {asked}"})


def _check_animals(licence: Licence, subjects: Collection[Subject], day: date) -> None:
    dead = [str(one) for one in subjects if one.death_date is not None and one.death_date < day]
    if dead:
        raise ValidationError({"subjects": f"dead on {day}: {_names(dead)}"})
    elsewhere = [str(one) for one in subjects if one.lab_id != licence.lab_id]
    if elsewhere:
        raise ValidationError({"subjects": f"licence {licence} is of {licence.lab}, but not {_names(elsewhere)}"})


def _check_quota(licence: Licence, asked: int) -> None:
    if licence.quota is None:
        return
    used = licence.uses.count()
    if used + asked > licence.quota:
        left = max(licence.quota - used, 0)
        raise ValidationError(
            f"licence {licence} allows {licence.quota} animals, {used} are assigned: {left} left, not {asked}"
        )


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown
