"""The map of a rack, where cages move by drag and drop, and the form that enters one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import policy
from bregma.alyx.colony.cages.forms import RackForm, RackPlaceForm
from bregma.alyx.colony.cages.listing import check_sees_colony
from bregma.alyx.colony.cages.rack_map import map_of
from bregma.alyx.colony.cages.selectors import cages_for, racks_for
from bregma.alyx.colony.cages.services import enter_rack, place_cage
from bregma.alyx.colony.models import Rack
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

CRUMBS = [("Colony", "colony"), ("Racks", "racks")]


@require_safe
def rack_map(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the places of a rack; htmx gets the map alone. ``?cage=`` takes a cage in hand, ``?q=`` marks some."""
    rack = _load(request, pk)
    return _answer(request, rack, request.GET.get("cage", ""), request.GET.get("q", ""))


@require_POST
def put(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a cage into a place; one that stands there goes to where it stood."""
    rack = _load(request, pk)
    form = RackPlaceForm(request.POST)
    if not form.is_valid():
        raise Http404(f"no such cage or place: {request.POST.get('cage')!r}, {request.POST.get('place')!r}")
    cage = cages_for(request.user).filter(pk=form.cleaned_data["cage"]).first()
    if cage is None:
        raise Http404(f"no cage {form.cleaned_data['cage']} that you may see")
    to, by = form.place_in(rack), request.user
    words = f"Cage {cage} stands in {to} now." if to else f"Cage {cage} stands in no rack now."
    done(request, lambda: place_cage(cage, to, swap=True, by=by), words)  # type: ignore[arg-type]
    if request.headers.get("HX-Target") == "rack-map":
        return _answer(request, rack, "", request.POST.get("q", ""))
    return HttpResponseRedirect(reverse("rack", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a rack."""
    if not policy.may_add(request.user, Rack):
        raise PermissionDenied("Your account may enter no racks. Ask a manager of the lab.")
    by: Any = request.user
    form = RackForm(request.POST or None, by=by)
    entered: list[Rack] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: entered.append(enter_rack(form.cleaned_data, by=by))):
        messages.success(request, f"Rack {entered[0]} is entered. Put its cages into their places.")
        return HttpResponseRedirect(reverse("rack", args=[entered[0].pk]))
    shown = {"form": form, "title": "Enter a rack", "cancel": reverse("racks"), "crumbs": _crumbs()}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)


def _load(request: HttpRequest, pk: UUID) -> Rack:
    check_sees_colony(request.user)
    rack = racks_for(request.user).filter(pk=pk).first()
    if rack is None:
        raise Http404(f"no rack {pk} that you may see; take it from the list")
    return rack


def _answer(request: HttpRequest, rack: Rack, in_hand: str, words: str) -> HttpResponse:
    may_write = policy.may_write(request.user, rack)
    shown = {
        "rack": rack,
        "map": map_of(rack, cages_for(request.user), in_hand=in_hand if may_write else "", words=words),
        "q": words,
        "may_write": may_write,
        "crumbs": _crumbs(),
    }
    part = request.headers.get("HX-Target") == "rack-map"
    return render(request, "colony/cages/_map.html" if part else "colony/cages/rack.html", {**shown, "part": part})


def _crumbs() -> list[tuple[str, str]]:
    return [(words, reverse(name)) for words, name in CRUMBS]
