"""Who is let in to a page: only who brings its token, first in the address and then in a cookie."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

ALIVE = "/alive"


def let_in(token: str) -> Any:
    """Make a middleware that answers only who brings the token.

    Other programs and other people of this machine reach the port too, and a page of any site can send requests to
    it. The first request carries the token in its address, and is answered by the page's address without it and a
    cookie; all others carry that cookie, and come from the page itself, as Origin and Host say.

    ``/alive`` tells anybody a proof of the token, from which the token does not follow: a notebook finds out so
    whether a port is this page before it sends the token there.
    """
    from aiohttp import web

    name = f"bregma-{prove(token)[:12]}"

    @web.middleware
    async def check(request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == ALIVE:
            return web.Response(text=prove(token), headers={"Access-Control-Allow-Origin": "*"})
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="only the viewer's own page may talk to it; open its address")
        if _is_same(request.query.get("token"), token):
            # Where it leads to is relative: a proxy may have put a prefix before it.
            answer = web.HTTPFound("./index.html")
            answer.set_cookie(name, token, httponly=True, samesite="Strict")
            raise answer
        if not _is_same(request.cookies.get(name), token):
            raise web.HTTPForbidden(text="this page is opened by the address that the viewer gave, token and all")
        response: web.StreamResponse = await handler(request)
        return response

    return check


def prove(token: str) -> str:
    """Return what only who knows the token can tell, and what does not give it away."""
    return hashlib.sha256(b"bregma page " + token.encode()).hexdigest()


def _is_same(given: str | None, token: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), token.encode())
