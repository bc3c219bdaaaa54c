"""Pages of a list: count, next, previous, results as clients of Alyx know them, or by cursor where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from bregma.alyx.api.modern.cursors import CursorPage, read_page

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

CURSOR = "cursor"


class Pages(LimitOffsetPagination):
    """250 rows unless the client asks for another number, never more than 1000; with ``cursor=`` by cursor.

    Attributes
    ----------
    writes_links : bool
        Whether next and previous are URLs, or else the cursors alone.
    """

    default_limit = 250
    max_limit = 1000
    writes_links = True
    page: CursorPage | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """Return the rows of one page."""
        if CURSOR not in request.query_params:
            return super().paginate_queryset(queryset, request, view)
        self.request = request
        self.page = read_page(queryset, request.query_params[CURSOR], self.get_limit(request) or self.default_limit)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Put a page into its envelope; one by cursor has no count."""
        if self.page is None:
            return super().get_paginated_response(data)
        around = {"next": self._write(self.page.next), "previous": self._write(self.page.previous)}
        return Response({**around, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the envelope; count is in that of pages by offset only."""
        return {**super().get_paginated_response_schema(schema), "required": ["results"]}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the query parameters."""
        words = "Pages by cursor instead of offset, without a count: empty for the first, then as next and previous say"
        cursor = {"name": CURSOR, "required": False, "in": "query", "description": words, "schema": {"type": "string"}}
        return [*super().get_schema_operation_parameters(view), cursor]

    def _write(self, cursor: str) -> str | None:
        if not cursor or not self.writes_links:
            return cursor or None
        assert self.request is not None
        return replace_query_param(self.request.build_absolute_uri(), CURSOR, cursor)
