"""The page on which a person lets a program in that shows a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bregma.alyx.access import devices
from bregma.alyx.access.forms import ConnectForm
from bregma.alyx.access.views import check_own
from bregma.alyx.accounts import AccountError
from bregma.alyx.web.limits import check_log_in_rate

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def connect(request: HttpRequest) -> HttpResponse:
    """Ask for the code; then say what asks for what, and let it in or not."""
    check_own(request)
    code = (request.POST if request.method == "POST" else request.GET).get("code", "").strip()[:40]
    if not code:
        return render(request, "access/connect.html", {})
    user: Any = request.user
    if wait := check_log_in_rate(request, f"connect {user.get_username()}"):
        return _too_many(request, wait)
    waiting = devices.find_waiting(code)
    if waiting is None:
        return render(request, "access/connect.html", {"code": code, "is_unknown": True})
    form = ConnectForm(request.POST if request.method == "POST" else None, initial={"code": code})
    if request.method == "POST" and (request.POST.get("decision") == "refuse" or form.is_valid()):
        return _decide(request, code, form)
    return render(request, "access/connect.html", {"code": code, "waiting": waiting, "form": form})


def _decide(request: HttpRequest, code: str, form: ConnectForm) -> HttpResponse:
    """Let the program in only where the person pressed that very button."""
    user: Any = request.user
    try:
        if request.POST.get("decision") == "approve":
            asked = form.cleaned_data
            row = devices.approve(code, by=user, scopes=asked["scopes"], days=asked["days"])
            messages.success(request, f"{row.name} is let in: go back to it. Its token will stand below.")
        else:
            row = devices.refuse(code)
            messages.success(request, f"{row.name} is not let in.")
    except AccountError as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("connect"))
    return HttpResponseRedirect(reverse("my-tokens"))


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    words = {"title": "Too many attempts", "words": f"Wait {wait} s and try again."}
    response = render(request, "web/problem.html", words, status=429)
    response.headers["Retry-After"] = str(wait)
    return response
