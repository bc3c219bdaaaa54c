"""What all transfers of one run share: bandwidth, progress, and the wish to stop."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tqdm import tqdm


class Cancelled(BaseException):
    """A transfer was told to stop; what it has is kept."""


class Bandwidth:
    """A limit of bytes per second, shared by threads.

    Parameters
    ----------
    rate : float
        Bytes per second.
    clock, sleep : callable
        Tell and pass the time, in seconds.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if rate <= 0:
            raise ValueError(f"a bandwidth of {rate} bytes per second brings nothing; give more than 0, or None")
        self.rate = rate
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._free_at = clock()

    def __getstate__(self) -> dict[str, object]:
        return {"rate": self.rate}

    def __setstate__(self, state: dict[str, float]) -> None:
        self.__init__(state["rate"])  # type: ignore[misc]  # locks and clocks do not travel

    def take(self, size: int) -> None:
        """Wait until so many bytes may pass; who comes later waits longer."""
        with self._lock:
            now = self._clock()
            self._free_at = max(self._free_at, now) + size / self.rate
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)


class Speeds:
    """How fast hosts were, in bytes per second, and which of them failed; shared by threads."""

    def __init__(self) -> None:
        self._speeds: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def note(self, host: str, size: int, seconds: float) -> None:
        """Remember a transfer; newer ones weigh more."""
        speed = size / max(seconds, 1e-6)
        self._speeds[host] = 0.5 * speed + 0.5 * self._speeds.get(host, speed)
        self._failures.pop(host, None)

    def note_failure(self, host: str) -> None:
        """Remember that a host did not answer."""
        self._failures[host] = self._failures.get(host, 0) + 1

    def rank(self, host: str) -> tuple[int, float]:
        """Order hosts: those that answer before those that do not, then the fastest; unknown ones get a chance."""
        return self._failures.get(host, 0), -self._speeds.get(host, float("inf"))


@dataclass
class Line:
    """One run of the engine, as its transfers see it."""

    bandwidth: Bandwidth | None = None
    progress: Callable[[int], object] | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def pass_on(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Let chunks through as the limit allows, until told to stop."""
        for chunk in chunks:
            self.check()
            if self.bandwidth is not None:
                self.bandwidth.take(len(chunk))
            yield chunk
            if self.progress is not None:
                self.progress(len(chunk))

    def check(self) -> None:
        """Stop here if the run was cancelled."""
        if self.cancelled.is_set():
            raise Cancelled


class NoBar(AbstractContextManager["NoBar"]):
    """A progress bar that nobody sees."""

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, size: int) -> None:
        """Show nothing."""


def progress_bar(total: int, *, silent: bool | None) -> tqdm[Any] | NoBar:
    """Make a bar that shows after a second, on a terminal only.

    Parameters
    ----------
    total : int
        Bytes to come.
    silent : bool, optional
        Never (True) or always (False) show it; by default where a person looks on.
    """
    if not sys.stderr.isatty() if silent is None else silent:
        return NoBar()
    from tqdm import tqdm

    options: dict[str, Any] = {"unit": "B", "unit_scale": True, "delay": 1, "leave": False}
    return tqdm(total=total, **options)
