"""Pages: lists, one subject, one session. Each asks the selectors, which return only what the visitor may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from bregma.alyx.actions.models import Session
from bregma.alyx.results import selectors
from bregma.alyx.results.listing import describe_subjects
from bregma.alyx.results.pipeline import load_pipeline
from bregma.alyx.results.session_page import Choice, describe_session
from bregma.alyx.results.state import load_state
from bregma.alyx.results.subject_page import describe_subject
from bregma.alyx.results.views.questions import asks_for_part, number, session_filter, subject_filter
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def subjects(request: HttpRequest) -> HttpResponse:
    """List subjects."""
    wanted = subject_filter(request.GET)
    page = Paginator(selectors.find_subjects(request.user, wanted), PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "subjects": describe_subjects(connection, request.user, list(page)), "form": wanted}
    if asks_for_part(request):
        return render(request, "results/_subject_list.html", shown)
    choices = {"labs": selectors.list_labs(request.user), "people": selectors.list_responsible(request.user)}
    return render(request, "results/subjects.html", shown | choices)


@require_safe
@vary_on_headers("HX-Request")
def sessions(request: HttpRequest) -> HttpResponse:
    """List sessions."""
    wanted = session_filter(request.GET)
    page = Paginator(selectors.find_sessions(request.user, wanted), PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "sessions": list(page), "form": wanted}
    if asks_for_part(request):
        return render(request, "results/_session_list.html", shown)
    return render(request, "results/sessions.html", shown | {"labs": selectors.list_labs(request.user)})


@require_safe
def subject(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one subject; a nickname that several labs use leads to the list of them."""
    try:
        found = selectors.load_subject(request.user, reference)
    except selectors.AmbiguousSubject:
        return HttpResponseRedirect(f"{reverse('results:subjects')}?search={reference}")
    except Subject.DoesNotExist as missing:
        raise Http404(str(missing)) from missing
    return render(request, "results/subject.html", describe_subject(connection, request.user, found))


@require_safe
@gzip_page
def session(request: HttpRequest, eid: UUID) -> HttpResponse:
    """Show one session; ``?pid=`` and ``?unit=`` choose an insertion and a unit."""
    try:
        found = selectors.load_session(request.user, eid)
    except Session.DoesNotExist as missing:
        raise Http404(str(missing)) from missing
    choice = Choice(*(request.GET.get(name, "") for name in ("pid", "unit", "event")))
    return render(request, "results/session.html", describe_session(connection, request.user, found, choice))


@require_safe
def session_state(request: HttpRequest, eid: UUID) -> HttpResponse:
    """Answer how far the analyses of a session are; the page asks until they are done, and then renews itself."""
    try:
        found = selectors.load_session(request.user, eid)
    except Session.DoesNotExist as missing:
        raise Http404(str(missing)) from missing
    state = load_state(connection, found, polls=number(request.GET.get("n")) + 1)
    response = render(request, "results/_state.html", {"session": found, "state": state})
    if not state.working and not state.stopped:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
def pipeline(request: HttpRequest) -> HttpResponse:
    """Answer the state of all analyses, as a part of the overview."""
    shown = load_pipeline(connection, request.user, polls=number(request.GET.get("n")) + 1)
    return render(request, "results/_pipeline.html", {"pipeline": shown})
