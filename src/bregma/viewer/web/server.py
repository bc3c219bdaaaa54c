"""Serve a scene as a page until told to stop."""

import asyncio
import contextlib
import functools
import logging
import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from bregma.viewer.render.window import Window
from bregma.viewer.scene.scene import Scene
from bregma.viewer.web.downloads import offer_files
from bregma.viewer.web.gate import let_in, prove
from bregma.viewer.web.page import Page

# trame would otherwise read our own command line, and wslink write to standard output.
_QUIET = {"TRAME_ARGS": "", "WSLINK_READY_MSG": ""}
_SECONDS_TO_ENCODE = 0.03
_TIMES_TO_LOOK = 200
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Served:
    """A page that is being served.

    Parameters
    ----------
    host : str
        Address that it listens on.
    port : int
        Where.
        0 takes a free one.
    token : str
        Whoever knows it sees and turns the scene.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        """The address to open, with the token in it."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}/?token={self.token}"

    @property
    def proof(self) -> str:
        """What the page answers to anybody, so that who knows the token is sure that it is this page."""
        return prove(self.token)


def serve(
    scene: Scene,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    token: str = "",
    ready: Callable[[str], object] | None = None,
) -> None:
    """Serve a scene as an interactive page; returns on SIGTERM or SIGINT.

    Only who opens the address with its token is let in. All of them see and turn the same scene: it is meant for
    one person, or for one screen. Prints nothing, and loads nothing from other servers.

    Parameters
    ----------
    scene : Scene
        What to show; changes made while it is served appear on the page.
    host : str
        Address to listen on.
    port : int
        0 takes a free one.
    token : str
        What lets people in; by default a new one.
    ready : callable, optional
        Called with the address of the page, token and all, once it can be opened.

    Raises
    ------
    NoOpenGL
        If no library on this machine can draw without a screen.
    OSError
        If the port is taken.
    """
    wanted = Served(host, port, token) if token else Served(host, port)
    asyncio.run(_serve_until_told(scene, wanted, ready or (lambda url: None)))


async def _serve_until_told(scene: Scene, wanted: Served, ready: Callable[[str], object]) -> None:
    _quieten(asyncio.get_running_loop())
    with _stopping() as told:
        await run_page(scene, wanted, lambda served: ready(served.url), told)


async def run_page(
    scene: Scene,
    wanted: Served,
    ready: Callable[[Served], object] = lambda served: None,
    told: Callable[[Callable[[], object]], None] = lambda end: None,
) -> None:
    """Serve a scene in this event loop until the server is stopped.

    Parameters
    ----------
    scene : Scene
        What to show.
    wanted : Served
        Where, and for whom.
    ready : callable
        Called once the page can be opened, with where it is.
    told : callable
        Given what stops the server.
    """
    from trame.app import get_server

    with Window(scene) as window, _environment(_QUIET):
        server: Any = get_server(f"bregma-{uuid4().hex}", client_type="vue3")
        page = Page(server, scene, window)
        server.controller.on_server_bind.add(lambda bound, **_: _prepare(bound.app, scene, wanted.token))
        server.controller.on_server_ready.add(lambda **_: _hasten(server))
        server.controller.on_server_ready.add(lambda **_: ready(replace(wanted, port=server.port)))
        told(lambda: asyncio.ensure_future(server.stop()))
        # Signals are ours to handle: `thread` tells wslink to leave them alone.
        options = {"thread": True, "open_browser": False, "show_connection_info": False, "disable_logging": True}
        try:
            await server.start(exec_mode="coroutine", host=wanted.host, port=wanted.port, timeout=0, **options)
        finally:
            page.close()


def _prepare(app: Any, scene: Scene, token: str) -> None:
    app.middlewares.append(let_in(token))
    app.router.add_get("/files/{kind}", offer_files(scene))


def _hasten(server: Any) -> None:
    """Ask soon, and until it has, whether the thread that encodes pictures has finished the last one.

    trame-vtk asks after half a second, and gives up when the answer is no: a slow machine would keep an old picture.
    """
    for delivery in server.protocol.getLinkProtocols():
        if hasattr(delivery, "render_stale_image"):
            delivery.delta_stale_time_before_render = _SECONDS_TO_ENCODE
            delivery.render_stale_image = functools.partial(_look_again, delivery)


def _look_again(delivery: Any, view: str, count: int = 0) -> None:
    if delivery.stale_handler_count.get(view, 0) > 0:
        delivery.stale_handler_count[view] = 0
        if count < _TIMES_TO_LOOK:
            delivery.push_render(view, stale_count=count + 1)


def _quieten(loop: asyncio.AbstractEventLoop) -> None:
    """A browser that leaves in the middle of a message is nothing to report; wslink lets its errors escape."""

    def is_departure(error: BaseException | None) -> bool:
        return isinstance(error, ConnectionError)

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not is_departure(context.get("exception")):
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    for name in ("wslink", "wslink.protocol", "aiohttp.server"):
        logging.getLogger(name).addFilter(lambda record: not (record.exc_info and is_departure(record.exc_info[1])))


@contextlib.contextmanager
def _stopping() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Take what is to be called on a signal; only the main thread may ask for signals."""
    endings: list[Callable[[], object]] = []
    if threading.current_thread() is not threading.main_thread():
        yield endings.append
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, lambda: [end() for end in endings])
    try:
        yield endings.append
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
