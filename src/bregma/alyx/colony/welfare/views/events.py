"""The pages that report an adverse event, show one, and say that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bregma.alyx import policy
from bregma.alyx.colony.welfare.adverse import report_adverse_event, resolve_adverse_event
from bregma.alyx.colony.welfare.forms import AdverseEventForm, ResolveForm
from bregma.alyx.colony.welfare.selectors import event_rows
from bregma.alyx.web.refusals import saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """Report that something went wrong with a subject."""
    record = load_record(request, reference, current="subject-welfare")
    subject, by = record["subject"], _person(request)
    policy.check_may_write(by, subject)
    form = AdverseEventForm(request.POST or None, request.FILES or None, lab=subject.lab)
    back = reverse("subject-welfare", args=[subject.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: report_adverse_event(subject, form.report(), by=by)):
        messages.success(request, f"The adverse event of {subject} is recorded.")
        return HttpResponseRedirect(back)
    shown = {
        "form": form,
        "title": f"Adverse event of {subject}",
        "words": "Say what you see now; what was done can follow. The severity of the animal rises to this one.",
        "submit": "Report",
        "cancel": back,
        "crumbs": [*record["crumbs"], (subject.nickname, back)],
    }
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show an adverse event; those who may write the subject say when it is over."""
    by = _person(request)
    row = get_object_or_404(event_rows(by), pk=key)
    form = ResolveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and saved(form, lambda: resolve_adverse_event(row, *_said(form), by=by)):
        messages.success(request, "The event is over. Thank you for looking after it.")
        return HttpResponseRedirect(reverse("adverse-event", args=[row.pk]))
    may_resolve = row.resolved_at is None and policy.may_write(by, row)
    crumbs = [("Welfare", reverse("welfare")), ("Adverse events", reverse("adverse-events"))]
    shown = {"event": row, "form": form, "may_resolve": may_resolve, "crumbs": crumbs}
    return render(request, "colony/welfare/event.html", shown, status=422 if form.is_bound else 200)


def _said(form: ResolveForm) -> tuple[str]:
    return (form.cleaned_data["action_taken"],)


def _person(request: HttpRequest) -> Any:
    return request.user
