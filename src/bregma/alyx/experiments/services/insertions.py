"""Writes probe insertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.experiments.services.folders import change_with_folder, create_with_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.actions.models import Session
    from bregma.alyx.experiments.models import ChronicInsertion
    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def create_insertion(values: Mapping[str, Any], *, by: LabMember) -> ProbeInsertion:
    """Record a probe in a session, with the datasets of its folder unless others are named.

    Raises
    ------
    PermissionDenied
        If this person may not write the session's subject.
    ValidationError
        If the session has a probe of this name, the chronic insertion is of another subject or of a probe with
        another serial number, or a dataset is of another session.
    """
    _check_chronic(values.get("chronic_insertion"), values["session"], values.get("serial", ""))
    return create_with_folder(ProbeInsertion, values, by=by)


@transaction.atomic
def change_insertion(insertion: ProbeInsertion, values: Mapping[str, Any], *, by: LabMember) -> ProbeInsertion:
    """Change a probe of a session; with a new name come the datasets of that folder. Raises as to create."""
    if not {"chronic_insertion", "serial", "session"}.isdisjoint(values):
        chronic = values.get("chronic_insertion", insertion.chronic_insertion)
        session = values.get("session", insertion.session)
        _check_chronic(chronic, session, values.get("serial", insertion.serial))
    return change_with_folder(insertion, values, by=by)


def _check_chronic(chronic: ChronicInsertion | None, session: Session, serial: str) -> None:
    """Refuse a probe that cannot be this one: what is known of a chronic insertion is shown with all its uses."""
    if chronic is None:
        return
    if chronic.serial != serial:
        raise ValidationError("serial number of chronic insertion and probe insertion do not match")
    if chronic.subject_id != session.subject_id:
        raise ValidationError(f"chronic insertion {chronic.pk} is of another subject than session {session.pk}")
