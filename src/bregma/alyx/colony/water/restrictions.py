"""Pages that begin, change and end a water restriction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bregma.alyx import policy
from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.actions.services import change_restriction, end_restriction, restrict_water
from bregma.alyx.colony.water.forms import EndForm, RestrictForm
from bregma.alyx.colony.water.views import load_water_record
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms

METHODS = ["GET", "HEAD", "POST"]
RULE = (
    "Its water is measured from then on: 4 % of its weight a day, 5 % while it is light. Its weight is held against "
    "the reference weight, so weigh it first. Its protocol number becomes 3."
)


@require_http_methods(METHODS)
def begin(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a subject on water restriction."""
    record = load_water_record(request, reference)
    subject, by = record["subject"], _person(request)
    policy.check_may_write(by, subject)
    with timezone.override(lab_zone(subject.lab)):
        form = RestrictForm(_posted(request))

        def write() -> None:
            told = form.cleaned_data
            restrict_water(subject, by=by, start=told["start_time"], id=told["id"], terms=form.terms())

        if form.is_bound and form.is_valid() and saved(form, write):
            messages.success(request, f"{subject} is on water restriction.")
            return HttpResponseRedirect(_back(record))
        title = f"Restrict the water of {subject}"
        return _page(request, record, form, title=title, words=RULE, submit="Start the restriction")


@require_http_methods(METHODS)
def change(request: HttpRequest, reference: str, key: UUID) -> HttpResponse:
    """Change a restriction."""
    record, row = _row(request, reference, key)
    names = ("start_time", "end_time", "reference_weight", "narrative")
    initial = {**{name: getattr(row, name) for name in names}, "water_type": row.water_type_id}
    with timezone.override(lab_zone(record["subject"].lab)):
        form = RestrictForm(_posted(request), initial=initial)
        if (
            form.is_bound
            and form.is_valid()
            and saved(form, lambda: change_restriction(row, form.values, by=_person(request)))
        ):
            messages.success(request, "The restriction is changed.")
            return HttpResponseRedirect(_back(record))
        return _page(request, record, form, title="Change the restriction", words=RULE)


@require_http_methods(METHODS)
def end(request: HttpRequest, reference: str, key: UUID) -> HttpResponse:
    """End a restriction."""
    record, row = _row(request, reference, key)
    subject, back = record["subject"], _back(record)
    with timezone.override(lab_zone(subject.lab)):
        form = EndForm(_posted(request))
        if (
            form.is_bound
            and form.is_valid()
            and saved(form, lambda: end_restriction(row, by=_person(request), when=form.cleaned_data["when"]))
        ):
            messages.success(request, f"{subject} may drink what it likes.")
            return HttpResponseRedirect(back)
        words = "It may drink what it likes from then on. Anyone who cares for it may end this."
        title = f"End the water restriction of {subject}?"
        shown = {"form": form, "title": title, "words": words, "back": back, "submit": "End it"}
        return render(request, "web/confirm.html", shown, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, record: dict[str, Any], form: forms.Form, **words: str) -> HttpResponse:
    subject, back = record["subject"], _back(record)
    crumbs = [*record["crumbs"], (subject.nickname, reverse("subject", args=[subject.pk])), ("Weights and water", back)]
    shown = {"form": form, "cancel": back, "crumbs": crumbs, **words}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


def _row(request: HttpRequest, reference: str, key: UUID) -> tuple[dict[str, Any], WaterRestriction]:
    record = load_water_record(request, reference)
    rows = WaterRestriction.objects.select_related("subject__lab", "subject__responsible_user")
    row = rows.filter(pk=key, subject=record["subject"]).first()
    if row is None:
        raise Http404(f"no such restriction of {record['subject']}; it may have been deleted")
    policy.check_may_write(request.user, row)
    return record, row


def _back(record: dict[str, Any]) -> str:
    return reverse("subject-water", args=[record["subject"].pk])


def _person(request: HttpRequest) -> Any:
    return request.user


def _posted(request: HttpRequest) -> Any:
    """Return what was sent, which may be empty; None unless something was sent."""
    return request.POST if request.method == "POST" else None
