"""The ways of animals into a cage, out of it, and from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import UUIDField
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bregma.alyx import policy
from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.forms import NEW, NONE, CageChoiceForm, MoveOutForm
from bregma.alyx.colony.cages.residents import open_stays
from bregma.alyx.colony.cages.selectors import cages_for, find_animals, next_name, occupancies, with_counts
from bregma.alyx.colony.cages.views import crumbs_of, form_page, load_to_write
from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.refusals import saved
from bregma.alyx.web.subject_tabs import load_record

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from bregma.alyx.colony.models import Cage
    from bregma.alyx.misc.models import Lab

MOST_FOUND = 25


@require_http_methods(["GET", "HEAD", "POST"])
def move_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Find animals of the lab, choose some, and move them in; htmx gets the found ones alone."""
    cage = load_to_write(request, pk)
    if request.method == "POST":
        return _moved_in(request, cage)
    asked = request.GET.getlist("subjects")
    chosen = list(find_animals(request.user, cage.lab, "").filter(pk__in=_keys(asked)))
    words = request.GET.get("q", "").strip()
    found = find_animals(request.user, cage.lab, words).exclude(pk__in=[one.pk for one in chosen])
    found = found.exclude(housing_subjects__in=_stays_in(cage))
    inside = occupancies([cage])[cage.pk]
    shown = {"cage": cage, "inside": inside, "chosen": chosen, "q": words, "crumbs": crumbs_of(cage)}
    shown |= {"found": found[:MOST_FOUND], "most": MOST_FOUND}
    part = request.headers.get("HX-Target") == "found"
    return render(request, "colony/cages/_found.html" if part else "colony/cages/move_in.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def move_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move some of a cage's animals to another cage, a new one, or none."""
    cage = load_to_write(request, pk)
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
    return form_page(request, form, f"Move animals out of cage {cage}", reverse("cage", args=[pk]), cage, **shown)


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
    return form_page(request, form, f"Move {subject}", back, words=words, crumbs=crumbs, submit="Move")


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
    rows = with_counts(cages_for(request.user), timezone.localdate()).filter(lab=lab, closed_on__isnull=True)
    rows = rows.exclude(pk=but.pk) if but else rows
    return [(str(row.pk), _choice_words(row)) for row in rows.order_by("name")]


def _choice_words(row: Any) -> str:
    return f"Cage {row.name} · {row.n_adults} of {row.capacity}{f' · {row.rack}' if row.rack else ''}"


def _stays_in(cage: Cage) -> Any:
    return open_stays([cage]).values("pk")


def _keys(asked: list[str]) -> list[UUID]:
    field, found = UUIDField(), []
    for text in asked[:100]:
        try:
            found.append(field.clean(text))
        except ValidationError as wrong:
            raise Http404(f"{text!r} is no key of an animal") from wrong
    return found
