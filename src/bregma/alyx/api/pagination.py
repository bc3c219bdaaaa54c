"""Pages of a list, as clients of Alyx know them: count, next, previous, results."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination


class Pages(LimitOffsetPagination):
    """250 rows unless the client asks for another number, never more than 1000."""

    default_limit = 250
    max_limit = 1000
