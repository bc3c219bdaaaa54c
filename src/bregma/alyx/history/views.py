"""Pages of what happened: to a subject, and to a session."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.history.selectors import EVERYTHING, session_timeline, subject_timeline
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.notebook.sessions.selectors import load_session_row
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

CHOICES = (
    ("", "Everything"),
    ("life", "Life"),
    ("sessions", "Sessions"),
    ("weights", "Weights"),
    ("notes", "Notes"),
    ("changes", "Changes of fields"),
)


@require_safe
def subject_history(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the timeline of a subject; htmx gets the next entries alone."""
    record = load_record(request, reference, current="subject-history")
    _check_member(request)
    asked = request.GET.get("kind", "")
    kinds = frozenset({asked}) if asked in EVERYTHING else EVERYTHING
    timeline = subject_timeline(record["subject"], request.user, kinds=kinds, before=_before(request))
    chosen = asked if asked in EVERYTHING else ""
    shown = {**record, "timeline": timeline, "choices": CHOICES, "chosen": chosen, "url": request.path}
    part = getattr(request, "htmx", False)
    with timezone.override(lab_zone(record["subject"].lab)):
        return render(request, "history/_timeline.html" if part else "history/subject.html", shown)


@require_safe
def session_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the changes of a session; htmx gets the entries alone."""
    session = load_session_row(request.user, pk)
    _check_member(request)
    shown = {"session": session, "timeline": session_timeline(session, request.user, before=_before(request))}
    shown |= {"url": request.path, "crumbs": [(session, reverse("session", args=[pk]))]}
    part = getattr(request, "htmx", False)
    with timezone.override(lab_zone(session.lab)):
        return render(request, "history/_timeline.html" if part else "history/session.html", shown)


def _check_member(request: HttpRequest) -> None:
    if not policy.is_member(request.user):
        raise PermissionDenied("The history is for members: it holds who changed what.")


def _before(request: HttpRequest) -> datetime | None:
    try:
        moment = datetime.fromisoformat(request.GET.get("before", "").replace(" ", "+"))
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) and 1 < moment.year < 9999 else None
