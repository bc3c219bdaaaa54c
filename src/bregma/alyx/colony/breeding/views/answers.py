"""What the views of breeding share: who may come in, and how a refused entry is told."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render

from bregma.alyx import policy
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse


def members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let members of the collaboration in: the pages of the colony tell of many animals at once."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not policy.is_member(request.user):
            raise PermissionDenied("The pages of breeding are for members of the labs. Ask one of them.")
        return view(request, *args, **kwargs)

    return answer


def found_or_404(row: Any, what: str) -> Any:
    """Return a row, or answer that there is none which the person may see."""
    if row is None:
        raise Http404(f"no such {what}, or it is hidden; take it from the list")
    return row


def tell_refusal(form: forms.BaseForm, write: Callable[[], Any]) -> Any:
    """Call a service; what it refuses becomes errors of the form. Returns None then."""
    made: list[Any] = []
    saved(form, lambda: made.append(write()))
    return made[0] if made else None


def show_form(request: HttpRequest, form: forms.BaseForm, **shown: Any) -> HttpResponse:
    """Answer a page with one form; 422 if something is wrong with it."""
    status = 422 if form.is_bound else 200
    return render(request, "colony/breeding/form.html", {"form": form, **shown}, status=status)


def may_write(request: HttpRequest, row: Model) -> bool:
    """Tell whether to offer what writes a row."""
    return policy.may_write(request.user, row)
