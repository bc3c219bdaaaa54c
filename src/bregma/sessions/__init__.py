"""One session or one probe as an object.

May import: plots, one, atlas, brainbox and below.
Read first: session.py.
Public names: SessionLoader, SpikeSortingLoader, SpikeSorting and the SessionDataError tree.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bregma.sessions.errors import AmbiguousCollection, DataMissing, InconsistentData, SessionDataError

if TYPE_CHECKING:
    from bregma.sessions.insertion import SpikeSorting, SpikeSortingLoader
    from bregma.sessions.session import SessionLoader

__all__ = [
    "AmbiguousCollection",
    "DataMissing",
    "InconsistentData",
    "SessionDataError",
    "SessionLoader",
    "SpikeSorting",
    "SpikeSortingLoader",
]

_LATER = {"SessionLoader": "session", "SpikeSorting": "insertion", "SpikeSortingLoader": "insertion"}


def __getattr__(name: str) -> Any:
    """Import pandas only when a loader is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"bregma.sessions.{_LATER[name]}"), name)
