"""Pages of litters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.forms.litters import LitterChangeForm
from bregma.alyx.colony.breeding.selectors.litters import litter_rows, load_litter
from bregma.alyx.colony.breeding.timeline import pups_in_words
from bregma.alyx.colony.breeding.views.answers import found_or_404, may_write, members_only, show_form
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
@members_only
def litter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a litter and its pups."""
    row = found_or_404(load_litter(request.user, pk), "litter")
    shown = {
        "litter": row,
        "pair": row.breeding_pair,
        "pups": row.subject_set.all(),
        "to_genotype": row.wean_due is None and any(pup.to_be_genotyped for pup in row.subject_set.all()),
        "words": pups_in_words(row),
        "today": timezone.localdate(),
        "crumbs": litter_crumbs(),
        "may_write": may_write(request, row),
    }
    return render(request, "colony/breeding/litter.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a litter."""
    row = found_or_404(litter_rows(request.user).filter(pk=pk).first(), "litter")
    policy.check_may_write(request.user, row)
    by: Any = request.user
    form = LitterChangeForm(request.POST or None, instance=row)
    url = reverse("litter", args=[row.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: services.change_litter(row, form.changes(), by=by)):
        messages.success(request, f"{row.name} is changed.")
        return HttpResponseRedirect(url)
    crumbs = [*litter_crumbs(), (row.name, url)]
    return show_form(request, form, title=f"Edit {row.name}", cancel=url, crumbs=crumbs)


def litter_crumbs() -> list[tuple[str, str]]:
    """Return the pages above a litter."""
    return [("Litters", reverse("litters"))]
