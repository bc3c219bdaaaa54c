"""The page that enters the cull of one animal, and the one that takes it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bregma.alyx import policy
from bregma.alyx.colony.culls.forms import CullForm
from bregma.alyx.colony.culls.services import cull_subjects, undo_cull
from bregma.alyx.web.refusals import saved
from bregma.alyx.web.subject_tabs import load_record


@require_http_methods(["GET", "HEAD", "POST"])
def cull(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter the cull of a subject."""
    record = load_record(request, reference, current="subject")
    subject, by = record["subject"], _person(request)
    policy.check_may_write(by, subject)
    form = CullForm(request.POST or None)
    back = reverse("subject", args=[subject.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: cull_subjects([subject], form.facts(), by=by)):
        messages.success(request, f"The cull of {subject} is entered.")
        return HttpResponseRedirect(back)
    shown = {
        "form": form,
        "title": f"Cull {subject}",
        "words": "Sets the day of death, ends water restrictions, and takes the animal out of its cage.",
        "submit": "Enter the cull",
        "danger": True,
        "cancel": back,
        "crumbs": [*record["crumbs"], (subject.nickname, back)],
    }
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back the cull of a subject that lives."""
    record = load_record(request, reference, current="subject")
    subject, by = record["subject"], _person(request)
    policy.check_may_write(by, subject)
    if not hasattr(subject, "cull"):
        raise Http404(f"{subject} was not culled")
    back = reverse("subject", args=[subject.pk])
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and saved(form, lambda: undo_cull(subject, by=by)):
        messages.success(request, f"{subject} lives again. Put it into its cage, and on water restriction if need be.")
        return HttpResponseRedirect(back)
    words = "Use this when the wrong animal was entered. The history keeps both."
    shown = {"form": form, "title": f"Take back the cull of {subject}?", "words": words, "back": back}
    return render(request, "web/confirm.html", shown)


def _person(request: HttpRequest) -> Any:
    return request.user
