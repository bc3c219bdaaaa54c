"""Workers: processes that analyse what is new, share the keys, and survive each other and the database.

A worker waits for the notification that an input has changed, and looks around by itself once in a while. Each key is
reserved in the jobs table of its analysis, so any number of workers on any number of machines share the work.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg2

from bregma.pipelines.connection import ConnectionRefused, connect
from bregma.pipelines.engine import dj
from bregma.pipelines.jobs import Outcome, make_key, recover_orphans, refresh_jobs
from bregma.pipelines.keys import CHANNEL
from bregma.pipelines.tables import NotInstalled, Pipeline, declare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bregma.pipelines.sources import DataSource

logger = logging.getLogger(__name__)

BATCH = 20
"""Keys of one analysis before the next has its turn, so that the first results of a long queue come soon."""
SLICE_SECONDS = 0.5
RETRY_SECONDS = 1.0


@dataclass
class Tally:
    """How many keys were made, failed, or left for later."""

    made: int = 0
    failed: int = 0
    later: int = 0

    def count(self, outcome: Outcome) -> None:
        """Add one key."""
        self.made += outcome is Outcome.MADE
        self.failed += outcome is Outcome.FAILED
        self.later += outcome is Outcome.LATER

    @property
    def total(self) -> int:
        """Keys tried."""
        return self.made + self.failed + self.later


def populate_once(pipeline: Pipeline, source: DataSource, *, should_stop: Callable[[], bool] = lambda: False) -> Tally:
    """Analyse what is pending now: a batch of keys of each analysis, those that others need first.

    Parameters
    ----------
    pipeline
        What `declare` returned.
    source
        Where the data come from.
    should_stop
        Asked before every key.

    Returns
    -------
    Tally
        Nothing in it when there was nothing to do.
    """
    tally = Tally()
    busy: set[str] = set()
    for table in pipeline.analyses:
        if table.waits_for in busy:
            continue
        recover_orphans(table)
        keys = refresh_jobs(table, limit=BATCH)
        if len(keys) == BATCH:
            busy.add(table.class_name)
        for key in keys:
            if should_stop():
                return tally
            tally.count(make_key(table, key, source))
    return tally


def run_worker(
    *,
    poll_seconds: float = 30.0,
    source: DataSource | None = None,
    parameters: Mapping[str, str | int] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Analyse until SIGTERM or SIGINT; the key in work is finished first.

    Parameters
    ----------
    poll_seconds
        How often to look around without having been notified: for work of dead workers, and for files that could
        not be loaded.
    source
        Where data come from; by default ONE, of the server that ``BREGMA_URL`` names.
    parameters
        Database; by default that of this installation.
    stop
        Ends the loop when it is set.
    """
    source = _default_source() if source is None else source
    parameters = _default_parameters() if parameters is None else parameters
    stop = threading.Event() if stop is None else stop
    lost = (dj.errors.DataJointError, ConnectionRefused, NotInstalled, psycopg.Error, psycopg2.Error)
    said = ""
    with _stopped_by_signals(stop):
        while not stop.is_set():
            try:
                _work(parameters, source, poll_seconds, stop)
            except lost as error:
                if said != str(error):
                    said = str(error)
                    logger.warning("the database is not ready, trying again: %s", said)
                stop.wait(RETRY_SECONDS)


def _work(parameters: Mapping[str, str | int], source: DataSource, poll_seconds: float, stop: threading.Event) -> None:
    """Declare, then analyse and wait in turns, on connections that end with this call."""
    with ExitStack() as stack:
        instance = connect(parameters)
        stack.callback(instance.connection.close)
        pipeline = declare(instance)
        listener = stack.enter_context(_listen(parameters))
        logger.info("worker ready")
        while not stop.is_set():
            tally = populate_once(pipeline, source, should_stop=stop.is_set)
            if tally.total:
                logger.info("%d analyses made, %d failed, %d later", tally.made, tally.failed, tally.later)
            if not tally.made and not tally.failed:
                _wait(listener, poll_seconds, stop)


@contextmanager
def _listen(parameters: Mapping[str, str | int]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**parameters, autocommit=True) as listener:  # type: ignore[arg-type]
        listener.execute(f"listen {CHANNEL}")
        yield listener


def _wait(listener: psycopg.Connection[Any], seconds: float, stop: threading.Event) -> None:
    """Return when an input has changed, the time is over, or the worker shall stop."""
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        for _ in listener.notifies(timeout=min(left, SLICE_SECONDS), stop_after=1):
            return


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT; a worker in a thread is stopped by its owner instead."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _default_source() -> DataSource:
    from bregma.pipelines.sources import OneSource

    return OneSource()


def _default_parameters() -> dict[str, str | int]:
    from bregma.services.home import Home
    from bregma.services.postgres import connection_parameters

    return connection_parameters(Home.default())
