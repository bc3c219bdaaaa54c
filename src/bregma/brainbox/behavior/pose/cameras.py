"""The cameras of the IBL's rig."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """A camera: frames per second, and size of a frame in pixels.

    ``pupil_window`` is the number of frames that the pupil's diameter is smoothed over; 0 for a camera that does not
    see it.
    """

    name: str
    frequency: float
    width: int
    height: int
    pupil_window: int = 0


LEFT_CAMERA = Camera("left", 60.0, 1280, 1024, pupil_window=31)
RIGHT_CAMERA = Camera("right", 150.0, 640, 512, pupil_window=75)
BODY_CAMERA = Camera("body", 30.0, 640, 512)
