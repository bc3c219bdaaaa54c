"""Writes what was recorded where."""

from __future__ import annotations

from bregma.alyx.experiments.services.imaging import (
    change_field_of_view,
    change_location,
    create_field_of_view,
    create_location,
)
from bregma.alyx.experiments.services.insertions import change_insertion, create_insertion
from bregma.alyx.experiments.services.trajectories import change_trajectory, create_channels, create_trajectory

__all__ = [
    "change_field_of_view",
    "change_insertion",
    "change_location",
    "change_trajectory",
    "create_channels",
    "create_field_of_view",
    "create_insertion",
    "create_location",
    "create_trajectory",
]
