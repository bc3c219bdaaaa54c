"""The weaning wizard: a form for all pups, a summary to confirm, and then it is written. It needs no JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bregma.alyx import policy
from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.forms.weaning import PupForm, Pups, WeaningForm, read_weaning
from bregma.alyx.colony.breeding.proposals import propose_cages
from bregma.alyx.colony.breeding.selectors.cages import cage_names, summarise_cages
from bregma.alyx.colony.breeding.selectors.litters import living_pups, load_litter
from bregma.alyx.colony.breeding.services.pups import home_of, mother_of
from bregma.alyx.colony.breeding.views.answers import found_or_404, members_only, tell_refusal
from bregma.alyx.colony.breeding.views.litters import litter_crumbs
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from bregma.alyx.subjects.models import Litter


@dataclass(frozen=True)
class Asked:
    """The forms of one request, bound or not, and the lab of the litter."""

    litter: Litter
    lab: Any
    form: WeaningForm
    pups: Any


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def wean(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Wean a litter in two steps: enter, look and confirm."""
    litter = found_or_404(load_litter(request.user, pk), "litter")
    policy.check_may_write(request.user, litter)
    if litter.wean_date is not None:
        messages.warning(request, f"{litter.name} was weaned already. Take its day of weaning out to do it again.")
        return HttpResponseRedirect(reverse("litter", args=[pk]))
    lab, step = home_of(litter), request.POST.get("step", "")
    if step in ("look", "wean"):
        return _go_on(request, Asked(litter, lab, WeaningForm(request.POST), Pups(request.POST, prefix="pup")), step)
    shared, rows = _posted(request) if step else _first_values(litter, lab)
    if step == "add":
        rows.append({"sex": Subject.Sex.UNKNOWN, "to_be_genotyped": True})
    if step in ("", "propose", "add"):
        _propose(litter, cage_names(lab), shared, rows, again=step != "add")
    return _show(request, Asked(litter, lab, WeaningForm(initial=shared), Pups(initial=rows, prefix="pup")))


def _go_on(request: HttpRequest, asked: Asked, step: str) -> HttpResponse:
    """Show the summary of what was entered, or write it; back to the form if something is wrong."""
    if not (asked.form.is_valid() & asked.pups.is_valid()):
        return _show(request, asked)
    litter, by = asked.litter, request.user
    known = {pup.pk: pup for pup in living_pups(litter)}
    weaning = tell_refusal(asked.form, lambda: read_weaning(asked.form, asked.pups, known))
    if weaning is None:
        return _show(request, asked)
    if step == "wean":
        subjects = tell_refusal(asked.form, lambda: services.wean_litter(litter, weaning, by=by))  # type: ignore[arg-type]
        if subjects is None:
            return _show(request, asked)
        lost = f", {len(weaning.lost)} lost" if weaning.lost else ""
        messages.success(request, f"{litter.name}: {len(subjects)} weaned{lost}.")
        return HttpResponseRedirect(reverse("litter", args=[litter.pk]))
    tell_refusal(asked.form, lambda: services.check_weaning(litter, weaning))
    if asked.form.errors:
        return _show(request, asked)
    posted = [(name, value) for name, values in request.POST.lists() for value in values]
    shown = {
        "weaning": weaning,
        "cages": summarise_cages(asked.lab, weaning),
        "posted": [(name, value) for name, value in posted if name not in ("step", "csrfmiddlewaretoken")],
    }
    return render(request, "colony/breeding/wean_summary.html", {**_frame(asked), **shown})


def _show(request: HttpRequest, asked: Asked) -> HttpResponse:
    wrong = asked.form.is_bound
    part = bool(getattr(request, "htmx", False))
    names = {str(pup.pk): pup.nickname for pup in living_pups(asked.litter)}
    for pup in asked.pups:
        pup.known_as = names.get(str(pup["subject"].value() or ""), "")
    shown = {**_frame(asked), "form": asked.form, "pups": asked.pups, "cages": cage_names(asked.lab)}
    template = "colony/breeding/_wean_form.html" if part else "colony/breeding/wean.html"
    return render(request, template, shown, status=422 if wrong and not part else 200)


def _frame(asked: Asked) -> dict[str, Any]:
    url = reverse("litter", args=[asked.litter.pk])
    return {
        "litter": asked.litter,
        "lab": asked.lab,
        "back": url,
        "crumbs": [*litter_crumbs(), (asked.litter.name, url)],
    }


def _first_values(litter: Litter, lab: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the forms begin with: the pups that have a record, and those that were counted."""
    mother = mother_of(litter)
    responsible = mother.responsible_user if mother else None
    shared = {"date": lab_today(lab), "responsible_user": responsible and responsible.pk, "capacity": 5}
    known = living_pups(litter)
    rows = [
        {"subject": pup.pk, "sex": pup.sex or "U", "ear_mark": pup.ear_mark, "nickname": pup.nickname} for pup in known
    ]
    if not litter.subject_set.all():
        sexes = (("M", litter.n_males), ("F", litter.n_females), ("U", litter.n_unknown))
        rows = [{"sex": sex} for sex, n in sexes for _ in range(n or 0)]
    return shared, [{**row, "to_be_genotyped": True} for row in rows]


def _posted(request: HttpRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what was entered, right or wrong, to show it again."""
    form, pups = WeaningForm(request.POST), Pups(request.POST, prefix="pup")
    shared = {name: form[name].data for name in form.fields}
    names = list(PupForm.base_fields)
    return shared, [{name: pup[name].data for name in names} for pup in pups]


def _propose(
    litter: Litter, open_: list[str], shared: dict[str, Any], rows: list[dict[str, Any]], *, again: bool
) -> None:
    """Enter names of new cages: for all pups, or only for those that have none."""
    capacity = str(shared.get("capacity") or "")
    sexes = ["" if row.get("lost") or (row.get("cage") and not again) else str(row["sex"]) for row in rows]
    taken = {*open_, *("" if again else str(row.get("cage") or "") for row in rows)}
    room = int(capacity) if capacity.isdigit() and 0 < int(capacity) <= 20 else 5
    for row, name in zip(rows, propose_cages(sexes, stem=litter.name, capacity=room, taken=taken), strict=True):
        if name or again:
            row["cage"] = name
