"""Turns errors into answers: the one place that knows both the rooms' errors and HTTP."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from bregma.alf import ALFError
from bregma.alyx.api.terms.time_limit import is_time_out, words_of_time_out
from bregma.alyx.errors import (
    AlyxError,
    AmbiguousName,
    EntryConflict,
    InvalidRequest,
    NothingFound,
    ProtectedDataset,
    ProtectedRevisions,
    SessionNotFound,
    UnknownName,
)
from bregma.alyx.watch.identity import current_request_id
from bregma.store import FileMissing, HashMismatch, InvalidKey, RangeNotSatisfiable, StorageFull

logger = logging.getLogger(__name__)

STATUS: dict[type[Exception], int] = {
    ProtectedDataset: 403,
    FileMissing: 404,
    NothingFound: 404,
    SessionNotFound: 400,
    UnknownName: 400,
    AmbiguousName: 400,
    InvalidRequest: 400,
    EntryConflict: 409,
    AlyxError: 400,
    ALFError: 400,
    InvalidKey: 400,
    ProtectedError: 409,
    RangeNotSatisfiable: 416,
    HashMismatch: 422,
    StorageFull: 507,
}
NAMED_ERROR = (UnknownName, SessionNotFound)


def answer(exc: Exception, context: dict[str, Any]) -> Response:
    """Answer a request that failed; every body carries its status code."""
    exc = _as_validation(exc)
    response = exception_handler(exc, context)
    if response is None:
        set_rollback()
        return _answer_domain(exc)
    if isinstance(response.data, dict):
        response.data["status_code"] = response.status_code
    elif isinstance(response.data, list):
        response.data = {"detail": " ".join(map(str, response.data)), "status_code": response.status_code}
    return response


def status_of(exc: Exception) -> int | None:
    """Return the HTTP status of a domain error, None for any other."""
    return next((status for kind, status in STATUS.items() if isinstance(exc, kind)), None)


def _answer_domain(exc: Exception) -> Response:
    status = status_of(exc)
    if isinstance(exc, ProtectedRevisions):
        return Response({"status_code": 403, "error": str(exc), "details": exc.details}, status=403)
    if status is None:
        logger.error("unexpected error", exc_info=exc)
        body = {"status_code": 500, "detail": f"{type(exc).__name__} on the server; its log has the traceback"}
        body["request_id"] = current_request_id()
        return Response(body, status=500)
    key = "error" if isinstance(exc, NAMED_ERROR) else "detail"
    message = "other rows still refer to it; delete those first" if isinstance(exc, ProtectedError) else str(exc)
    return Response({"status_code": status, key: message}, status=status)


def _as_validation(exc: Exception) -> Exception:
    """Write what the tables refuse as the framework writes what serializers refuse."""
    if isinstance(exc, ValidationError):
        return exceptions.ValidationError(_by_field(exc))
    if is_time_out(exc):
        return InvalidRequest(words_of_time_out())
    if isinstance(exc, IntegrityError | DataError) and not isinstance(exc, ProtectedError):
        logger.warning("refused by the database: %s", exc)
        return exceptions.ValidationError({"non_field_errors": [_first_line(exc)]})
    return exc


def _by_field(exc: ValidationError) -> dict[str, list[str]]:
    if not hasattr(exc, "error_dict"):
        return {"non_field_errors": list(exc.messages)}
    return {("non_field_errors" if name == "__all__" else name): texts for name, texts in exc.message_dict.items()}


def _first_line(exc: IntegrityError | DataError) -> str:
    return f"The database refused this: {str(exc).splitlines()[0]}"
