"""The moments at which a scene changes by itself: those of its values, its changing volumes and its events."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bregma.viewer.scene.arrays import Floats
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.stage import Event
from bregma.viewer.scene.state import SceneState


@dataclass(frozen=True, eq=False)
class Timeline:
    """What a transport bar shows.

    Parameters
    ----------
    moments : (n,) array
        Rising moments at which some layer changes, in seconds.
    events : tuple of Event
        Markers, the earliest first.
    """

    moments: Floats
    events: tuple[Event, ...] = ()

    @property
    def span(self) -> tuple[float, float] | None:
        """First and last moment, in seconds; None if nothing changes with time."""
        return (float(self.moments[0]), float(self.moments[-1])) if len(self.moments) else None

    def step_from(self, moment: float, steps: int) -> float:
        """Return the moment that is so many steps later, or earlier if negative; it ends at the first and last."""
        if steps >= 0:
            place = int(np.searchsorted(self.moments, moment, side="right")) + max(steps - 1, 0)
        else:
            place = int(np.searchsorted(self.moments, moment, side="left")) + steps
        return float(self.moments[np.clip(place, 0, len(self.moments) - 1)]) if len(self.moments) else moment

    def event_from(self, moment: float, steps: int) -> float:
        """Return the time of the next event (1), of the one before (-1) and so on; the moment itself if none is."""
        marks = Timeline(np.unique([event.time for event in self.events]))
        later = marks.step_from(moment, steps)
        return later if (later - moment) * steps > 0 else moment


def find_timeline(state: SceneState) -> Timeline:
    """Return all moments at which a layer of the scene changes, and its events."""
    found = [times for layer in state.layers for times in _times_of(layer)]
    moments = np.unique(np.concatenate(found)) if found else np.empty(0)
    return Timeline(moments, tuple(sorted(state.events, key=lambda event: event.time)))


def _times_of(layer: Layer) -> Iterable[Floats]:
    for source in (layer.coloured_by, layer):
        times = getattr(source, "times", None)
        if isinstance(times, np.ndarray):
            yield times
