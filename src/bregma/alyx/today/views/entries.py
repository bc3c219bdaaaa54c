"""Takes entries: from a phone that sends each until it is answered, and from a form without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bregma.alyx.colony.water.state import doubt_weight
from bregma.alyx.errors import AlyxError, EntryConflict, InvalidRequest, UnknownName
from bregma.alyx.subjects.models import Subject
from bregma.alyx.today.reading import read_amount, read_form, read_json
from bregma.alyx.today.selectors import load_mouse
from bregma.alyx.today.selectors.entries import Kind
from bregma.alyx.today.services import Told, enter, excuse
from bregma.alyx.web.refusals import done

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUS: dict[type[Exception], int] = {
    EntryConflict: 409,
    UnknownName: 404,
    InvalidRequest: 400,
    ValidationError: 422,
    PermissionDenied: 403,
}


@login_not_required  # who is not logged in is told so in JSON: the phone keeps the entry
@never_cache
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Keep one entry that a phone sends as JSON, or those of a form."""
    if request.content_type != "application/json":
        return _take_form(request)
    user: Any = request.user
    if not user.is_authenticated:
        return JsonResponse({"state": "log in", "words": "Log in again; the entry stays on this phone."}, status=401)
    try:
        told, by = read_json(request.body)
        if by != user.pk:
            words = f"{user} is logged in, but another person made this entry. It waits for that person."
            return JsonResponse({"state": "person", "words": words}, status=403)
        enter(told, by=user)
    except (AlyxError, PermissionDenied, ValidationError) as refused:
        return _refuse(refused)
    return JsonResponse({"state": "kept", "id": str(told.key)})


@never_cache
@require_GET
def due(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Say what water would be due if a mouse weighed so much, and how much of the expected weight that is."""
    mouse = load_mouse(request.user, subject)
    if mouse is None:
        return JsonResponse({"words": "There is no such mouse for you to weigh."}, status=404)
    try:
        grams = read_amount(request.GET.get("weight", ""))
    except InvalidRequest as refused:
        return _refuse(refused)
    return JsonResponse({**mouse.after(grams), "entries": mouse.facts["entries"]})


@require_POST
def not_trained(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Write down why a mouse is not trained today."""
    mouse = Subject.objects.select_related("lab", "responsible_user").filter(pk=subject).first()
    if mouse is None:
        return _back(request)
    reason = request.POST.get("other", "").strip() or request.POST.get("reason", "")

    def write() -> str:
        excuse(mouse, reason[:500], by=_person(request), key=UUID(request.POST.get("id", "")))
        return f"{mouse} is not trained today: {reason[:500]}."

    try:
        done(request, write)
    except ValueError:  # the form carries a key of its own making
        messages.error(request, "This form is not whole. Reload the page and try again.")
    return _back(request, f"train-{mouse.pk}")


def _take_form(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('login')}?next={reverse('today')}")
    try:
        entries = read_form(request.POST)
    except InvalidRequest as refused:
        messages.error(request, str(refused))
        return _back(request)
    for told in entries:
        doubt = _doubt(request, told)
        if not done(request, _entering(told, _person(request))):
            break
        if doubt:
            messages.warning(request, doubt)
    return _back(request, f"mouse-{entries[0].subject}")


def _doubt(request: HttpRequest, told: Told) -> str:
    """Say what is odd about a weight; with JavaScript the page asks before."""
    mouse = load_mouse(request.user, told.subject) if told.kind is Kind.WEIGHT else None
    doubt = doubt_weight(mouse.control, told.amount) if mouse is not None else ""
    return f"{mouse.subject if mouse else ''}: {told.amount:g} g is {doubt}" if doubt else ""


def _entering(told: Told, by: Any) -> Callable[[], str]:
    def write() -> str:
        row = enter(told, by=by)
        return f"{row} is entered."

    return write


def _refuse(refused: Exception) -> JsonResponse:
    words = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
    status = next((code for kind, code in _STATUS.items() if isinstance(refused, kind)), 400)
    return JsonResponse({"state": "refused", "words": f"{words[:1].upper()}{words[1:]}"}, status=status)


def _back(request: HttpRequest, anchor: str = "") -> HttpResponseRedirect:
    """Lead back to the part of the page from which the form came."""
    asked = request.POST.get("next", "")
    inside = asked.startswith(reverse("today")) and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return HttpResponseRedirect(f"{asked if inside else reverse('today')}{f'#{anchor}' if anchor else ''}")


def _person(request: HttpRequest) -> Any:
    return request.user
