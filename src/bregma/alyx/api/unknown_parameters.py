"""Says which query parameters an endpoint does not know, instead of ignoring them silently."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rest_framework.views import APIView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest, HttpResponse

HEADER = "Bregma-Unknown-Parameters"
EVERYWHERE = frozenset({"format"})
MOST_NAMES = 10
MOST_LETTERS = 60

_known: dict[tuple[type[APIView], str], frozenset[str]] = {}


class UnknownParameters:
    """Middleware: a header such as ``Bregma-Unknown-Parameters: nme; did you mean name?`` on REST answers.

    The body stays as clients expect it. A view says in ``query_parameters`` which it reads besides filters and pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and name what was not understood."""
        response = self.get_response(request)
        view = getattr(response, "renderer_context", {}).get("view")
        if request.GET and isinstance(view, APIView):
            unknown = describe_unknown(request.GET, known_parameters(view))
            if unknown:
                response[HEADER] = unknown
        return response


def describe_unknown(given: Iterable[str], known: frozenset[str]) -> str:
    """Name the parameters that are not known, each with the known one that is most like it."""
    unknown = [name for name in given if name not in known]
    return ", ".join(_describe(name, known) for name in unknown[:MOST_NAMES])


def known_parameters(view: APIView) -> frozenset[str]:
    """Return the query parameters that a view reads: found once for each of its actions."""
    action = getattr(view, "action", None) or str(view.request.method).lower()
    key = (type(view), action)
    if key not in _known:
        own = set(getattr(view, "query_parameters", ())) | _documented(view, action)
        lists = _of_filters(view) | _of_pages(view) if action == "list" else set()
        _known[key] = EVERYWHERE | own | lists
    return _known[key]


def _of_filters(view: Any) -> set[str]:
    filters = getattr(view, "filterset_class", None)
    return set(filters.base_filters) if filters is not None else set()


def _of_pages(view: Any) -> set[str]:
    pages = getattr(view, "paginator", None)
    return {each["name"] for each in pages.get_schema_operation_parameters(view)} if pages is not None else set()


def _documented(view: Any, action: str) -> set[str]:
    """Return the parameters that the schema names for a method of the view."""
    schema = getattr(getattr(view, action, None), "kwargs", {}).get("schema")
    if schema is None:
        return set()
    described = schema()
    described.method, described.view = str(view.request.method), view
    return {each.name for each in described.get_override_parameters() if getattr(each, "location", "") == "query"}


def _describe(name: str, known: frozenset[str]) -> str:
    shown = quote(name[:MOST_LETTERS], safe=" _-~")
    near = get_close_matches(name, sorted(known), n=1)
    return f"{shown}; did you mean {near[0]}?" if near else shown
