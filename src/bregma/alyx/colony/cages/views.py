"""A cage's record and its forms, and the way of one animal into another cage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import UUIDField
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
    NEW,
    NONE,
    CageChoiceForm,
    ConditionsForm,
    MoveOutForm,
    NoteForm,
    OpenForm,
    PlaceForm,
)
from bregma.alyx.colony.cages.history import timeline_of
from bregma.alyx.colony.cages.listing import check_sees_colony
from bregma.alyx.colony.cages.selectors import (
    cages_for,
    find_animals,
    next_name,
    occupancies,
    racks_for,
    with_counts,
)
from bregma.alyx.colony.cages.services import clean_cage
from bregma.alyx.colony.models import Cage
from bregma.alyx.misc.models import Note
from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.refusals import done, saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from bregma.alyx.misc.models import Lab

MOST_FOUND = 25
ABOVE = [("Colony", "colony"), ("Cages", "cages")]


@require_safe
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a cage: who lives in it, where it stands, what happened to it."""
    cage = _load(request, pk)
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
        "crumbs": _crumbs(),
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
    return _form_page(request, form, "Open a cage", reverse("cages"), words=words)


@require_http_methods(["GET", "HEAD", "POST"])
def move_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Find animals of the lab, choose some, and move them in; htmx gets the found ones alone."""
    cage = _load_to_write(request, pk)
    if request.method == "POST":
        return _moved_in(request, cage)
    asked = request.GET.getlist("subjects")
    chosen = list(find_animals(request.user, cage.lab, "").filter(pk__in=_keys(asked)))
    words = request.GET.get("q", "").strip()
    found = find_animals(request.user, cage.lab, words).exclude(pk__in=[one.pk for one in chosen])
    found = found.exclude(housing_subjects__in=_stays_in(cage))
    inside = occupancies([cage])[cage.pk]
    shown = {"cage": cage, "inside": inside, "chosen": chosen, "q": words, "crumbs": _crumbs(cage)}
    shown |= {"found": found[:MOST_FOUND], "most": MOST_FOUND}
    part = request.headers.get("HX-Target") == "found"
    return render(request, "colony/cages/_found.html" if part else "colony/cages/move_in.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def move_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move some of a cage's animals to another cage, a new one, or none."""
    cage = _load_to_write(request, pk)
    inside = occupancies([cage])[cage.pk]
    data = request.POST or None
    form = MoveOutForm(
        data, subjects=inside.animals, cages=_open_cages(request, cage.lab, but=cage), name=next_name(cage.lab)
    )
    if not form.is_bound:
        form.initial["subjects"] = request.GET.getlist("subjects")
    found: list[housing.Move] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: found.append(_move_out(request, cage, form))):
        _say_moved(request, found[0])
        return HttpResponseRedirect(reverse("cage", args=[cage.pk]))
    words = "Choose all to transfer the cage, some to split it."
    shown = {"submit": "Move", "words": words, "layout": "form-wide"}
    return _form_page(request, form, f"Move animals out of cage {cage}", reverse("cage", args=[pk]), cage, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change how animals are kept in a cage."""
    cage = _load_to_write(request, pk)
    by: Any = request.user
    form = ConditionsForm(request.POST or None, instance=cage)
    if form.is_bound and form.is_valid() and saved(form, lambda: _change(cage, form, by)):
        messages.success(request, f"Cage {cage} is changed.")
        return HttpResponseRedirect(reverse("cage", args=[pk]))
    words = "New conditions end the housing and begin another with the same animals: the old ones stay in its history."
    return _form_page(request, form, f"Conditions of cage {cage}", reverse("cage", args=[pk]), cage, words=words)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a cage into a place of a rack."""
    cage = _load_to_write(request, pk)
    by: Any = request.user
    form = PlaceForm(request.POST or None, cage=cage, by=by)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        if saved(form, lambda: housing.place_cage(cage, form.place(), swap=values["swap"], by=by)):
            messages.success(request, f"Cage {cage} stands {form.place() or 'in no rack'} now.")
            return HttpResponseRedirect(reverse("cage", args=[pk]))
    words = "On the map of a rack cages move by drag and drop."
    return _form_page(request, form, f"Place of cage {cage}", reverse("cage", args=[pk]), cage, words=words)


@require_POST
def clean(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that a cage was cleaned today."""
    cage, by = _load_to_write(request, pk), request.user
    done(request, lambda: clean_cage(cage, by=by), f"Cage {cage} is marked cleaned.")  # type: ignore[arg-type]
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an empty cage."""
    cage, by = _load_to_write(request, pk), request.user
    done(request, lambda: housing.close_cage(cage, by=by), f"Cage {cage} is closed.")  # type: ignore[arg-type]
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_POST
def write_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a note on a cage."""
    cage, by = _load_to_write(request, pk), request.user
    form = NoteForm(request.POST)
    if form.is_valid():
        values = {"content_object": cage, "text": form.cleaned_data["text"], "user": by, "date_time": timezone.now()}
        done(request, lambda: changes.create_row(Note, values, by=by), "The note is kept.")  # type: ignore[arg-type]
    else:
        messages.warning(request, "A note needs a few words, 4000 letters at most.")
    return HttpResponseRedirect(reverse("cage", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def move_subject(request: HttpRequest, reference: str) -> HttpResponse:
    """Move one animal to another cage."""
    shown = load_record(request, reference, current="subject")
    subject: Subject = shown["subject"]
    policy.check_may_write(request.user, subject)
    form = CageChoiceForm(request.POST or None, cages=_open_cages(request, subject.lab))
    found: list[housing.Move] = []
    if form.is_bound and form.is_valid() and saved(form, lambda: found.append(_move_one(request, subject, form))):
        _say_moved(request, found[0])
        return HttpResponseRedirect(reverse("subject", args=[subject.pk]))
    back = reverse("subject", args=[subject.pk])
    words = f"It lives in cage {subject.cage} now." if subject.cage else "It lives in no cage now."
    crumbs = [*shown["crumbs"], (subject.nickname, back)]
    return _form_page(request, form, f"Move {subject}", back, words=words, crumbs=crumbs, submit="Move")


def _load(request: HttpRequest, pk: UUID) -> Cage:
    check_sees_colony(request.user)
    rows = with_counts(cages_for(request.user), timezone.now().date())
    cage = rows.select_related("cage_type", "enrichment", "food").filter(pk=pk).first()
    if cage is None:
        raise Http404(f"no cage {pk} that you may see; take it from the list")
    return cage


def _load_to_write(request: HttpRequest, pk: UUID) -> Cage:
    cage = _load(request, pk)
    policy.check_may_write(request.user, cage)
    return cage


def _open(form: OpenForm, by: Any) -> Cage:
    values = form.cleaned_data
    return housing.open_cage(by=by, **{name: value for name, value in values.items() if value not in (None, "")})


def _change(cage: Cage, form: ConditionsForm, by: Any) -> Cage:
    """Change what the person changed."""
    return housing.change_conditions(cage, {name: form.cleaned_data[name] for name in form.changed_data}, by=by)


def _moved_in(request: HttpRequest, cage: Cage) -> HttpResponse:
    by: Any = request.user
    keys = _keys(request.POST.getlist("subjects"))
    animals = list(policy.readable(by, Subject.objects.filter(pk__in=keys, lab=cage.lab_id)))
    if not animals:
        messages.warning(request, "Choose at least one animal: tick the box beside its name.")
        return HttpResponseRedirect(reverse("cage-move-in", args=[cage.pk]))
    found: list[housing.Move] = []
    try:
        found.append(housing.move_subjects(animals, cage, by=by))
    except (housing.HousingRefused, PermissionDenied) as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("cage-move-in", args=[cage.pk]))
    _say_moved(request, found[0])
    return HttpResponseRedirect(reverse("cage", args=[cage.pk]))


def _move_out(request: HttpRequest, cage: Cage, form: MoveOutForm) -> housing.Move:
    by: Any = request.user
    values = form.cleaned_data
    animals = list(Subject.objects.filter(pk__in=values["subjects"]))
    if values["to"] == NEW:
        return housing.split_cage(cage, animals, name=values["name"], by=by)
    return housing.move_subjects(animals, _chosen_cage(request, values["to"]), by=by)


def _move_one(request: HttpRequest, subject: Subject, form: CageChoiceForm) -> housing.Move:
    by: Any = request.user
    return housing.move_subjects([subject], _chosen_cage(request, form.cleaned_data["to"]), by=by)


def _chosen_cage(request: HttpRequest, key: str) -> Cage | None:
    return None if key == NONE else cages_for(request.user).get(pk=key)


def _say_moved(request: HttpRequest, move: housing.Move) -> None:
    names = ", ".join(map(str, move.moved)) or "Nobody"
    verb = "lives" if len(move.moved) == 1 else "live"
    messages.success(request, f"{names} {verb} in {f'cage {move.cage}' if move.cage else 'no cage'} now.")
    for warning in move.warnings:
        messages.warning(request, warning)


def _open_cages(request: HttpRequest, lab: Lab, *, but: Cage | None = None) -> list[tuple[str, str]]:
    """List the open cages of a lab for a choice; one query."""
    rows = with_counts(cages_for(request.user), timezone.now().date()).filter(lab=lab, closed_on__isnull=True)
    rows = rows.exclude(pk=but.pk) if but else rows
    return [(str(row.pk), _choice_words(row)) for row in rows.order_by("name")]


def _choice_words(row: Any) -> str:
    return f"Cage {row.name} · {row.n_adults} of {row.capacity}{f' · {row.rack}' if row.rack else ''}"


def _stays_in(cage: Cage) -> Any:
    from bregma.alyx.colony.cages.residents import open_stays

    return open_stays([cage]).values("pk")


def _keys(asked: list[str]) -> list[UUID]:
    field, found = UUIDField(), []
    for text in asked[:100]:
        try:
            found.append(field.clean(text))
        except ValidationError as wrong:
            raise Http404(f"{text!r} is no key of an animal") from wrong
    return found


def _crumbs(cage: Cage | None = None) -> list[tuple[str, str]]:
    crumbs = [(words, reverse(name)) for words, name in ABOVE]
    return [*crumbs, (f"Cage {cage}", reverse("cage", args=[cage.pk]))] if cage else crumbs


def _form_page(
    request: HttpRequest, form: Any, title: str, cancel: str, cage: Cage | None = None, **more: Any
) -> HttpResponse:
    shown = {"form": form, "title": title, "cancel": cancel, "crumbs": _crumbs(cage), **more}
    return render(request, "web/form_page.html", shown, status=422 if form.is_bound else 200)
