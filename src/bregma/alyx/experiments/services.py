"""Writes probe insertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from bregma.alyx import changes
from bregma.alyx.data.registration import link_insertions
from bregma.alyx.experiments.models import ProbeInsertion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember


@transaction.atomic
def create_insertion(values: Mapping[str, Any], *, by: LabMember) -> ProbeInsertion:
    """Record a probe in a session, with the datasets of its folder.

    Raises
    ------
    PermissionDenied
        If this person may not write the session's subject.
    """
    insertion = changes.create_row(ProbeInsertion, values, by=by)
    link_insertions(insertion.session)
    return insertion
