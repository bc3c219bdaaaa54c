"""What a row of a stored map stands for."""

from __future__ import annotations

from enum import StrEnum


class RowKind(StrEnum):
    """What the rows of a map over time are."""

    DEPTH = "depth_um"
    """Bins of depth along the probe."""
    UNIT = "unit"
    """Units, in the order of their ids: the recording gives no depths."""
