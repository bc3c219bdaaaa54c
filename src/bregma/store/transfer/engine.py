"""Many files at once, over connections that stay open."""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from bregma.store.errors import StorageFull, StoreUnavailable
from bregma.store.retry import Retry
from bregma.store.transfer.line import Bandwidth, Line, Speeds, progress_bar
from bregma.store.transfer.single import bring
from bregma.store.transfer.source import Fetch, Plan
from bregma.store.web_client import open_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import httpx

    Guard = Callable[[Fetch], AbstractContextManager[bool]]

PARALLEL = 16
_HOPELESS = (StorageFull, StoreUnavailable)


class Connections(Protocol):
    """Whoever keeps connections open."""

    @property
    def http(self) -> httpx.Client:
        """The open connections."""


class WebConnections:
    """Connections of an engine of its own, opened when needed and anew after pickling."""

    def __init__(self) -> None:
        self._http: httpx.Client | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[WebConnections], tuple[()]]:
        return WebConnections, ()

    @property
    def http(self) -> httpx.Client:
        """The open connections."""
        with self._lock:
            if self._http is None or self._http.is_closed:
                self._http = open_client()
            return self._http

    def close(self) -> None:
        """Close them; they open again when needed."""
        with self._lock:
            if self._http is not None:
                self._http.close()


class Engine:
    """Brings files: in parallel, resumed when cut off, checked while they come, in place only when right.

    Parameters
    ----------
    connections : Connections, optional
        Whose open connections to use; its own by default.
    parallel : int
        How many files at once.
    retry : Retry, optional
        How patient to be with one source.
    bandwidth : float, optional
        Bytes per second, of all transfers together; no limit by default.
    silent : bool, optional
        Never (True) or always (False) show progress; by default on a terminal only.
    """

    def __init__(
        self,
        connections: Connections | None = None,
        *,
        parallel: int = PARALLEL,
        retry: Retry | None = None,
        bandwidth: float | None = None,
        silent: bool | None = None,
    ) -> None:
        self._connections = connections or WebConnections()
        self.parallel = parallel
        self.retry = retry or Retry()
        self.bandwidth = None if bandwidth is None else Bandwidth(bandwidth)
        self.silent = silent
        self._speeds = Speeds()

    def close(self) -> None:
        """Close the connections that are its own."""
        if isinstance(self._connections, WebConnections):
            self._connections.close()

    def fetch(self, items: Iterable[Fetch], *, guard: Guard | None = None) -> list[Path]:
        """Bring files.

        A file that cannot be had does not hinder the others, unless the disk is full or a server away. If the
        program is interrupted, unfinished files stay and the next call goes on with them.

        Parameters
        ----------
        items : iterable of Fetch
            What; several calls, or processes, must not bring the same target at once without a guard.
        guard : callable, optional
            Makes the context in which an item is brought; yields False if there is nothing left to do.

        Returns
        -------
        list of Path
            The targets, in order.

        Raises
        ------
        FileMissing, AccessDenied, HashMismatch, StoreUnavailable, StorageFull
            What the first file that failed, failed of; a note tells how many others did.
        """
        wanted = list(items)
        with progress_bar(Plan.of(wanted).size, silent=self.silent) as bar:
            line = Line(self.bandwidth, bar.update)
            work = _Work(self._connections, self._retry(line), line, self._speeds, guard or _unguarded)
            if len(wanted) == 1:
                work.bring(wanted[0])
            elif wanted:
                self._fetch_all(wanted, work, line)
        return [item.target for item in wanted]

    @staticmethod
    def plan(items: Iterable[Fetch]) -> Plan:
        """Say what ``fetch`` would bring, and bring nothing."""
        return Plan.of(list(items))

    def _fetch_all(self, wanted: Sequence[Fetch], work: _Work, line: Line) -> None:
        pool = ThreadPoolExecutor(min(self.parallel, len(wanted)), thread_name_prefix="transfer")
        try:
            futures = [pool.submit(work.bring, item) for item in wanted]
            _await(futures)
        except BaseException:
            line.cancelled.set()
            raise
        finally:
            pool.shutdown(wait=not line.cancelled.is_set(), cancel_futures=True)
        _raise_first(futures)

    def _retry(self, line: Line) -> Retry:
        """Wait in a way that can be cancelled."""
        return replace(self.retry, sleep=line.cancelled.wait) if self.retry.sleep is time.sleep else self.retry


class _Work:
    """What one thread does with one item."""

    def __init__(
        self, connections: Connections, retry: Retry, line: Line, speeds: Speeds, guard: Guard
    ) -> None:  # fmt: skip
        self._connections = connections
        self._shared = (retry, line, speeds)
        self._guard = guard

    def bring(self, item: Fetch) -> None:
        """Bring an item, unless another did so while this one waited."""
        with self._guard(item) as needed:
            if needed:
                bring(item, self._connections.http, *self._shared)


def _await(futures: Sequence[Future[None]]) -> None:
    """Wait for all, or for the first failure that the others would share.

    An interruption that comes just before Python sleeps is noticed only when it wakes, so it sleeps for moments.
    """
    left: set[Future[Any]] = set(futures)
    while left:
        done, left = wait(left, timeout=0.5, return_when=FIRST_EXCEPTION)
        if any(_is_hopeless(future.exception()) for future in done):
            for future in left:
                future.cancel()
            wait([future for future in left if not future.cancelled()])
            return


def _is_hopeless(error: BaseException | None) -> bool:
    """Tell whether the other files would fail in the same way, or nobody wants them any more."""
    return isinstance(error, _HOPELESS) or not isinstance(error, Exception | None)


def _raise_first(futures: Sequence[Future[None]]) -> None:
    errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
    if not errors:
        return
    worst = next((error for error in errors if isinstance(error, _HOPELESS)), errors[0])
    if len(errors) > 1:
        worst.add_note(f"{len(errors)} of {len(futures)} files could not be brought; this is the first reason")
    raise worst


def _unguarded(_: Fetch) -> AbstractContextManager[bool]:
    return nullcontext(enter_result=True)
