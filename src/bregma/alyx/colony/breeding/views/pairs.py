"""Pages of breeding pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.forms.pairs import BirthForm, PairChangeForm, PairForm, PlugForm
from bregma.alyx.colony.breeding.listing.pairs import EndForm
from bregma.alyx.colony.breeding.selectors.candidates import find_candidates
from bregma.alyx.colony.breeding.selectors.pairs import cages_of, is_open, load_pair
from bregma.alyx.colony.breeding.timeline import pair_timeline
from bregma.alyx.colony.breeding.views.answers import found_or_404, may_write, members_only, show_form, tell_refusal
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import BreedingPair
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

CRUMBS = ("Breeding pairs", "breeding")


@require_safe
@members_only
def pair(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a pair: what happened, what is due, and what to do."""
    row = _pair(request, pk)
    today = _today(row)
    mothers = [one for one in (row.mother1, row.mother2) if one]
    shown = {
        "pair": row,
        "crumbs": _crumbs(),
        "today": today,
        "open": is_open(row, today),
        "cages": cages_of(row),
        "mothers": mothers,
        "checked": {plug.mother_id: plug.found for plug in row.plugs.all() if plug.date == today},
        "timeline": pair_timeline(row),
        "may_write": may_write(request, row),
    }
    return render(request, "colony/breeding/pair.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def start(request: HttpRequest) -> HttpResponse:
    """Start a pair."""
    if not policy.may_add(request.user, BreedingPair):
        raise PermissionDenied("Your account may start no pairs. Ask somebody who keeps the animals of the lab.")
    by: Any = request.user
    form = PairForm(request.POST or None, by=by, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        made = tell_refusal(form, lambda: services.start_pair(form.mating(), by=by))
        if made is not None:
            messages.success(request, f"{made.name} is started.")
            return HttpResponseRedirect(reverse("breeding-pair", args=[made.pk]))
    words = "The young get the line. A birth is due a gestation after a plug; without one, two days after the start."
    back = reverse("breeding")
    return show_form(request, form, title="New pair", words=words, cancel=back, crumbs=_crumbs(), submit="Start pair")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a pair."""
    row = _pair_to_write(request, pk)
    by: Any = request.user
    form = PairChangeForm(request.POST or None, instance=row)
    url = reverse("breeding-pair", args=[row.pk])
    if form.is_bound and form.is_valid() and saved(form, lambda: services.change_pair(row, form.changes(), by=by)):
        messages.success(request, f"{row.name} is changed.")
        return HttpResponseRedirect(url)
    return show_form(request, form, title=f"Edit {row.name}", cancel=url, crumbs=_crumbs(row))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a pair."""
    row = _pair_to_write(request, pk)
    by: Any = request.user
    form = EndForm(request.POST or None, initial={"end_date": _today(row)})
    url = reverse("breeding-pair", args=[row.pk])
    if (
        form.is_bound
        and form.is_valid()
        and saved(form, lambda: services.end_pair(row, form.cleaned_data["end_date"], by=by))
    ):
        messages.success(request, f"{row.name} has ended. Move its animals to their cages if they moved.")
        return HttpResponseRedirect(url)
    return show_form(request, form, title=f"End {row.name}", cancel=url, crumbs=_crumbs(row), submit="End pair")


@require_POST
@members_only
def plug(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record a look for a plug; one tap."""
    row = _pair_to_write(request, pk)
    by: Any = request.user
    form = PlugForm(request.POST)
    mothers = {one.pk: one for one in (row.mother1, row.mother2) if one}
    url = reverse("breeding-pair", args=[row.pk])
    if not form.is_valid() or form.cleaned_data["mother"] not in mothers:
        messages.error(request, "Nothing was saved: choose the mother and a day, and tap Plug or No plug again.")
        return HttpResponseRedirect(url)
    mother, found = mothers[form.cleaned_data["mother"]], form.cleaned_data["found"] == "yes"
    day: date = form.cleaned_data["date"]
    words = f"{mother}: {'plug' if found else 'no plug'} on {day:%-d %b %Y}."
    done(request, lambda: services.record_plug(row, mother, on=day, found=found, by=by), words)
    return HttpResponseRedirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def birth(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enter a litter of a pair."""
    row = _pair_to_write(request, pk)
    by: Any = request.user
    mothers = [one for one in (row.mother1, row.mother2) if one]
    form = BirthForm(request.POST or None, mothers=mothers, initial={"birth_date": _today(row)})
    if form.is_bound and form.is_valid():
        litter = tell_refusal(form, lambda: services.record_birth(row, form.birth(), by=by))
        if litter is not None:
            messages.success(request, f"Litter {litter.name} is entered.")
            return HttpResponseRedirect(reverse("litter", args=[litter.pk]))
    url = reverse("breeding-pair", args=[row.pk])
    return show_form(
        request, form, title=f"Litter of {row.name}", cancel=url, crumbs=_crumbs(row), submit="Enter the litter"
    )


@require_safe
@members_only
def candidates(request: HttpRequest) -> HttpResponse:
    """Propose living animals of a sex whose nickname has what was typed; options of a list."""
    sex = "M" if request.GET.get("sex") == "M" else "F"
    names = [request.GET.get(name, "") for name in ("father", "mother1", "mother2")]
    typed = next((name for name in names if name), "")
    rows = find_candidates(request.user, sex, typed)
    return render(request, "colony/breeding/_candidates.html", {"rows": rows})


def _pair(request: HttpRequest, pk: UUID) -> Any:
    return found_or_404(load_pair(request.user, pk), "pair")


def _pair_to_write(request: HttpRequest, pk: UUID) -> Any:
    row = _pair(request, pk)
    policy.check_may_write(request.user, row)
    return row


def _today(row: BreedingPair) -> Any:
    parent = row.mother1 or row.father
    return lab_today(parent.lab if parent else None)


def _crumbs(row: BreedingPair | None = None) -> list[tuple[str, str]]:
    above = [(CRUMBS[0], reverse(CRUMBS[1]))]
    return [*above, (row.name, reverse("breeding-pair", args=[row.pk]))] if row else above
