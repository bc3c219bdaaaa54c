"""A subject's record: its overview, and the forms that enter and change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.subjects.models import GenotypeTest, Subject
from bregma.alyx.subjects.services import change_subject, enter_subject
from bregma.alyx.web.refusals import saved
from bregma.alyx.web.subject_tabs import load_record
from bregma.alyx.web.subjects.forms import NewSubjectForm, SubjectForm
from bregma.alyx.web.subjects.listing import add_water, subject_rows, weight_percent

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def overview(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the facts of a subject."""
    record = load_record(request, reference, current="subject")
    row = subject_rows(request.user).get(pk=record["subject"].pk)
    add_water([row], request.user)
    member = policy.is_member(request.user)
    shown = {"row": row, "percent": weight_percent(row), "is_member": member}
    shown["may_genotype"] = record["may_write"] and policy.may_add(request.user, GenotypeTest)
    return render(request, "web/subjects/overview.html", {**record, **shown})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Change a subject."""
    record = load_record(request, reference, current="subject")
    subject: Subject = record["subject"]
    policy.check_may_write(request.user, subject)
    by: Any = request.user
    form = SubjectForm(request.POST or None, instance=subject, by=by)
    back = reverse("subject", args=[subject.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: change_subject(subject, form.changes(), by=by)):
        messages.success(request, f"{subject} is changed.")
        return HttpResponseRedirect(back)
    crumbs = [*record["crumbs"], (subject.nickname, back)]
    shown = {"form": form, "title": f"Edit {subject}", "cancel": back, "crumbs": crumbs}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a new subject."""
    if not policy.may_add(request.user, Subject):
        raise PermissionDenied("Your account may enter no subjects. Ask a manager of the lab.")
    by: Any = request.user
    form = NewSubjectForm(request.POST or None, by=by)
    entered: list[Subject] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: entered.append(enter_subject(form.values(), by=by))):
        messages.success(request, f"{entered[0]} is entered.")
        return HttpResponseRedirect(reverse("subject", args=[entered[0].pk]))
    shown = {
        "form": form,
        "title": "New subject",
        "words": "For one animal that came from elsewhere. Animals born here are entered with their litter.",
        "cancel": reverse("subjects"),
        "crumbs": [("Subjects", reverse("subjects"))],
    }
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)
