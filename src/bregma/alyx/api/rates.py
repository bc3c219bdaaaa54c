"""Counts events per key in a small file that all processes of a machine share: a few microseconds, no query.

Each key has a slot with the counts of this window and of the one before it. The rate is that of a sliding window: the
count before, weighted by how much of it the window still covers, and the count now.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import time
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

SLOT = struct.Struct("<QQII")
SLOTS = 1 << 14
TRIES = 8


class RateCounter:
    """Counts in a file.

    Parameters
    ----------
    path : Path
        The file; made when it is missing, with its folder.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, SLOT.size * SLOTS)
        self._map = mmap.mmap(self._file, SLOT.size * SLOTS)
        self._lock = Lock()

    def take(self, key: str, *, most: int, seconds: int, now: float | None = None) -> float:
        """Count one event of a key, unless there were too many.

        Parameters
        ----------
        key : str
            Whose events, and which.
        most : int
            So many events within the window are allowed.
        seconds : int
            The length of the window.
        now : float, optional
            The time; by default the clock's.

        Returns
        -------
        float
            Zero when the event was counted, else the seconds until one more is allowed.
        """
        moment = time.time() if now is None else now
        window, elapsed = divmod(moment, seconds)
        mark = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") or 1
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                return self._take(mark, int(window), elapsed / seconds, most) * seconds
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def clear(self) -> None:
        """Forget all counts."""
        with self._lock:
            self._map[:] = bytes(len(self._map))

    def _take(self, mark: int, window: int, elapsed: float, most: int) -> float:
        """Return the part of a window to wait."""
        place = self._find(mark)
        held, last, now, before = SLOT.unpack_from(self._map, place)
        if held != mark or last < window - 1 or last > window:
            now = before = 0
        elif last == window - 1:
            now, before = 0, now
        if before * (1 - elapsed) + now + 1 > most:
            return _wait(now, before, elapsed, most)
        SLOT.pack_into(self._map, place, mark, window, now + 1, before)
        return 0.0

    def _find(self, mark: int) -> int:
        """Return the place of a key, or the one of its places that was used least lately."""
        places = [(mark + i) % SLOTS * SLOT.size for i in range(TRIES)]
        held = {place: SLOT.unpack_from(self._map, place) for place in places}
        own = next((place for place in places if held[place][0] == mark), None)
        return own if own is not None else min(places, key=lambda place: held[place][1])


def _wait(now: int, before: int, elapsed: float, most: int) -> float:
    """Return the part of a window until one more event is allowed; events that are refused do not count."""
    if now < most and before:
        return max(1 - (most - 1 - now) / before - elapsed, 0.001)
    return max(1 - elapsed + 1 - (most - 1) / max(now, 1), 0.001)


@cache
def shared_counter() -> RateCounter:
    """Return the counter of this installation."""
    return RateCounter(settings.HOME.run / "rates")
