"""DataJoint tables that analyse new data by themselves, their workers, and the read side of their results.

May import: sessions and below.
Read first: keys.py, then tables/behavior.py.
Public names: run_worker, populate_once, retry_errors, wait_until_idle, connect, declare, PipelineError, NotIdle;
results and extraction are modules of their own.
"""

from typing import TYPE_CHECKING

from bregma.later import import_later

if TYPE_CHECKING:
    from bregma.pipelines.connection import connect
    from bregma.pipelines.errors import NotIdle, PipelineError
    from bregma.pipelines.progress import retry_errors, wait_until_idle
    from bregma.pipelines.tables import declare
    from bregma.pipelines.worker import populate_once, run_worker


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

# DataJoint takes seconds.
__getattr__ = import_later(
    __name__,
    {
        "connection": ("connect",),
        "errors": ("NotIdle", "PipelineError"),
        "progress": ("retry_errors", "wait_until_idle"),
        "tables": ("declare",),
        "worker": ("populate_once", "run_worker"),
    },
)
