"""Pages of surgeries, injections and other actions: one set of views, told by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.notes.forms import NoteForm
from bregma.alyx.notebook.notes.selectors import notes_on
from bregma.alyx.notebook.surgeries.listing import procedure_rows
from bregma.alyx.notebook.surgeries.services import change_procedure, delete_procedure, enter_procedure
from bregma.alyx.notebook.templates_of import templates_for
from bregma.alyx.web.refusals import saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.urls import URLPattern

    from bregma.alyx.notebook.surgeries.kinds import Kind

PAGE = require_http_methods(["GET", "HEAD", "POST"])


def kind_paths(kind: Kind, prefix: str, below_subject: str) -> list[URLPattern]:
    """Return the addresses of the pages of a kind: its record, its forms, and its form for a subject."""
    options: dict[str, Any] = {"kind": kind}
    one = f"{prefix}<uuid:pk>/"
    return [
        path(one, record, options, name=kind.word),
        path(f"{one}edit/", edit, options, name=f"{kind.word}-edit"),
        path(f"{one}delete/", delete, options, name=f"{kind.word}-delete"),
        path(f"colony/subjects/<str:reference>/{below_subject}/", enter, options, name=f"subject-{kind.word}"),
    ]


@require_safe
def record(request: HttpRequest, pk: UUID, kind: Kind) -> HttpResponse:
    """Show one of a kind."""
    row = _load(request, kind, pk)
    shown = {
        "row": row,
        "kind": kind,
        "may_write": policy.may_write(request.user, row),
        "may_note": policy.may_write(request.user, Note(content_object=row)),
        "notes": notes_on(row, request.user),
        "note_form": NoteForm(),
        "zone": lab_zone(row.lab),
        "edit_url": reverse(f"{kind.word}-edit", args=[pk]),
        "delete_url": reverse(f"{kind.word}-delete", args=[pk]),
        "crumbs": _crumbs(kind, row.subject),
    }
    with timezone.override(lab_zone(row.lab)):
        return render(request, "notebook/procedure.html", shown)


@PAGE
def enter(request: HttpRequest, reference: str, kind: Kind) -> HttpResponse:
    """Write down one of a kind."""
    subject = load_record(request, reference, current="subject-sessions")["subject"]
    by: Any = request.user
    policy.check_may_write(by, kind.model(subject=subject))
    with timezone.override(lab_zone(subject.lab)):
        first = {"start_time": timezone.localtime().replace(second=0, microsecond=0), "users": [by.pk]}
        form = kind.form(request.POST if request.method == "POST" else None, initial=first, subject=subject)
        entered: list[Any] = []
        if form.is_bound and form.is_valid():
            values = {**form.values(), "subject": subject}
            if saved(form, lambda: entered.append(enter_procedure(kind.model, values, by=by))):
                messages.success(request, f"{kind.title} of {subject} is written down.")
                return HttpResponseRedirect(reverse(kind.record, args=[entered[0].pk]))
        cancel = reverse("subject", args=[subject.pk])
        return _form_page(request, form, kind, subject, title=f"New {kind.title.lower()} of {subject}", cancel=cancel)


@PAGE
def edit(request: HttpRequest, pk: UUID, kind: Kind) -> HttpResponse:
    """Change one of a kind."""
    row = _load(request, kind, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    back = reverse(kind.record, args=[pk])
    with timezone.override(lab_zone(row.lab)):
        form = kind.form(request.POST if request.method == "POST" else None, instance=row, subject=row.subject)
        if form.is_bound and form.is_valid() and saved(form, lambda: change_procedure(row, form.changes(), by=by)):
            messages.success(request, f"The {kind.title.lower()} is changed.")
            return HttpResponseRedirect(back)
        title = f"Edit {kind.title.lower()} of {row.subject}"
        return _form_page(request, form, kind, row.subject, title=title, cancel=back)


@PAGE
def delete(request: HttpRequest, pk: UUID, kind: Kind) -> HttpResponse:
    """Delete one of a kind, after asking."""
    row = _load(request, kind, pk)
    by: Any = request.user
    policy.check_may_write(by, row)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and saved(form, lambda: delete_procedure(row, by=by)):
        messages.success(request, f"The {kind.title.lower()} is deleted.")
        return HttpResponseRedirect(reverse(kind.listing))
    words = "Its notes go with it. A day of death that it led to stays: change that on the page of the subject."
    shown = {"form": form, "title": f"Delete this {kind.title.lower()} of {row.subject}?", "words": words}
    shown |= {"danger": True, "submit": "Delete it", "back": reverse(kind.record, args=[pk]), "back_words": "Keep it"}
    return render(request, "web/confirm.html", shown, status=422 if form.is_bound else 200)


def _load(request: HttpRequest, kind: Kind, pk: UUID) -> Any:
    rows = procedure_rows(kind, request.user).filter(pk=pk)
    found = rows.select_related("subject__lab", "subject__responsible_user", "lab", "location").first()
    if found is None:
        raise Http404(f"no {kind.title.lower()} {pk} that you may read")
    return found


def _crumbs(kind: Kind, subject: Any) -> list[tuple[str, str]]:
    return [(f"{kind.title} list", reverse(kind.listing)), (subject.nickname, reverse("subject", args=[subject.pk]))]


def _form_page(request: HttpRequest, form: Any, kind: Kind, subject: Any, *, title: str, cancel: str) -> HttpResponse:
    shown = {"form": form, "title": title, "cancel": cancel, "crumbs": _crumbs(kind, subject)}
    shown["templates"] = templates_for(subject.lab)
    return render(request, "notebook/form_page.html", shown, status=422 if form.is_bound else 200)
