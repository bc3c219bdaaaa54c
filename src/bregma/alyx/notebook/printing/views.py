"""Sends records as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.notebook.printing.records import print_session, print_subject
from bregma.alyx.notebook.sessions.selectors import load_session_row
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


@require_safe
def subject_record(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the record of a subject."""
    subject = load_record(request, reference, current="subject")["subject"]
    return _send(print_subject(subject, by=_person(request)), f"{subject.nickname}.pdf")


@require_safe
def session_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the record of a session."""
    session = load_session_row(request.user, pk)
    day = f"{session.start_time:%Y-%m-%d}" if session.start_time else str(pk)
    name = f"{session.subject.nickname}_{day}_{session.number or 0:03d}.pdf"
    return _send(print_session(session, by=_person(request)), name)


def _person(request: HttpRequest) -> Any:
    if not policy.has_account(request.user):
        raise PermissionDenied("Records are printed for members and guests, whose name stands on each page.")
    return request.user


def _send(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
