"""Plays the time of a scene: play, pause, step, seek, speed and loop. Whoever has a timer calls `Player.tick`."""

from collections.abc import Callable
from typing import Self

from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.timeline import Timeline, find_timeline

#: Those that a window and a page offer; a player plays at any other, too.
SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Player:
    """Moves a scene's moment along. It has no clock and no thread of its own.

    Parameters
    ----------
    scene : Scene
        Whose moment it moves.
    speed : float
        Seconds of the scene in a second of the clock; negative plays backwards.
    loop : bool
        Whether it begins again at the end; else it pauses there.
    """

    def __init__(self, scene: Scene, *, speed: float = 1.0, loop: bool = False) -> None:
        self.scene = scene
        self.loop = loop
        self._speed = _check_speed(speed)
        self._last: float | None = None
        self._is_playing = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def timeline(self) -> Timeline:
        """The moments and events of the scene now."""
        return find_timeline(self.scene.state)

    @property
    def moment(self) -> float:
        """The time that the scene shows, in seconds."""
        return self.scene.state.moment

    @property
    def is_playing(self) -> bool:
        """Whether `tick` moves the time."""
        return self._is_playing

    @property
    def speed(self) -> float:
        """Seconds of the scene in a second of the clock."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = _check_speed(speed)
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call the listener when it begins or ceases to play, or its speed changes."""
        self._listeners.append(listener)

    def play(self) -> Self:
        """Let `tick` move the time; from the beginning again if it is at the end.

        Raises
        ------
        ViewerError
            If nothing in the scene changes with time.
        """
        first, last = self._find_span()
        start, end = (first, last) if self._speed > 0 else (last, first)
        if (self.moment - end) * self._speed >= 0 or not first <= self.moment <= last:
            self.scene.change(moment=start)
        return self._set_playing(True)

    def pause(self) -> Self:
        """Let the time stand."""
        return self._set_playing(False)

    def toggle(self) -> Self:
        """Play, or pause while playing."""
        return self.pause() if self._is_playing else self.play()

    def stop(self) -> Self:
        """Pause, and go back to the beginning."""
        span = self.timeline.span
        if span is not None:
            self.scene.change(moment=span[0])
        return self.pause()

    def seek(self, moment: float) -> Self:
        """Go to a moment, within the span of what changes."""
        first, last = self._find_span()
        self.scene.change(moment=min(max(float(moment), first), last))
        return self

    def step(self, steps: int = 1) -> Self:
        """Pause, and go to the next moment at which something changes; back for a negative number."""
        self.scene.change(moment=self.timeline.step_from(self.moment, steps))
        return self.pause()

    def tick(self, now: float) -> bool:
        """Move the time to where it is at a time of the clock.

        Parameters
        ----------
        now : float
            Seconds of any clock that never goes back. The first call after `play` only starts the count.

        Returns
        -------
        bool
            Whether the moment changed.
        """
        last, self._last = self._last, now
        if not self._is_playing or last is None or now <= last:
            return False
        before = self.moment
        self.scene.change(moment=self._arrive(before + (now - last) * self._speed))
        return self.moment != before

    def _arrive(self, moment: float) -> float:
        first, last = self._find_span()
        if first <= moment <= last:
            return moment
        if self.loop and last > first:
            return first + (moment - first) % (last - first)
        self.pause()
        return min(max(moment, first), last)

    def _find_span(self) -> tuple[float, float]:
        span = self.timeline.span
        if span is None:
            raise ViewerError("nothing in this scene changes with time; give a layer values with times=")
        return span

    def _set_playing(self, playing: bool) -> Self:
        changed, self._is_playing = playing != self._is_playing, playing
        self._last = None
        if changed:
            self._tell()
        return self

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _check_speed(speed: float) -> float:
    if not speed or speed != speed or abs(speed) == float("inf"):
        raise ViewerError(f"a speed is a number other than zero, not {speed}")
    return float(speed)
