"""Files of the scene that the page offers: pictures, a page of its own, a movie, the scene as data."""

import tempfile
from pathlib import Path
from typing import Any

from bregma.viewer.errors import ViewerError
from bregma.viewer.scene.scene import Scene

_SIZE = (1600, 1000)
_MOVIE_SIZE = (800, 500)
KINDS = {
    "png": "Picture",
    "pdf": "Picture to print",
    "html": "Page that needs no server",
    "mp4": "Movie",
    "json": "Scene",
}


def offer_files(scene: Scene) -> Any:
    """Make a handler of requests that writes the scene as the kind of file that the address ends with."""
    from aiohttp import web

    async def write(request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        if kind not in KINDS:
            raise web.HTTPNotFound(text=f"the page gives {', '.join(KINDS)}; not {kind}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"brain.{kind}"
            try:
                # In this thread: graphics belong to it.
                scene.save(path, size=_MOVIE_SIZE if kind == "mp4" else _SIZE)
            except ViewerError as error:
                raise web.HTTPConflict(text=str(error)) from error
            content = path.read_bytes()
        headers = {"Content-Disposition": f'attachment; filename="brain.{kind}"', "Cache-Control": "no-store"}
        if kind == "html" and "here" in request.query:
            headers["Content-Disposition"] = "inline"
            headers["Content-Security-Policy"] = "sandbox allow-scripts"
        return web.Response(body=content, content_type=_TYPES[kind], headers=headers)

    return write


_TYPES = {
    "png": "image/png",
    "pdf": "application/pdf",
    "html": "text/html",
    "mp4": "video/mp4",
    "json": "application/json",
}
