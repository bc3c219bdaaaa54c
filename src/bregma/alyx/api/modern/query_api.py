"""Queries by POST: any list, with filters in a body that may name ten thousand rows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView

from bregma.alyx.api.modern.streams import Streaming
from bregma.alyx.api.pagination import Pages
from bregma.alyx.api.parsers import StrictJSONParser
from bregma.alyx.api.terms.time_limit import time_limit
from bregma.alyx.api.views import WireViewSet
from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request

MOST_IDS = 10_000


class MayRead(BasePermission):
    """Whoever has an account may ask, with any token: nothing is written, though it is asked by POST."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Judge the account; what it may read, the policy says row by row."""
        return request.user.is_authenticated and request.user.is_active


class QuerySerializer(serializers.Serializer[Any]):
    """What to list."""

    ids = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, max_length=MOST_IDS, help_text="Keys of the rows"
    )
    filters = serializers.DictField(required=False, help_text="As the query parameters of the list")
    fields = serializers.ListField(child=serializers.CharField(), required=False, help_text="Only these columns")  # type: ignore[assignment]
    limit = serializers.IntegerField(required=False, min_value=1, help_text="Rows of a page, at most 1000")
    cursor = serializers.CharField(required=False, allow_blank=True, help_text="As next or previous of another page")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what would be overlooked."""
        check_names(self.initial_data, list(self.get_fields()), "a query")
        return attrs


class PageSerializer(serializers.Serializer[Any]):
    """Some rows; next and previous are cursors for the same query."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = serializers.ListField(child=serializers.DictField())


class QueryView(Streaming, APIView):
    """Read a list as its own address does: the same filters, rights and columns."""

    permission_classes = (MayRead,)
    parser_classes = (StrictJSONParser,)

    @extend_schema(
        request=QuerySerializer,
        responses=PageSerializer,
        operation_id="query_create",
        parameters=[OpenApiParameter("endpoint", str, "path", description="Of a list, such as sessions")],
    )
    def post(self, request: Request, endpoint: str) -> HttpResponseBase:
        """Answer with a page of rows, or with all of them as a stream."""
        asked = QuerySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        view = _list_called(endpoint)
        parameters = _parameters(asked.validated_data, view, pages=not self.is_stream(request))
        _let_ask(view, request, parameters)
        if "ids" in asked.validated_data:
            view.keys = _keys(asked.validated_data["ids"], view)
        with time_limit(parameters):
            return view.list(view.request)


def check_names(given: Any, known: list[str], what: str) -> None:
    """Refuse names that mean nothing.

    Raises
    ------
    InvalidRequest
        Naming the first of them, and those that there are.
    """
    unknown = [name for name in given if name not in known]
    if unknown:
        raise InvalidRequest(f"{str(unknown[0])[:100]!r} is nothing that {what} takes; choose from {', '.join(known)}")


def _list_called(endpoint: str) -> WireViewSet:
    """Make the view of a list."""
    try:
        found: Any = resolve(f"/{endpoint}", urlconf="bregma.alyx.api.urls").func
    except Resolver404:
        found = None
    kind, actions = getattr(found, "cls", None), getattr(found, "actions", None) or {}
    if not (isinstance(kind, type) and issubclass(kind, WireViewSet) and actions.get("get") == "list"):
        raise Http404(f"no list is called {endpoint[:100]!r}; /api/schema names them")
    view = kind(**found.initkwargs)
    view.action_map, view.action = actions, "list"
    return view


def _let_ask(view: WireViewSet, request: Request, parameters: QueryDict) -> None:
    """Ask a list in place of the view that was called: the same person, other parameters."""
    inner: Any = copy.copy(request._request)
    inner.GET, inner.method = parameters, "GET"
    view.args, view.kwargs, view.format_kwarg = (), {}, None
    view.request = view.initialize_request(inner)
    view.request.user, view.request.auth = request.user, request.auth
    view.request.accepted_renderer = request.accepted_renderer
    view.check_permissions(view.request)
    if isinstance(view.paginator, Pages):
        view.paginator.writes_links = False


def _parameters(asked: dict[str, Any], view: WireViewSet, *, pages: bool) -> QueryDict:
    """Write a query as the parameters of its list."""
    filters = asked.get("filters", {})
    kind: Any = getattr(view, "filterset_class", None)
    check_names(filters, sorted(kind.base_filters) if kind else [], "this list")
    found = QueryDict(mutable=True)
    found.update({name: _text(value) for name, value in filters.items() if value is not None})
    if asked.get("fields"):
        found["fields"] = ",".join(asked["fields"])
    if "limit" in asked:
        found["limit"] = str(asked["limit"])
    if pages or asked.get("cursor"):
        found["cursor"] = asked.get("cursor", "")
    return found


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keys(texts: list[str], view: WireViewSet) -> list[Any]:
    column: Any = view.model._meta.pk
    keys = []
    try:
        for text in texts:
            keys.append(column.to_python(text))
            column.run_validators(keys[-1])
    except ValidationError as error:
        raise InvalidRequest(f"ids: {' '.join(error.messages)}") from error
    return keys
