"""Warnings that name the line of the user's script, however deep in the room they arise."""

from __future__ import annotations

import warnings

_ROOM = __name__.rpartition(".")[0]


def warn(message: str, kind: type[Warning] = UserWarning, *, room: str = _ROOM) -> None:
    """Warn whoever called into the room: this one, or the package of another that calls in turn."""
    import inspect

    frame, depth = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(room):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, kind, stacklevel=depth)
