"""Loops that numba compiles, and the numpy that does the same where numba is not installed."""

import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

WORTH_THREADS = 200_000
"""Items of work (spikes, samples) from which threads save more than they cost."""
CHUNKS_PER_THREAD = 4

_twins_only = False


def compiled(twin: Callable[P, R]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile the decorated loop with numba when it is first called; without numba, call `twin` in its place.

    The loop is compiled without Python's lock and kept on disk until its own file changes: of a constant that it takes
    from another file, it keeps the value it was compiled with. It may call numpy and nothing else of ours. Both take
    and return the same; a test compares them (`without_numba`).
    """

    def decorate(loop: Callable[P, R]) -> Callable[P, R]:
        @wraps(loop)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            run = twin if _twins_only or not _has_numba() else _compile(loop)
            return run(*args, **kwargs)

        return call

    return decorate


@contextmanager
def without_numba() -> Iterator[None]:
    """Do everything inside in numpy, as if numba were not installed."""
    global _twins_only
    before, _twins_only = _twins_only, True
    try:
        yield
    finally:
        _twins_only = before


def in_threads(work: Callable[[int, int], None], n_items: int, *, size: int) -> None:
    """Call ``work(start, stop)`` on consecutive parts of ``range(n_items)``, in threads where `size` is worth it.

    Parts write to different places, or the caller adds up what they made. `size` is the number of values to visit.
    """
    n_threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if n_threads == 1 or size < WORTH_THREADS or n_items < 2:
        work(0, n_items)
        return
    n_parts = min(n_items, n_threads * CHUNKS_PER_THREAD)
    edges = [n_items * part // n_parts for part in range(n_parts + 1)]
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


@cache
def _has_numba() -> bool:
    if find_spec("numba") is None:
        return False
    try:
        import numba  # noqa: F401
    except ImportError as error:  # as from one that knows no numpy as new as the one installed
        warnings.warn(f"numba does not load, so analyses run in numpy, slower: {error}", RuntimeWarning, stacklevel=3)
        return False
    return True


@cache
def _compile(loop: Callable[..., Any]) -> Callable[..., Any]:
    from numba import njit

    try:
        made: Callable[..., Any] = njit(loop, cache=True, nogil=True)
    except RuntimeError:  # no folder that numba may keep it in
        made = njit(loop, nogil=True)
    return made
