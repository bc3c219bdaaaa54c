"""The page that shows tasks by session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bregma.alyx.jobs.models import Task
from bregma.alyx.notebook.tasks.matrix import count_by_lab, list_graphs, load_matrix

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show how tasks stand: by lab, and by session and name."""
    asked = request.GET.get("page", "1")
    page = max(1, min(int(asked), 100_000)) if asked.isascii() and asked.isdigit() else 1
    graph, lab = request.GET.get("graph", "")[:64], request.GET.get("lab", "")[:255]
    shown = {
        "labs": count_by_lab(request.user),
        "statuses": list(Task.Status),
        "graphs": list_graphs(request.user),
        "graph": graph,
        "lab": lab,
        "matrix": load_matrix(request.user, graph=graph, lab=lab, page=page),
        "crumbs": [("Tasks", reverse("tasks"))],
    }
    return render(request, "notebook/task_matrix.html", shown)
