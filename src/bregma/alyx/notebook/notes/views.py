"""Pages of notes: written, read, changed, and their pictures served to those who may read the note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.comments.selectors import comments_on
from bregma.alyx.notebook.notes.forms import NoteForm, NoteTextForm
from bregma.alyx.notebook.notes.selectors import describe_notes, notes_of_subject
from bregma.alyx.notebook.notes.sending import send_picture
from bregma.alyx.notebook.notes.services import change_note, check_is_author, delete_note, write_notes
from bregma.alyx.notebook.targets import NOTED, load_target
from bregma.alyx.web.refusals import done, saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
OF_SUBJECT = 25


@require_safe
def subject_notes(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the notes on a subject and its sessions."""
    record = load_record(request, reference, current="subject-notes")
    subject = record["subject"]
    start = request.GET.get("from", "")
    offset = min(int(start), 100_000) if start.isascii() and start.isdigit() else 0
    notes, more = notes_of_subject(subject, request.user, offset=offset, limit=OF_SUBJECT)
    shown = {
        "notes": notes,
        "older": offset + OF_SUBJECT if more else None,
        "newer": max(0, offset - OF_SUBJECT) if offset else None,
        "note_form": NoteForm(),
        "may_note": record["may_write"],
        "comments": comments_on(type(subject), [subject.pk], request.user),
        "may_comment": policy.has_account(request.user),
    }
    return render(request, "notebook/subject_notes.html", {**record, **shown})


@PAGE
def write(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """Write notes on a subject, session or surgery; a form of its own where nothing was sent yet."""
    on = load_target(NOTED, kind, key, request.user)
    by: Any = request.user
    policy.check_may_write(by, Note(content_object=on, user=by))
    form = NoteForm(request.POST, request.FILES) if request.method == "POST" else NoteForm()
    back = address_of(on) or reverse("subject", args=[on.subject_id])
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        if saved(form, lambda: write_notes(on, values["text"], values["images"], by=by)):
            messages.success(request, "Written down.")
            return HttpResponseRedirect(_back(request, back))
    shown = {"note_form": form, "on": on, "kind": kind, "back": back}
    return render(request, "notebook/note_form.html", shown, status=422 if form.is_bound else 200)


@PAGE
def write_on_subject(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a note on a subject, from its menu."""
    subject = load_record(request, reference, current="subject-notes")["subject"]
    return write(request, "subject", subject.pk)


@require_safe
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one note with what was said about it."""
    found = _load(request, pk)
    about = found.content_object
    shown = {
        "one": describe_notes([found], request.user)[0],
        "about": about,
        "back": address_of(about) if about is not None else reverse("notes"),
        "may_comment": policy.has_account(request.user),
    }
    return render(request, "notebook/note.html", shown)


@PAGE
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the text of one's note."""
    found = _load(request, pk)
    by: Any = request.user
    check_is_author(found, by)
    form = NoteTextForm(request.POST if request.method == "POST" else None, initial={"text": found.text})
    back = reverse("note", args=[pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: change_note(found, form.cleaned_data["text"], by=by)):
        messages.success(request, "The note is changed.")
        return HttpResponseRedirect(back)
    shown = {"form": form, "title": "Change a note", "cancel": back, "crumbs": [("Notes", reverse("notes"))]}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete one's note."""
    found = _load(request, pk)
    about = found.content_object
    back = address_of(about) if about is not None else ""
    by: Any = request.user
    went = done(request, lambda: delete_note(found, by=by), "The note is deleted.")
    return HttpResponseRedirect((back or reverse("notes")) if went else reverse("note", args=[pk]))


@require_safe
def image(request: HttpRequest, pk: UUID) -> Any:
    """Send the picture of a note, or its thumbnail (``?size=thumb``)."""
    return send_picture(_load(request, pk), small=request.GET.get("size") == "thumb")


def _load(request: HttpRequest, pk: UUID) -> Note:
    found = policy.readable(request.user, Note.objects.filter(pk=pk)).select_related("user").first()
    if found is None:
        raise Http404(f"no note {pk} that you may read")
    return found


def _back(request: HttpRequest, fallback: str) -> str:
    """Return to the page that the form was on: one of the two that have it."""
    return f"{fallback}notes/" if request.POST.get("back") == "notes" else fallback
