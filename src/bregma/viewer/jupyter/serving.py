"""The whole page of a scene, served by the kernel of a notebook beside its other work."""

import asyncio
import socket

from bregma.viewer.render.opengl import choose_opengl
from bregma.viewer.scene.scene import Scene
from bregma.viewer.web.server import Served, run_page

_running: set[asyncio.Task[None]] = set()


def start_page(scene: Scene) -> Served:
    """Serve a scene on this machine as long as the kernel runs; it answers once the cell is done.

    Raises
    ------
    NoOpenGL
        If no library on this machine can draw without a screen.
    """
    choose_opengl()
    served = Served(port=_find_port())
    task = asyncio.get_running_loop().create_task(run_page(scene, served))
    _running.add(task)  # a loop holds its tasks by a thread only
    task.add_done_callback(_running.discard)
    return served


def _find_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port
