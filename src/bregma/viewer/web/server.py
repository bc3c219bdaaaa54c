"""Serve a scene as a page until told to stop."""

import asyncio
import contextlib
import functools
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bregma.viewer.render.window import Window
from bregma.viewer.scene.scene import Scene
from bregma.viewer.web.page import Page

# trame would otherwise read our own command line, and wslink write to standard output.
_QUIET = {"TRAME_ARGS": "", "WSLINK_READY_MSG": ""}
_SECONDS_TO_ENCODE = 0.03
_TIMES_TO_LOOK = 200
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
ANY_HOST = ("0.0.0.0", "::")  # noqa: S104 - who serves there is known by any name


def serve(
    scene: Scene, *, host: str = "127.0.0.1", port: int = 0, ready: Callable[[str], object] | None = None
) -> None:
    """Serve a scene as an interactive page; returns on SIGTERM or SIGINT.

    Everybody who opens the page sees and turns the same scene: it is meant for one person, or for one screen.
    Prints nothing, and loads nothing from other servers.

    Parameters
    ----------
    scene : Scene
        What to show; changes made while it is served appear on the page.
    host : str
        Address to listen on.
    port : int
        0 takes a free one.
    ready : callable, optional
        Called with the address of the page once it can be opened.

    Raises
    ------
    NoOpenGL
        If no library on this machine can draw without a screen.
    OSError
        If the port is taken.
    """
    with Window(scene) as window, _environment(_QUIET):
        asyncio.run(_serve(scene, window, (host, port), ready))


async def _serve(scene: Scene, window: Window, address: tuple[str, int], ready: Callable[[str], object] | None) -> None:
    from trame.app import get_server

    server: Any = get_server(f"bregma-{uuid4().hex}", client_type="vue3")
    page = Page(server, scene, window)
    server.controller.on_server_bind.add(lambda bound, **_: bound.app.middlewares.append(_refuse_strangers(address[0])))
    server.controller.on_server_ready.add(lambda **_: _hasten(server))
    if ready is not None:
        announce = ready
        server.controller.on_server_ready.add(lambda **_: announce(f"http://{address[0]}:{server.port}/"))
    _quieten(asyncio.get_running_loop())
    # Signals are ours to handle: `thread` tells wslink to leave them alone.
    listening = asyncio.ensure_future(
        server.start(
            exec_mode="coroutine",
            host=address[0],
            port=address[1],
            timeout=0,
            thread=True,
            open_browser=False,
            show_connection_info=False,
            disable_logging=True,
        )
    )
    try:
        with _stopping(server):
            await listening
    finally:
        page.close()


def _refuse_strangers(host: str) -> Any:
    """Make a middleware that answers only to pages of our own.

    A browser lets a page of any site talk to a WebSocket of this machine. It says which site that is, in Origin,
    and the name that it was told to connect to, in Host.
    """
    from aiohttp import web

    known = {host, "localhost", "127.0.0.1", "::1"}

    @web.middleware
    async def check(request: web.Request, handler: Any) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        is_known = host in ANY_HOST or urlsplit(f"//{request.host}").hostname in known
        if not is_known or (origin is not None and urlsplit(origin).netloc != request.host):
            raise web.HTTPForbidden(text="only the viewer's own page may talk to it; open its address")
        response: web.StreamResponse = await handler(request)
        return response

    return check


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
def _stopping(server: Any) -> Iterator[None]:
    """Stop the server on a signal; only the main thread may ask for signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    ending: list[asyncio.Future[Any]] = []
    for number in _SIGNALS:
        loop.add_signal_handler(number, lambda: ending.append(asyncio.ensure_future(server.stop())))
    try:
        yield
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
