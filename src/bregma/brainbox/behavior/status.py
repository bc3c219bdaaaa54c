"""How far a mouse is in its training."""

from __future__ import annotations

from enum import IntEnum


class TrainingStatus(IntEnum):
    """How far a mouse is: a higher value is further. The two failures come first."""

    UNTRAINABLE = 0
    UNBIASABLE = 1
    IN_TRAINING = 2
    TRAINED_1A = 3
    TRAINED_1B = 4
    READY4EPHYSRIG = 5
    READY4DELAY = 6
    READY4RECORDING = 7

    @property
    def label(self) -> str:
        """The status in IBL's words, such as ``trained 1a``."""
        return self.name.lower().replace("_", " ")

    @property
    def failed(self) -> bool:
        """Whether the mouse took too long."""
        return self < TrainingStatus.IN_TRAINING

    @property
    def ready(self) -> bool:
        """Whether the mouse may go to an ephys rig."""
        return self >= TrainingStatus.READY4EPHYSRIG
