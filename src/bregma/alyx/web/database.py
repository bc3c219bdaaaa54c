"""Says what the database refused after the services let it pass: two people at once, or what no column can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import DataError, IntegrityError
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def words_of_database(refused: IntegrityError | DataError) -> str:
    """Say in one line what the database refused."""
    said = getattr(getattr(refused.__cause__, "diag", None), "message_primary", None)
    first = str(refused.args[0] if refused.args else refused).partition("\n")[0]
    return f"The database refused it: {said or first}. Reload the page, look at what is there, and try again."


class DatabaseRefusals:
    """Middleware: answer 409 where the database keeps rows apart or together, 400 to values that it cannot hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say what was refused; any other error is not for us."""
        if not isinstance(exception, IntegrityError | DataError):
            return None
        status = 409 if isinstance(exception, IntegrityError) else 400
        shown = {"title": "Not saved", "words": words_of_database(exception)}
        return render(request, "web/problem.html", shown, status=status)
