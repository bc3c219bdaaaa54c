"""Holds the state of a scene: tells its listeners what changed, and goes back to earlier states."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Self, TypeAlias

from bregma.viewer.scene.state import PASSING, Change, SceneState, find_changes
from bregma.viewer.scene.weight import weigh_lost

Listener: TypeAlias = Callable[[Change], None]

_MOST_STEPS = 200
_MOST_BYTES = 1_000_000_000


class History:
    """A state that changes, step by step.

    Parameters
    ----------
    state : SceneState
        The first one.

    Notes
    -----
    The last 200 steps can be undone; fewer where they keep more than a gigabyte of arrays that are no longer shown.
    """

    def __init__(self, state: SceneState) -> None:
        self._state = state
        self._told = state
        self._listeners: list[Listener] = []
        self._undone: list[SceneState] = []
        self._done: list[SceneState] = []
        self._held: list[int] = []
        self._open = 0
        self._in_gesture = False
        self._gesture_counts = False

    @property
    def state(self) -> SceneState:
        """All that the scene is now, frozen."""
        return self._state

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone and nothing was done since."""
        return bool(self._undone)

    def follow(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with each `Change` from now on; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    @contextlib.contextmanager
    def together(self) -> Iterator[Self]:
        """Make all changes within one step: listeners hear of them at the end, and `undo` takes all back.

        What fails within takes all changes back, and nobody hears of them.
        """
        before = self._state
        self._open += 1
        try:
            yield self
        except BaseException:
            self._state = before
            raise
        finally:
            self._open -= 1
            self._settle()

    def begin_gesture(self) -> Self:
        """Take all changes until `end_gesture` as one step, though listeners hear of each: the mouse drags."""
        self._in_gesture, self._gesture_counts = True, False
        return self

    def end_gesture(self) -> Self:
        """End what `begin_gesture` began; nothing without one."""
        self._in_gesture = self._gesture_counts = False
        return self

    def undo(self) -> Self:
        """Go back to the state before the last step; the camera, the time and the selection stay. No step: nothing."""
        return self._go(self._done, self._undone)

    def redo(self) -> Self:
        """Do again what was undone last."""
        return self._go(self._undone, self._done)

    def _become(self, **parts: Any) -> Self:
        self._state = replace(self._state, **parts)
        self._settle()
        return self

    def _settle(self) -> None:
        if self._open:
            return
        before, self._told = self._told, self._state
        changes = tuple(find_changes(before, self._state))
        if any(change.what not in PASSING for change in changes) and not self._gesture_counts:
            self._keep(before)
            self._undone = []
            self._gesture_counts = self._in_gesture
        self._tell(changes)

    def _go(self, source: list[SceneState], target: list[SceneState]) -> Self:
        if not source or self._open:
            return self
        self.end_gesture()
        before, wanted = self._state, source.pop()
        kept = {what.value: getattr(before, what.value) for what in PASSING}
        self._state = self._told = replace(wanted, **kept)
        if target is self._done:
            self._keep(before)
        else:
            self._held.pop()
            target.append(before)
        self._tell(tuple(find_changes(before, self._state)))
        return self

    def _keep(self, before: SceneState) -> None:
        """Keep the state before a step, and the earlier ones that there is memory for."""
        self._done.append(before)
        self._held.append(weigh_lost(before, self._state))
        while len(self._done) > 1 and (len(self._done) > _MOST_STEPS or sum(self._held) > _MOST_BYTES):
            del self._done[0], self._held[0]

    def _tell(self, changes: tuple[Change, ...]) -> None:
        """Tell all listeners, the ones after one that fails too; what failed is raised at the end."""
        with contextlib.ExitStack() as stack:
            for change in reversed(changes):
                for listener in reversed(self._listeners):
                    stack.callback(self._tell_one, listener, change)

    def _tell_one(self, listener: Listener, change: Change) -> None:
        if listener in self._listeners:
            listener(change)
