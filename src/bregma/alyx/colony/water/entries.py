"""Pages that enter, correct and delete a weighing or water given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bregma.alyx import changes, policy
from bregma.alyx.actions.models import WaterAdministration, Weighing
from bregma.alyx.actions.services import change_water, change_weighing, give_water, weigh
from bregma.alyx.colony.water.forms import DrinkForm, EntryForm, WeighForm
from bregma.alyx.colony.water.state import doubt_weight
from bregma.alyx.colony.water.views import load_water_record
from bregma.alyx.misc.days import lab_zone
from bregma.alyx.subjects.water import load_water_of
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from bregma.alyx.subjects.models import Subject

KINDS: dict[str, Any] = {"weighing": Weighing, "water": WaterAdministration}
METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def enter_weight(request: HttpRequest, reference: str) -> HttpResponse:
    """Weigh a subject."""

    def write(subject: Subject, form: EntryForm) -> None:
        told = form.cleaned_data
        doubt = doubt_weight(load_water_of(subject), told["weight"], told["date_time"])
        weigh(subject, told["weight"], by=_person(request), when=told["date_time"], id=told["id"])
        messages.success(request, f"{subject}: {told['weight']:g} g is entered.")
        if doubt:
            messages.warning(request, f"{subject}: {told['weight']:g} g is {doubt}")

    return _enter(request, reference, WeighForm, write, title="Weigh")


@require_http_methods(METHODS)
def enter_water(request: HttpRequest, reference: str) -> HttpResponse:
    """Give water to a subject."""

    def write(subject: Subject, form: Any) -> None:
        told = form.cleaned_data
        amount = told["water_administered"]
        give_water(subject, amount, by=_person(request), when=told["date_time"], id=told["id"], terms=form.terms())
        messages.success(request, f"{subject}: {amount:g} mL of water is entered.")

    return _enter(request, reference, DrinkForm, write, title="Give water to")


@require_http_methods(METHODS)
def correct(request: HttpRequest, reference: str, kind: str, key: UUID) -> HttpResponse:
    """Correct one entry."""
    record, row = _row(request, reference, kind, key)
    subject = record["subject"]
    kind_of_form: Any = WeighForm if kind == "weighing" else DrinkForm
    change: Any = change_weighing if kind == "weighing" else change_water
    names = set(kind_of_form.base_fields) - {"id"}
    initial = {name: getattr(row, name) for name in names}
    initial |= {name: getattr(row, f"{name}_id") for name in ("session", "water_type") if name in names}
    with timezone.override(lab_zone(subject.lab)):
        form = kind_of_form(_posted(request), subject=subject, initial=initial)
        if form.is_bound and form.is_valid() and saved(form, lambda: change(row, form.values, by=_person(request))):
            messages.success(request, "The entry is corrected; its history keeps what it was.")
            return HttpResponseRedirect(_back(subject))
        words = f"Entered by {row.user or 'nobody known'}."
        return _page(request, record, form, title=f"Correct {row}", words=words)


@require_http_methods(METHODS)
def delete(request: HttpRequest, reference: str, kind: str, key: UUID) -> HttpResponse:
    """Delete one entry, after asking."""
    record, row = _row(request, reference, kind, key)
    form = forms.Form(_posted(request))
    back = _back(record["subject"])
    if form.is_bound and form.is_valid() and saved(form, lambda: changes.delete_row(row, by=_person(request))):
        messages.success(request, "The entry is deleted; the history keeps it.")
        return HttpResponseRedirect(back)
    words = "Use this for what was entered by mistake. The history keeps it."
    shown = {"form": form, "title": f"Delete {row}?", "words": words, "back": back, "submit": "Delete", "danger": True}
    return render(request, "web/confirm.html", shown)


def _enter(
    request: HttpRequest,
    reference: str,
    kind: type[EntryForm],
    write: Callable[[Subject, EntryForm], None],
    *,
    title: str,
) -> HttpResponse:
    record = load_water_record(request, reference)
    subject = record["subject"]
    policy.check_may_write(request.user, subject)
    with timezone.override(lab_zone(subject.lab)):
        form = kind(_posted(request), subject=subject)
        if form.is_bound and form.is_valid() and saved(form, lambda: write(subject, form)):
            return HttpResponseRedirect(_back(subject))
        return _page(request, record, form, title=f"{title} {subject}")


def _page(request: HttpRequest, record: dict[str, Any], form: forms.Form, **words: str) -> HttpResponse:
    subject, back = record["subject"], _back(record["subject"])
    crumbs = [*record["crumbs"], (subject.nickname, reverse("subject", args=[subject.pk])), ("Weights and water", back)]
    shown = {"form": form, "cancel": back, "crumbs": crumbs, "layout": "form", **words}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


def _row(request: HttpRequest, reference: str, kind: str, key: UUID) -> tuple[dict[str, Any], Any]:
    """Return an entry of a subject that the person may write."""
    record = load_water_record(request, reference)
    rows = KINDS[kind].objects.select_related("user", "subject__lab", "subject__responsible_user")
    row = rows.filter(pk=key, subject=record["subject"]).first()
    if row is None:
        raise Http404(f"no such entry of {record['subject']}; it may have been deleted")
    policy.check_may_write(request.user, row)
    return record, row


def _back(subject: Subject) -> str:
    return reverse("subject-water", args=[subject.pk])


def _person(request: HttpRequest) -> Any:
    return request.user


def _posted(request: HttpRequest) -> Any:
    """Return what was sent, which may be empty; None unless something was sent."""
    return request.POST if request.method == "POST" else None
