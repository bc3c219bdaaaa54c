"""Measures each request: an identifier, a line in the access log, and the figures of metrics.py."""

from __future__ import annotations

import logging
import re
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils.functional import SimpleLazyObject

from bregma.alyx.watch import metrics
from bregma.alyx.watch.identity import HEADER, KEPT_AS, choose_request_id, request_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

QUERIES = "X-N-Queries"
QUIET = ("health", "ready", "metrics", "static")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
MOST_NAMES = 20

logger = logging.getLogger("bregma.access")


@dataclass(slots=True)
class DatabaseUse:
    """How many queries a request made, and how long they took."""

    queries: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Run one query, and count it."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - started


class RequestWatch:
    """Middleware, the first of all: every answer has an identifier, a log line, and is counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note what it took."""
        is_trusted = bool(settings.REST_FRAMEWORK["NUM_PROXIES"])
        identity = choose_request_id(request.headers.get(HEADER), is_trusted=is_trusted)
        request.META[KEPT_AS] = identity
        used, started = DatabaseUse(), time.perf_counter()
        with ExitStack() as stack:
            stack.enter_context(request_identity(identity))
            stack.enter_context(connection.execute_wrapper(used))
            response = self.get_response(request)
            response[HEADER] = identity
            if settings.BREGMA_COUNT_QUERIES:
                response[QUERIES] = str(used.queries)
            note(request, response, time.perf_counter() - started, used)
        return response


def note(request: HttpRequest, response: HttpResponse, seconds: float, used: DatabaseUse) -> None:
    """Write the line of one request, and count it."""
    method = request.method if request.method in METHODS else "OTHER"
    route = route_of(request)
    metrics.count_request(metrics.Answer(str(method), route, response.status_code, seconds, used.queries, used.seconds))
    if route == "/register-file" and response.status_code == 201:
        metrics.count_registered(len(getattr(response, "data", None) or ()))
    level = logging.DEBUG if route.strip("/") in QUIET or route.startswith("/static/") else logging.INFO
    fields = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": user_of(request),
        "queries": used.queries,
        "database_ms": round(used.seconds * 1000, 1),
        "parameters": sorted({name[:60] for name in request.GET})[:MOST_NAMES],
    }
    logger.log(level, "%s %s %s", method, route, response.status_code, extra={"fields": fields})


def route_of(request: HttpRequest) -> str:
    """Return the template of the address, such as ``/sessions/<pk>``: never a value in it."""
    match = request.resolver_match
    if match is not None:
        return _readable(match.route)
    return "/static/" if request.path.startswith(settings.STATIC_URL) else "unmatched"


def user_of(request: HttpRequest) -> str | None:
    """Return the name of who asked, if that is known already: it is worth no query."""
    user: Any = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return user.get_username() if user is not None and user.is_authenticated else None


@lru_cache(maxsize=2000)
def _readable(route: str) -> str:
    """Write a regular expression as the other routes are written."""
    return "/" + NAMED.sub(r"<\1>", route).replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")
