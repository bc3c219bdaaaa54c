"""The pages of a licence: what it allows, its animals, and the form that assigns them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.colony.models import Licence, LicenceUse
from bregma.alyx.colony.welfare.forms import AssignForm, EndForm, LicenceForm
from bregma.alyx.colony.welfare.licences import assign_subjects, change_licence, end_use, enter_licence
from bregma.alyx.colony.welfare.selectors import (
    count_severities,
    licence_rows,
    licence_trouble,
    use_words,
    uses_of,
)
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

ON_A_PAGE = 50
PAGE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def licence(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a licence: how many animals are used, of which severity, and which they are."""
    user = _person(request)
    row = get_object_or_404(licence_rows(user), pk=key)
    shown = {
        "licence": row,
        "words": use_words(row),
        "trouble": licence_trouble(row),
        "severities": count_severities(user, row),
        "page": Paginator(uses_of(user, row), ON_A_PAGE).get_page(request.GET.get("page")),
        "may_change": policy.may_write(user, row),
        "may_assign": policy.may_add(user, LicenceUse),
        "crumbs": _crumbs(),
    }
    return render(request, "colony/welfare/licence.html", shown)


@PAGE
def enter(request: HttpRequest) -> HttpResponse:
    """Record a licence."""
    by = _person(request)
    if not policy.may_add(by, Licence):
        raise PermissionDenied("Licences are kept by the managers of a lab. Ask one of them to enter it.")
    form = LicenceForm(request.POST or None, by=by)
    made: list[Licence] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: made.append(enter_licence(form.cleaned_data, by=by))):
        messages.success(request, f"Licence {made[0]} is entered. Assign the animals that are used under it.")
        return HttpResponseRedirect(reverse("licence", args=[made[0].pk]))
    shown = {"form": form, "title": "New licence", "cancel": reverse("licences"), "crumbs": _crumbs()}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@PAGE
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a licence."""
    by = _person(request)
    row = get_object_or_404(licence_rows(by), pk=key)
    policy.check_may_write(by, row)
    form = LicenceForm(request.POST or None, instance=row, by=by)
    back = reverse("licence", args=[key])
    if form.is_bound and form.is_valid() and saved(form, lambda: change_licence(row, form.cleaned_data, by=by)):
        messages.success(request, f"Licence {row} is changed.")
        return HttpResponseRedirect(back)
    crumbs = [*_crumbs(), (row.number, back)]
    shown = {"form": form, "title": f"Edit licence {row}", "cancel": back, "crumbs": crumbs}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@PAGE
def assign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Assign animals to a licence."""
    by = _person(request)
    row = get_object_or_404(licence_rows(by), pk=key)
    if not policy.may_add(by, LicenceUse):
        raise PermissionDenied("Your account may assign no animals. Ask a manager of the lab.")
    form = AssignForm(request.POST or None, licence=row, by=by, initial={"subjects": request.GET.get("subjects", "")})
    back, made = reverse("licence", args=[key]), []

    def write() -> None:
        made.extend(assign_subjects(row, form.cleaned_data["subjects"], form.assignment(), by=by))

    if form.is_bound and form.is_valid() and saved(form, write):
        messages.success(request, f"{len(made)} animal{'s are' if len(made) != 1 else ' is'} assigned to {row}.")
        return HttpResponseRedirect(back)
    shown = {
        "form": form,
        "title": f"Assign animals to {row}",
        "words": f"{use_words(row)}. Up to {row.get_severity_limit_display()}, animals of {row.lab} only.",
        "submit": "Assign",
        "cancel": back,
        "crumbs": [*_crumbs(), (row.number, back)],
    }
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


@PAGE
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say when the procedures of an animal ended."""
    by = _person(request)
    rows = policy.readable(by, LicenceUse.objects.select_related("licence__lab", "subject__lab"))
    row = get_object_or_404(rows, pk=key)
    policy.check_may_write(by, row)
    form = EndForm(request.POST or None, initial={"day": row.end_date})
    back = reverse("licence", args=[row.licence_id])
    if form.is_bound and form.is_valid() and saved(form, lambda: end_use(row, form.cleaned_data["day"], by=by)):
        messages.success(request, f"The procedures of {row.subject} are over.")
        return HttpResponseRedirect(back)
    title = f"End of the procedures of {row.subject}"
    shown = {"form": form, "title": title, "cancel": back, "crumbs": [*_crumbs(), (row.licence.number, back)]}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


def _crumbs() -> list[tuple[str, str]]:
    return [("Welfare", reverse("welfare")), ("Licences", reverse("licences"))]


def _person(request: HttpRequest) -> Any:
    return request.user
