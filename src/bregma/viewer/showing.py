"""Where a scene is opened: in a window, as a page in the browser, or as the output of a notebook."""

import os
import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.scene import Scene

Where: TypeAlias = Literal["window", "browser", "notebook", "page", "file"]


def show(scene: Scene, where: Where | None = None) -> Any:
    """Open the scene.

    Parameters
    ----------
    scene : Scene
        What to show.
    where : {"window", "browser", "notebook", "page", "file"}, optional
        ``window`` comes back when the window is closed, ``browser`` when it is interrupted, ``notebook`` at once. In
        a notebook, ``page`` shows the whole page with all its panels, and ``file`` one that needs no kernel. By
        default the notebook inside of one, else the window where Qt and a screen are there, else the browser.

    Returns
    -------
    None, or what a notebook shows

    Raises
    ------
    ViewerError
        If there is no such place, or it cannot be opened here; the message says what else can.
    """
    chosen = find_place() if where is None else where
    if chosen not in _OPENERS:
        raise ViewerError(f"a scene is shown in {', '.join(_OPENERS)}; not in {chosen!r}")
    return _OPENERS[chosen](scene)


def find_place() -> Where:
    """Return where a scene is best opened here."""
    if _is_notebook():
        return "notebook"
    return "window" if _has_screen() and _has_qt() else "browser"


def _is_notebook() -> bool:
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return running is not None and "IPKernelApp" in running.config


def _has_screen() -> bool:
    if not sys.platform.startswith("linux"):
        return not os.environ.get("SSH_CONNECTION")
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _has_qt() -> bool:
    from importlib.util import find_spec

    return find_spec("PySide6") is not None


def _show_window(scene: Scene) -> None:
    from bregma.viewer.qt import open_window

    open_window(scene)


def _show_browser(scene: Scene) -> None:
    import webbrowser

    from bregma.viewer.web import serve

    serve(scene, ready=lambda url: bool(webbrowser.open(url)))


def _show_notebook(scene: Scene) -> None:
    from bregma.viewer.jupyter import show_in_notebook

    show_in_notebook(scene)


def _show_page(scene: Scene) -> None:
    from bregma.viewer.jupyter import show_page

    show_page(scene)


def _show_file(scene: Scene) -> None:
    from bregma.viewer.jupyter import show_file

    show_file(scene)


_OPENERS: dict[str, Callable[[Scene], Any]] = {
    "window": _show_window,
    "browser": _show_browser,
    "notebook": _show_notebook,
    "page": _show_page,
    "file": _show_file,
}
