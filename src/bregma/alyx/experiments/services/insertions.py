"""Writes probe insertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.experiments.services.folders import is_moved, link_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        If the session has a probe of this name, or the chronic insertion is of a probe with another serial number.
    """
    _check_serial(values.get("chronic_insertion"), values.get("serial", ""))
    insertion = changes.create_row(ProbeInsertion, values, by=by)
    if "datasets" not in values:
        link_folder(insertion)
    return insertion


@transaction.atomic
def change_insertion(insertion: ProbeInsertion, values: Mapping[str, Any], *, by: LabMember) -> ProbeInsertion:
    """Change a probe of a session; with a new name come the datasets of that folder. Raises as to create."""
    moved = is_moved(insertion, values)
    if "chronic_insertion" in values or "serial" in values:
        chronic = values.get("chronic_insertion", insertion.chronic_insertion)
        _check_serial(chronic, values.get("serial", insertion.serial))
    insertion = changes.change_row(insertion, values, by=by)
    if moved:
        link_folder(insertion)
    return insertion


def _check_serial(chronic: ChronicInsertion | None, serial: str) -> None:
    if chronic is not None and chronic.serial != serial:
        raise ValidationError("serial number of chronic insertion and probe insertion do not match")
