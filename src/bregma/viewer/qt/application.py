"""Starts Qt, opens the main window, and comes back when it is closed."""

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from bregma.later import need_package
from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.scene import Scene

if TYPE_CHECKING:
    from bregma.viewer.qt.workbench import Workbench

_LISTEN_MS = 200

logger = logging.getLogger(__name__)


def open_window(scene: Scene, *, run: bool = True) -> Any:
    """Open the application around a scene.

    Parameters
    ----------
    scene : Scene
        What is shown; changes made from elsewhere appear in it.
    run : bool
        Whether to come back only when the window is closed; with False it is only shown, for callers with an event
        loop of their own.

    Returns
    -------
    MainWindow
        The window.

    Raises
    ------
    PackageMissing
        If Qt is not installed.
    ViewerError
        If this machine has no screen.
    NoOpenGL
        If no library on this machine can draw.
    """
    need_package("PySide6", "qt")
    app = start_qt()
    from bregma.viewer.qt.main_window import MainWindow

    window = MainWindow(scene)
    window.show()
    if run:
        before, sys.excepthook = sys.excepthook, partial(tell_fault, window.bench)
        try:
            with _closing_on_signals(window):
                app.exec()
        finally:
            sys.excepthook = before
    return window


@contextlib.contextmanager
def _closing_on_signals(window: Any) -> Iterator[None]:
    """Let Ctrl-C in the terminal close the window: Python hears of signals only while it runs."""
    from PySide6.QtCore import QTimer

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {name: signal.signal(name, lambda *_: window.close()) for name in (signal.SIGINT, signal.SIGTERM)}
    listening = QTimer(window, interval=_LISTEN_MS)
    listening.timeout.connect(lambda: None)
    listening.start()
    try:
        yield
    finally:
        for name, handler in kept.items():
            signal.signal(name, handler)


def tell_fault(
    bench: "Workbench", kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log a fault of ours that Qt caught, and tell the user that the scene is whole."""
    logger.error("a fault in the window", exc_info=(kind, error, trace))
    bench.tell(
        f"A fault of bregma ({kind.__name__}: {error}); the scene is as it was before. Ctrl+Z goes back a step, "
        "Ctrl+E saves the scene; please report what you did."
    )


def start_qt() -> Any:
    """Return the application of Qt, with the looks of this one; it is made if there is none."""
    from PySide6.QtCore import QDir
    from PySide6.QtGui import QFont, QGuiApplication
    from PySide6.QtWidgets import QApplication

    from bregma.viewer.qt.theme import STYLE

    app = QGuiApplication.instance()
    if app is None:
        check_screen()
        app = QApplication(["bregma"])
        app.setStyle("Fusion")
        app.setFont(QFont(["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans"]))
        QDir.addSearchPath("bregma", str(Path(__file__).parent / "art"))
    app.setStyleSheet(STYLE)
    return app


def check_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
    """Raise ViewerError where there is no screen: Qt would end the process."""
    known = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if platform.startswith("linux") and not any(environment.get(name) for name in known):
        raise ViewerError(
            "there is no screen here to open a window on: show the scene in a browser (show('browser'), bregma view "
            "without --window), or save a picture (save('brain.png'), --out brain.png)"
        )
