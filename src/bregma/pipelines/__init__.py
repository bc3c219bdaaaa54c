"""DataJoint tables that analyse new data by themselves, their workers, and the read side of their results.

May import: sessions and below.
Read first: keys.py, then tables/behavior.py.
Public names: run_worker, populate_once, retry_errors, wait_until_idle, connect, declare, PipelineError, NotIdle;
results and extraction are modules of their own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bregma.pipelines.connection import connect
    from bregma.pipelines.errors import NotIdle, PipelineError
    from bregma.pipelines.progress import retry_errors, wait_until_idle
    from bregma.pipelines.tables import declare
    from bregma.pipelines.worker import populate_once, run_worker

_HOMES = {
    "connect": "connection",
    "declare": "tables",
    "populate_once": "worker",
    "NotIdle": "errors",
    "PipelineError": "errors",
    "retry_errors": "progress",
    "run_worker": "worker",
    "wait_until_idle": "progress",
}

__all__ = [
    "NotIdle",
    "PipelineError",
    "connect",
    "declare",
    "populate_once",
    "retry_errors",
    "run_worker",
    "wait_until_idle",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: DataJoint takes seconds."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
