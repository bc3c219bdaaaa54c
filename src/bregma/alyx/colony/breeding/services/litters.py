"""Corrects litters, and records the reduction of dead animals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.subjects.models import Litter, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def change_litter(litter: Litter, values: Mapping[str, Any], *, by: LabMember) -> Litter:
    """Correct a litter; a new day of birth is that of its pups too.

    Raises
    ------
    PermissionDenied
        If this person may not write the litter or one of its pups.
    ValidationError
        If a constraint refuses it, such as a weaning before the birth.
    """
    born = litter.birth_date
    changed = changes.change_row(litter, values, by=by)
    if changed.birth_date is not None and changed.birth_date != born:
        for pup in Subject.objects.select_related("lab").filter(litter=changed, birth_date=born):
            changes.change_row(pup, {"birth_date": changed.birth_date}, by=by)
    return changed


@transaction.atomic
def reduce_subjects(subjects: Sequence[Subject], *, on: date, by: LabMember) -> list[Subject]:
    """Record that dead animals were taken off the books on a day.

    Raises
    ------
    PermissionDenied
        If this person may not do husbandry of one of them.
    ValidationError
        If one is alive, or died after that day; then none is changed.
    """
    for subject in subjects:
        if subject.death_date is None:
            raise ValidationError({"reduced_date": f"{subject} is alive: enter its cull first."})
        if subject.death_date > on:
            raise ValidationError({"reduced_date": f"{subject} died on {subject.death_date}, after {on}."})
    return [changes.change_row(subject, {"reduced_date": on}, by=by) for subject in subjects]
