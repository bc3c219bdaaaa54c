"""The record of a session, and the forms that enter, change, judge and delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.actions.services import change_session
from bregma.alyx.data.models import Dataset
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.comments.selectors import comments_on
from bregma.alyx.notebook.notes.forms import NoteForm
from bregma.alyx.notebook.notes.selectors import notes_on
from bregma.alyx.notebook.sessions.forms import NarrativeForm, QualityForm, SessionForm, SubjectChoice
from bregma.alyx.notebook.sessions.selectors import describe_session, list_datasets, load_session_row
from bregma.alyx.notebook.sessions.services import enter_session, judge_quality, remove_session
from bregma.alyx.notebook.templates_of import templates_for
from bregma.alyx.results.selectors import AmbiguousSubject, load_subject
from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
SESSIONS = "Sessions"


@require_safe
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the record of a session."""
    row = load_session_row(request.user, pk)
    shown = describe_session(row, request.user)
    shown |= {
        "may_write": policy.may_write(request.user, row),
        "may_note": policy.may_write(request.user, Note(content_object=row)),
        "is_member": policy.is_member(request.user),
        "may_comment": policy.has_account(request.user),
        "notes": notes_on(row, request.user),
        "comments": comments_on(Session, [row.pk], request.user),
        "note_form": NoteForm(),
        "crumbs": [(SESSIONS, reverse("sessions")), (row.subject.nickname, reverse("subject", args=[row.subject_id]))],
    }
    with timezone.override(lab_zone(row.lab)):
        return render(request, "notebook/session.html", shown)


@require_safe
def datasets(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one page of the files of a session, for htmx and for itself."""
    row = load_session_row(request.user, pk)
    asked = request.GET.get("page", "1")
    page = min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and asked != "0" else 1
    shown = {"session": row, **list_datasets(row, request.user, page=page)}
    part = getattr(request, "htmx", False)
    return render(request, "notebook/_datasets.html" if part else "notebook/datasets.html", shown)


@require_safe
def task_log(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the log of a task, for htmx and for itself."""
    task = policy.readable(request.user, Task.objects.filter(pk=pk)).select_related("session__subject").first()
    if task is None:
        raise Http404(f"no task {pk} that you may read")
    part = getattr(request, "htmx", False)
    return render(request, "notebook/_task_log.html" if part else "notebook/task_log.html", {"task": task})


@PAGE
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a session."""
    row = load_session_row(request.user, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    with timezone.override(lab_zone(row.lab)):
        form = SessionForm(request.POST if request.method == "POST" else None, instance=row, by=by)
        if form.is_bound and form.is_valid() and saved(form, lambda: change_session(row, form.changes(), by=by)):
            return _to_record(request, row, "The session is changed.")
        return _form_page(request, form, title=f"Edit session {row}", row=row, templates=templates_for(row.lab))


@PAGE
def enter(request: HttpRequest, reference: str = "") -> HttpResponse:
    """Write down a new session; without a subject, ask for it first."""
    asked = reference or request.GET.get("subject", "")
    subject = _subject(request, asked) if asked else None
    if not policy.may_add(request.user, Session):
        raise PermissionDenied("Your account may write down no sessions. Ask a manager of the lab.")
    if subject is None:
        shown = {"form": SubjectChoice(), "title": "New session", "words": "First, of which subject?"}
        return render(request, "notebook/choose_subject.html", {**shown, "crumbs": [(SESSIONS, reverse("sessions"))]})
    by: Any = request.user
    policy.check_may_write(by, Session(subject=subject))
    with timezone.override(lab_zone(subject.lab)):
        first = {"start_time": timezone.localtime().replace(second=0, microsecond=0), "users": [by.pk]}
        first["projects"] = list(subject.projects.values_list("pk", flat=True))
        form = SessionForm(request.POST if request.method == "POST" else None, initial=first, by=by, subject=subject)
        entered: list[Session] = []
        if form.is_bound and form.is_valid():
            values = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
            if saved(form, lambda: entered.append(enter_session({**values, "subject": subject}, by=by))):
                return _to_record(request, entered[0], "The session is written down.")
        return _form_page(request, form, title=f"New session of {subject}", templates=templates_for(subject.lab))


@PAGE
def narrative(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the narrative alone."""
    row = load_session_row(request.user, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    form = NarrativeForm(request.POST if request.method == "POST" else None, initial={"narrative": row.narrative})
    if form.is_bound and form.is_valid() and saved(form, lambda: change_session(row, form.cleaned_data, by=by)):
        return _to_record(request, row, "The narrative is saved.")
    return _form_page(request, form, title=f"Narrative of {row}", row=row)


@PAGE
def quality(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set the quality, with a reason."""
    row = load_session_row(request.user, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    form = QualityForm(request.POST if request.method == "POST" else None, initial={"qc": row.qc})
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        if saved(form, lambda: judge_quality(row, values["qc"], values["reason"], by=by)):
            return _to_record(request, row, "The verdict is kept.")
    return _form_page(request, form, title=f"Quality of {row}", row=row)


@PAGE
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a session, after saying what goes with it."""
    row = load_session_row(request.user, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    form = forms_of_nothing(request)
    if form.is_bound and form.is_valid() and saved(form, lambda: remove_session(row, by=by)):
        messages.success(request, f"{row} is deleted.")
        return HttpResponseRedirect(reverse("sessions"))
    n = Dataset.objects.filter(session=pk).count()
    words = f"With it go {n} registered file{'' if n == 1 else 's'}, its probes, tasks, notes and comments. "
    words += "Files that a tag protects keep it from being deleted. The history keeps what it was."
    shown = {"form": form, "title": f"Delete session {row}?", "words": words, "danger": True, "submit": "Delete it"}
    shown |= {"back": reverse("session", args=[pk]), "back_words": "Keep it"}
    return render(request, "web/confirm.html", shown, status=422 if form.is_bound else 200)


def forms_of_nothing(request: HttpRequest) -> Any:
    """Return a form without fields, bound when it was sent."""
    return forms.Form(request.POST if request.method == "POST" else None)


def _subject(request: HttpRequest, reference: str) -> Subject:
    try:
        return load_subject(request.user, reference)
    except (Subject.DoesNotExist, AmbiguousSubject) as missing:
        raise Http404(f"no subject {reference!r}, or several labs have one; take it from the list") from missing


def _to_record(request: HttpRequest, row: Session, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("session", args=[row.pk]))


def _form_page(
    request: HttpRequest, form: Any, *, title: str, row: Session | None = None, templates: Any = ()
) -> HttpResponse:
    crumbs: list[tuple[Any, str]] = [(SESSIONS, reverse("sessions"))]
    cancel = reverse("sessions")
    if row is not None:
        cancel = reverse("session", args=[row.pk])
        crumbs.append((row, cancel))
    shown = {"form": form, "title": title, "cancel": cancel, "crumbs": crumbs, "templates": templates}
    return render(request, "notebook/form_page.html", shown, status=422 if form.is_bound else 200)
