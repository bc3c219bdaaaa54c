"""Ends a search that takes too long, before it holds up everybody else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from django.http import HttpRequest, HttpResponse

FREE_FILTERS = frozenset({"django", "json", "extended_qc"})
QUERIES = "/query/"
CANCELLED = "57014"
TOO_LONG = (
    "this search took longer than {seconds:g} s and was ended; narrow it: fewer or more exact conditions, "
    "and icontains or regex only beside others"
)


class SearchTimeLimit:
    """Middleware: a request with a free filter, and a query by POST, have a time limit in the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the time limit; what failed leaves nothing behind."""
        by_post = request.method == "POST" and request.path.startswith(QUERIES)
        if not by_post and (request.method != "GET" or FREE_FILTERS.isdisjoint(request.GET)):
            return self.get_response(request)
        with time_limit(FREE_FILTERS):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response


@contextmanager
def time_limit(parameters: Collection[str]) -> Iterator[None]:
    """Give the queries of the block a time limit, when the parameters have a free filter."""
    if FREE_FILTERS.isdisjoint(parameters):
        yield
        return
    milliseconds = round(settings.BREGMA_SEARCH_SECONDS * 1000)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield


def is_time_out(error: Exception) -> bool:
    """Tell whether the database ended a query because of its time limit."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == CANCELLED


def words_of_time_out() -> str:
    """Say what to do about it."""
    return TOO_LONG.format(seconds=settings.BREGMA_SEARCH_SECONDS)
