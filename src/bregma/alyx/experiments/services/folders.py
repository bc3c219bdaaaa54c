"""Links insertions and fields of view with the datasets of their folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bregma.alyx.data.models import Dataset

if TYPE_CHECKING:
    from bregma.alyx.experiments.models import FOV, ProbeInsertion


def link_folder(row: ProbeInsertion | FOV) -> None:
    """Let a row have the datasets of its session whose collection has its name as second part, and no others."""
    folder = rf"^[^/]*/{re.escape(row.name)}(/|$)"
    row.datasets.set(Dataset.objects.filter(session=row.session_id, collection__regex=folder))


def is_moved(row: ProbeInsertion | FOV, values: object) -> bool:
    """Tell whether new values give a row another folder."""
    return isinstance(values, dict) and any(
        name in values and values[name] != getattr(row, name) for name in ("name", "session")
    )
