"""The first page of the notebook, and the sessions and procedures of one subject."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.days import lab_day_bounds, lab_zone
from bregma.alyx.notebook.notes.selectors import describe_notes, find_notes
from bregma.alyx.notebook.surgeries.kinds import KINDS
from bregma.alyx.notebook.surgeries.listing import procedures_of
from bregma.alyx.results.selectors import SessionFilter, find_sessions
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

RECENT = 8
ON_PAGE = 25


@require_safe
def notebook(request: HttpRequest) -> HttpResponse:
    """Show what was written and done of late."""
    errored = policy.readable(request.user, Task.objects.filter(status=Task.Status.ERRORED).defer("log"))
    shown = {
        "sessions": find_sessions(request.user, SessionFilter())[:RECENT],
        "notes": describe_notes(find_notes(request.user)[:RECENT], request.user),
        "errored": errored.select_related("session__subject").order_by("-datetime")[:RECENT],
        "is_member": policy.is_member(request.user),
    }
    return render(request, "notebook/notebook.html", shown)


@require_safe
def subject_sessions(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the sessions of a subject, newest first, and its surgeries, injections and other actions."""
    record = load_record(request, reference, current="subject-sessions")
    subject = record["subject"]
    rows = find_sessions(request.user, SessionFilter(subject=subject.pk))
    day = _day(request)
    if day is not None:
        first, last = lab_day_bounds(subject.lab, day)
        rows = rows.filter(start_time__gte=first, start_time__lt=last)
    errored = Task.objects.filter(session=OuterRef("pk"), status=Task.Status.ERRORED)
    page = Paginator(rows.annotate(has_errors=Exists(errored)), ON_PAGE).get_page(request.GET.get("page"))
    member = policy.is_member(request.user)
    procedures: list[Any] = []
    if member:
        for kind in KINDS:
            procedures += [(kind, list(procedures_of(subject, kind, request.user)))]
    shown = {"page": page, "day": day, "procedures": procedures, "is_member": member}
    with timezone.override(lab_zone(subject.lab)):
        return render(request, "notebook/subject_sessions.html", {**record, **shown})


def _day(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
