"""The record of a request, and the page that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bregma.alyx import policy
from bregma.alyx.colony.requests.forms import GiveForm, RequestForm
from bregma.alyx.colony.requests.selectors import request_rows, stock_for
from bregma.alyx.colony.requests.services import ask_for_subjects, close_request, give_subjects
from bregma.alyx.subjects.models import SubjectRequest
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for animals."""
    by: Any = request.user
    if not policy.may_add(by, SubjectRequest):
        raise PermissionDenied("Your account may ask for no animals. Ask a manager of the lab.")
    form = RequestForm(request.POST or None)
    if form.is_bound and form.is_valid() and saved(form, lambda: ask_for_subjects(form.cleaned_data, by=by)):
        messages.success(request, "Your request is entered; the stock managers are told.")
        return HttpResponseRedirect(reverse("requests"))
    back = reverse("requests")
    crumbs = [("Colony", reverse("colony")), ("Requests", back)]
    shown = {"form": form, "title": "New request", "submit": "Ask", "cancel": back, "crumbs": crumbs}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a request and what was given; give more."""
    by: Any = request.user
    row: Any = get_object_or_404(request_rows(by), pk=key)
    stock = stock_for(row, by)[:100]
    form = GiveForm(request.POST or None, stock=stock_for(row, by))
    if form.is_bound and form.is_valid():
        chosen = list(form.cleaned_data["subjects"])
        if saved(form, lambda: give_subjects(row, chosen, by=by)):
            messages.success(request, f"{len(chosen)} given to {row.user}.")
            return HttpResponseRedirect(reverse("request", args=[row.pk]))
    given = policy.readable(by, row.subject_set.select_related("lab", "line"))
    shown = {
        "row": row,
        "given": given,
        "form": form if row.n_left and stock else None,
        "may_close": row.n_left and (row.user_id == by.pk or by.is_stock_manager or by.is_superuser),
        "crumbs": [("Colony", reverse("colony")), ("Requests", reverse("requests"))],
    }
    return render(request, "colony/requests/record.html", shown, status=422 if form.errors else 200)


@require_POST
def close(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for no more."""
    by: Any = request.user
    row = get_object_or_404(policy.readable(by, SubjectRequest.objects.all()), pk=key)
    done(request, lambda: close_request(row, by=by), "The request is closed.")
    return HttpResponseRedirect(reverse("request", args=[row.pk]))
