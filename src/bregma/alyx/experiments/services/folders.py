"""Links insertions and fields of view with the datasets of their folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from bregma.alyx.data.models import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.experiments.models import FOV, ProbeInsertion


def link_folder(row: ProbeInsertion | FOV) -> None:
    """Let a row have the datasets of its session whose collection has its name as second part, and no others."""
    folder = rf"^[^/]*/{re.escape(row.name)}(/|$)"
    row.datasets.set(Dataset.objects.filter(session=row.session_id, collection__regex=folder))


def check_datasets(values: Mapping[str, Any]) -> None:
    """Refuse datasets of another session than the one that is named with them.

    Raises
    ------
    ValidationError
        Naming the first of them.
    """
    other = next((row for row in values.get("datasets", ()) if row.session_id != values["session"].pk), None)
    if other is not None:
        raise ValidationError({"datasets": f"dataset {other.pk} is not of session {values['session'].pk}"})


def is_moved(row: ProbeInsertion | FOV, values: object) -> bool:
    """Tell whether new values give a row another folder."""
    return isinstance(values, dict) and any(
        name in values and values[name] != getattr(row, name) for name in ("name", "session")
    )
