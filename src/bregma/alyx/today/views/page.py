"""The page of the day, and the script that keeps it for when there is no connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.today.selectors import Choice, load_day

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

WORKER = "today/worker.js"
REASONS = ("Day off", "No rig free", "Not well", "Recovers from surgery")
"""Why mice are often not trained."""


@require_safe
@never_cache
@ensure_csrf_cookie
def today(request: HttpRequest) -> HttpResponse:
    """Show what is to be done with which animal today."""
    if not policy.is_member(request.user):
        raise PermissionDenied("This page lists work with animals, which your account does not do. Ask a lab manager.")
    day = load_day(request.user, Choice.read(request.GET))
    return render(request, "today/today.html", {"day": day, "reasons": REASONS})


@login_not_required
@require_safe
def worker(request: HttpRequest) -> FileResponse:
    """Serve the service worker below the addresses that it may answer."""
    path = finders.find(WORKER)
    if not path:
        raise Http404(f"{WORKER} is not among the static files")
    answer = FileResponse(open(path, "rb"), content_type="text/javascript")  # noqa: SIM115, PTH123
    answer.headers["Cache-Control"] = "no-cache"
    return answer
