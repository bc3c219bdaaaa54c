"""Corrects and undoes an entry of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bregma.alyx import policy
from bregma.alyx.actions.models import Weighing
from bregma.alyx.today.selectors.entries import Kind, model_of
from bregma.alyx.today.services import correct, undo
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID

    from bregma.alyx.today.services import Amount


class AmountForm(forms.Form):
    """The amount of an entry."""

    amount = forms.FloatField(
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="Who made the entry, and when, stays; the history keeps what it was.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """Correct the amount of an entry, or lead to undoing it."""
    row = _row(request, kind, key)
    person: Any = request.user
    form = AmountForm(request.POST or None, initial={"amount": _amount(row)})
    form.fields["amount"].label = "Weight (g)" if isinstance(row, Weighing) else "Water (mL)"
    if form.is_bound and form.is_valid() and saved(form, lambda: correct(row, form.cleaned_data["amount"], by=person)):
        messages.success(request, f"{row} is corrected.")
        return _back(row)
    shown = {"form": form, "row": row, "kind": kind, "crumbs": [("Today", reverse("today"))]}
    return render(request, "today/correct.html", shown, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """Undo an entry."""
    row = _row(request, kind, key)
    person: Any = request.user
    done(request, lambda: undo(row, by=person), f"{row} is undone.")
    return _back(row)


def _row(request: HttpRequest, kind: str, key: UUID) -> Amount:
    """Return an entry that the person may write."""
    rows: Any = model_of(Kind(kind))._default_manager
    row: Amount | None = rows.select_related("user", "subject__lab", "subject__responsible_user").filter(pk=key).first()
    if row is None:
        raise Http404("there is no such entry; it may have been undone")
    policy.check_may_write(request.user, row)
    return row


def _amount(row: Amount) -> float | None:
    return row.weight if isinstance(row, Weighing) else row.water_administered


def _back(row: Amount) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('today')}#mouse-{row.subject_id}")
