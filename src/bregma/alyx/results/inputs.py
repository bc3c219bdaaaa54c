"""Whether the analyses have what they need of a session, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import ALFError, filename_parts
from bregma.alyx.data.models import Dataset
from bregma.alyx.results.visibility import TRIALS

if TYPE_CHECKING:
    from uuid import UUID

REQUIRED = ("choice", "feedbackType", "contrastLeft", "contrastRight")
"""What the analyses of behaviour need of the trials, unless these are one table."""


def has_trials_input(connection: Any, eid: UUID) -> bool:
    """Say whether a session's trials are complete: only then are they analysed."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from bregma_keys.trials where session_uuid = %s)", (str(eid),))
        return bool(cursor.fetchone()[0])


def has_spikes_input(connection: Any, pid: UUID) -> bool:
    """Say whether an insertion's spikes are complete: only then are they analysed."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from bregma_keys.spikes where insertion_uuid = %s)", (str(pid),))
        return bool(cursor.fetchone()[0])


def why_no_behavior(eid: UUID) -> str:
    """Say what the trials of a session lack; empty when the session has no trials at all."""
    names = Dataset.objects.filter(session=eid, name__regex=TRIALS).values_list("name", flat=True)
    present = {attribute for name in names if (attribute := _attribute(name))}
    if not present:
        return ""
    missing = [name for name in REQUIRED if name not in present]
    if "table" in present or not missing:
        return "The files of these trials have not all arrived yet. They are analysed as soon as they have."
    return f"These trials have no {', '.join(missing)}, which the analyses of behaviour need."


def _attribute(name: str) -> str:
    try:
        return filename_parts(name).attribute
    except ALFError:
        return ""
