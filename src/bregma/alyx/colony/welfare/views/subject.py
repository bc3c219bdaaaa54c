"""The welfare tab of a subject: how it is now, how severe its life was, its events and licences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.actions.models import Cull
from bregma.alyx.colony.models import LicenceUse
from bregma.alyx.colony.welfare.adverse import migrate_legacy_text
from bregma.alyx.colony.welfare.conditions import Condition, load_each
from bregma.alyx.colony.welfare.forms import LegacyForm, SeverityForm
from bregma.alyx.colony.welfare.people import may_manage
from bregma.alyx.colony.welfare.selectors import event_rows
from bregma.alyx.colony.welfare.severity import list_severity_changes, set_severity
from bregma.alyx.web.refusals import done, saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from django.http import HttpRequest

    from bregma.alyx.subjects.models import Subject


@require_safe
def tab(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the welfare of a subject."""
    record = load_record(request, reference, current="subject-welfare")
    subject, user = record["subject"], _person(request)
    if not policy.is_member(user):
        raise PermissionDenied("The welfare of animals is for the members of the labs.")
    uses = policy.readable(user, LicenceUse.objects.filter(subject=subject)).select_related("licence")
    shown = {
        "condition": _condition(subject),
        "events": list(event_rows(user).filter(subject=subject).order_by("-date_time", "pk")[:50]),
        "uses": list(uses),
        "changes": list_severity_changes(subject),
        "cull": Cull.objects.filter(subject=subject).select_related("cull_reason", "cull_method", "user").first(),
        "legacy_form": LegacyForm() if record["may_write"] and subject.adverse_effects.strip() else None,
    }
    return render(request, "colony/welfare/subject.html", {**record, **shown})


@require_http_methods(["GET", "HEAD", "POST"])
def severity(request: HttpRequest, reference: str) -> HttpResponse:
    """Say how severe a subject's life was."""
    record = load_record(request, reference, current="subject-welfare")
    subject, by = record["subject"], _person(request)
    policy.check_may_write(by, subject)
    form = SeverityForm(request.POST or None, initial={"severity": subject.actual_severity})
    back = reverse("subject-welfare", args=[subject.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: _set(form, subject, by)):
        messages.success(request, f"The severity of {subject} is recorded.")
        return HttpResponseRedirect(back)
    rule = "You may lower it, with a reason." if may_manage(by, subject) else "Only a manager of the lab may lower it."
    shown = {
        "form": form,
        "title": f"Severity of {subject}",
        "words": f"The worst that it lived through; it counts in the annual return. {rule}",
        "cancel": back,
        "crumbs": [*record["crumbs"], (subject.nickname, back)],
    }
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_POST
def migrate(request: HttpRequest, reference: str) -> HttpResponse:
    """Turn the old text on adverse effects into a record."""
    record = load_record(request, reference, current="subject-welfare")
    subject, by, form = record["subject"], _person(request), LegacyForm(request.POST)
    if form.is_valid():
        done(
            request, lambda: migrate_legacy_text(subject, form.cleaned_data["severity"], by=by), "The text is a record."
        )
    else:
        messages.error(request, "Choose how severe it was.")
    return HttpResponseRedirect(reverse("subject-welfare", args=[subject.pk]))


def _condition(subject: Subject) -> Condition | None:
    """Read how a subject is today; None where its data cannot be read."""
    found = load_each([subject], timezone.now(), [])
    return found[0] if found else None


def _set(form: SeverityForm, subject: Subject, by: Any) -> None:
    set_severity(subject, form.cleaned_data["severity"], by=by, reason=form.cleaned_data["reason"])


def _person(request: HttpRequest) -> Any:
    return request.user
