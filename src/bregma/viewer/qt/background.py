"""Work that takes long is done beside the window, which goes on answering; what it returns comes back to it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QTimer

from bregma.viewer.qt.workbench import EXPECTED, Workbench

_LOOK_MS = 50


class Background:
    """One worker beside the window.

    Parameters
    ----------
    bench : Workbench
        Where problems are told.
    parent : QObject
        With it, waiting ends.
    """

    def __init__(self, bench: Workbench, parent: Any) -> None:
        self._bench = bench
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bregma-window")
        self._waiting: list[tuple[Future[Any], Callable[[Any], None], Callable[[str], None]]] = []
        self._timer = QTimer(parent, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        """Do the work; then call one of the two in the window's own thread, with the result or with what was wrong."""
        self._waiting.append((self._pool.submit(work), done, failed))
        self._timer.start()

    def close(self) -> None:
        """Wait for nothing any more."""
        self._timer.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        ready = [each for each in self._waiting if each[0].done()]
        self._waiting = [each for each in self._waiting if not each[0].done()]
        if not self._waiting:
            self._timer.stop()
        for future, done, failed in ready:
            try:
                result = future.result()
            except EXPECTED as error:
                failed(str(error))
            else:
                done(result)
