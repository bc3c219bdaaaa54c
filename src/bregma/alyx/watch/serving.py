"""How gunicorn runs the server: ``gunicorn --config python:bregma.alyx.watch.serving bregma.alyx.wsgi``."""

from __future__ import annotations

import gc
import os
from shutil import rmtree
from typing import Any

from bregma.services.home import Home

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

limit_request_line = 8190
"""The longest address, in letters: clients ask for lists of identifiers in it."""


def on_starting(server: Any) -> None:
    """Give the figures of all processes an empty folder."""
    folder = Home.default().run / "metrics"
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[FOLDER] = str(folder)


def post_worker_init(worker: Any) -> None:
    """Let the collector of garbage pass over what was loaded: it lives as long as the process."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Let the figures of a process that ended count no longer where they say what is now."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
