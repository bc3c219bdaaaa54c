"""The grid of results, the import of a table, and the report of conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bregma.alyx import policy
from bregma.alyx.colony.genotyping.conflicts import find_conflicts
from bregma.alyx.colony.genotyping.forms import FileForm, seal, unseal
from bregma.alyx.colony.genotyping.selectors import grid_animals, load_grid
from bregma.alyx.colony.genotyping.services import Result, enter_results
from bregma.alyx.colony.genotyping.tables import read_table
from bregma.alyx.errors import AlyxError
from bregma.alyx.subjects.models import GenotypeTest
from bregma.alyx.web.refusals import done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bregma.alyx.colony.genotyping.selectors import Grid

ANSWERS = {"": "not tested", "+": "found", "-": "not found"}


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter results: animals by all the sequences of their lines."""
    by: Any = request.user
    _check_may_enter(by)
    asked = _asked(request)
    grid = load_grid(grid_animals(by, **asked))
    if not grid.rows:
        raise Http404("no animal is asked for that you may see")
    if request.method == "POST" and _entered(request, lambda: list(_results(request, grid))):
        return HttpResponseRedirect(reverse("genotyping"))
    shown = {"grid": grid, "answers": ANSWERS, "crumbs": _crumbs(), "title": _title(grid, asked)}
    return render(request, "colony/genotyping/enter.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def import_table(request: HttpRequest) -> HttpResponse:
    """Read a table, show what it says, and enter it once that is confirmed."""
    by: Any = request.user
    _check_may_enter(by)
    sealed = request.POST.get("sealed")
    if sealed and _entered(request, lambda: unseal(sealed)):
        return HttpResponseRedirect(reverse("genotyping"))
    form = FileForm() if sealed else FileForm(request.POST or None, request.FILES or None)
    shown: dict[str, Any] = {"form": form, "crumbs": _crumbs()}
    if form.is_bound and form.is_valid():
        try:
            table = read_table(form.cleaned_data["file"].read(), user=by)
        except AlyxError as refused:
            form.add_error("file", str(refused))
        else:
            shown |= {"table": table, "sealed": seal(table.results)}
    return render(request, "colony/genotyping/import.html", shown, status=422 if form.errors else 200)


@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    """Show what cannot be true of the genotypes of living animals."""
    by: Any = request.user
    _check_may_enter(by)
    return render(request, "colony/genotyping/conflicts.html", {"found": find_conflicts(by), "crumbs": _crumbs()})


def _check_may_enter(user: Any) -> None:
    if not policy.may_add(user, GenotypeTest):
        raise PermissionDenied("Your account enters no genotypes. Ask a technician or a manager of the lab.")


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return which animals the address asks for: exactly one of subject, litter and line."""
    found = {name: request.GET[name] for name in ("subject", "litter", "line") if request.GET.get(name)}
    try:
        (key,) = found.values()
        UUID(key)
    except ValueError as error:
        raise Http404("say which animals: ?subject=, ?litter= or ?line= with a key") from error
    return found


def _title(grid: Grid, asked: dict[str, str]) -> str:
    first = grid.rows[0].subject
    names = {"subject": f"Genotype of {first}", "litter": f"Genotypes of litter {first.litter}"}
    return next((names[name] for name in asked if name in names), f"Genotypes of line {first.line}")


def _results(request: HttpRequest, grid: Grid) -> Iterator[Result]:
    """Give the answers of the form; what is as it was before, or not tested, is left out."""
    for row in grid.rows:
        for sequence, known in zip(grid.sequences, row.results, strict=True):
            answer = request.POST.get(f"{row.subject.pk}:{sequence.pk}", "")
            if answer in ("+", "-") and known != int(answer == "+"):
                yield Result(row.subject.pk, sequence.pk, answer == "+")


def _entered(request: HttpRequest, results: Callable[[], list[Result]]) -> bool:
    by: Any = request.user

    def write() -> str:
        entered = enter_results(results(), by=by)
        return f"{entered.n_tests} results entered; {entered.n_zygosities} zygosities follow from them."

    return done(request, write)


def _crumbs() -> list[tuple[str, str]]:
    return [("Colony", reverse("colony")), ("Genotyping", reverse("genotyping"))]
