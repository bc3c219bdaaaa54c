"""A cage's record and its forms, and the way of one animal into another cage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bregma.alyx import changes, policy
from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.cards.matrix import QUIET, qr_path, qr_rows
from bregma.alyx.colony.cages.cards.words import condition_words, place_words, scan_address
from bregma.alyx.colony.cages.forms import (
    ConditionsForm,
    NoteForm,
    OpenForm,
    PlaceForm,
)
from bregma.alyx.colony.cages.history import timeline_of
from bregma.alyx.colony.cages.listing import check_sees_colony
from bregma.alyx.colony.cages.selectors import (
    cages_for,
    next_name,
    occupancies,
    racks_for,
    with_counts,
)
from bregma.alyx.colony.cages.services import clean_cage
from bregma.alyx.colony.models import Cage
from bregma.alyx.misc.models import Note
from bregma.alyx.web.refusals import done, saved

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


ABOVE = [("Colony", "colony"), ("Cages", "cages")]


@require_safe
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a cage: who lives in it, where it stands, what happened to it."""
    cage = load_cage(request, pk)
    inside = occupancies([cage], genotype=True)[cage.pk]
    rows = qr_rows(scan_address(cage))
    notes = Note.objects.filter(content_type=ContentType.objects.get_for_model(Cage), object_id=cage.pk)
    shown = {
        "cage": cage,
        "inside": inside,
        "place": place_words(cage),
        "conditions": condition_words(cage),
        "timeline": timeline_of(cage, racks_for(request.user)),
        "notes": policy.readable(request.user, notes.select_related("user"))[:5],
        "note_form": NoteForm(),
        "qr": qr_path(rows),
        "qr_size": len(rows) + 2 * QUIET,
        "may_write": policy.may_write(request.user, cage),
        "crumbs": crumbs_of(),
    }
    return render(request, "colony/cages/record.html", shown)


@require_safe
def scan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lead from the code on a card to the record of the cage."""
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def open_new(request: HttpRequest) -> HttpResponse:
    """Open a cage."""
    if not policy.may_add(request.user, Cage):
        raise PermissionDenied("Your account may open no cages. Ask a manager of the lab.")
    by: Any = request.user
    form = OpenForm(request.POST or None, by=by)
    if not form.is_bound:
        lab = form.fields["lab"].queryset.first()  # type: ignore[attr-defined]
        form.initial.update({"lab": lab.pk, "name": next_name(lab)} if lab else {})
    opened: list[Cage] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: opened.append(_open(form, by))):
        messages.success(request, f"Cage {opened[0]} is open. Move its animals in.")
        return HttpResponseRedirect(reverse("cage", args=[opened[0].pk]))
    words = "What is left empty is as the lab keeps its animals by default."
    return form_page(request, form, "Open a cage", reverse("cages"), words=words)


@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change how animals are kept in a cage."""
    cage = load_to_write(request, pk)
    by: Any = request.user
    form = ConditionsForm(request.POST or None, instance=cage)
    if form.is_bound and form.is_valid() and saved(form, lambda: _change(cage, form, by)):
        messages.success(request, f"Cage {cage} is changed.")
        return HttpResponseRedirect(reverse("cage", args=[pk]))
    words = "New conditions end the housing and begin another with the same animals: the old ones stay in its history."
    return form_page(request, form, f"Conditions of cage {cage}", reverse("cage", args=[pk]), cage, words=words)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a cage into a place of a rack."""
    cage = load_to_write(request, pk)
    by: Any = request.user
    form = PlaceForm(request.POST or None, cage=cage, by=by)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        if saved(form, lambda: housing.place_cage(cage, form.place(), swap=values["swap"], by=by)):
            messages.success(request, f"Cage {cage} stands {form.place() or 'in no rack'} now.")
            return HttpResponseRedirect(reverse("cage", args=[pk]))
    words = "On the map of a rack cages move by drag and drop."
    return form_page(request, form, f"Place of cage {cage}", reverse("cage", args=[pk]), cage, words=words)


@require_POST
def clean(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that a cage was cleaned today."""
    cage, by = load_to_write(request, pk), request.user
    done(request, lambda: clean_cage(cage, by=by), f"Cage {cage} is marked cleaned.")  # type: ignore[arg-type]
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an empty cage."""
    cage, by = load_to_write(request, pk), request.user
    done(request, lambda: housing.close_cage(cage, by=by), f"Cage {cage} is closed.")  # type: ignore[arg-type]
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_POST
def write_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a note on a cage."""
    cage, by = load_to_write(request, pk), request.user
    form = NoteForm(request.POST)
    if form.is_valid():
        values = {"content_object": cage, "text": form.cleaned_data["text"], "user": by, "date_time": timezone.now()}
        done(request, lambda: changes.create_row(Note, values, by=by), "The note is kept.")  # type: ignore[arg-type]
    else:
        messages.warning(request, "A note needs a few words, 4000 letters at most.")
    return HttpResponseRedirect(reverse("cage", args=[pk]))


def load_cage(request: HttpRequest, pk: UUID) -> Cage:
    """Return a cage that the person may read, with its counts, or answer 404."""
    check_sees_colony(request.user)
    rows = with_counts(cages_for(request.user), timezone.localdate())
    cage = rows.select_related("cage_type", "enrichment", "food").filter(pk=pk).first()
    if cage is None:
        raise Http404(f"no cage {pk} that you may see; take it from the list")
    return cage


def load_to_write(request: HttpRequest, pk: UUID) -> Cage:
    """Return a cage that the person may write."""
    cage = load_cage(request, pk)
    policy.check_may_write(request.user, cage)
    return cage


def _open(form: OpenForm, by: Any) -> Cage:
    values = form.cleaned_data
    return housing.open_cage(by=by, **{name: value for name, value in values.items() if value not in (None, "")})


def _change(cage: Cage, form: ConditionsForm, by: Any) -> Cage:
    """Change what the person changed."""
    return housing.change_conditions(cage, {name: form.cleaned_data[name] for name in form.changed_data}, by=by)


def crumbs_of(cage: Cage | None = None) -> list[tuple[str, str]]:
    """Return the pages above a cage's record, or above its forms."""
    crumbs = [(words, reverse(name)) for words, name in ABOVE]
    return [*crumbs, (f"Cage {cage}", reverse("cage", args=[cage.pk]))] if cage else crumbs


def form_page(
    request: HttpRequest, form: Any, title: str, cancel: str, cage: Cage | None = None, **more: Any
) -> HttpResponse:
    """Show a form on a page of its own."""
    shown = {"form": form, "title": title, "cancel": cancel, "crumbs": crumbs_of(cage), **more}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)
