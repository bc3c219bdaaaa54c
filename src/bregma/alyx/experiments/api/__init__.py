"""Endpoints of what was recorded where."""

from __future__ import annotations

from bregma.alyx.experiments.api.imaging import FOVLocationViewSet, FOVViewSet, ImagingStackViewSet
from bregma.alyx.experiments.api.insertions import ChronicInsertionViewSet, InsertionViewSet
from bregma.alyx.experiments.api.regions import BrainRegionViewSet
from bregma.alyx.experiments.api.trajectories import ChannelViewSet, TrajectoryViewSet

__all__ = [
    "BrainRegionViewSet",
    "ChannelViewSet",
    "ChronicInsertionViewSet",
    "FOVLocationViewSet",
    "FOVViewSet",
    "ImagingStackViewSet",
    "InsertionViewSet",
    "TrajectoryViewSet",
]
