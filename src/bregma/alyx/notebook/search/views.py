"""The page that searches everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bregma.alyx.notebook.search.question import Question
from bregma.alyx.notebook.search.selectors import KINDS, search

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what fits ``?q=``, by kind; ``?only=`` shows more of one kind."""
    question = Question.read(request.GET.get("q", ""))
    only = request.GET.get("only", "")
    only = only if only in {*(kind.key for kind in KINDS), "cages"} else ""
    groups = search(question, request.user, only=only)
    shown = {"question": question, "groups": groups, "only": only}
    return render(request, "notebook/search.html", shown)
