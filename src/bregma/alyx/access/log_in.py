"""Ends every way to log in: the second factor is asked for where there is one, and the session is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.account.utils import perform_login

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from bregma.alyx.misc.models import LabMember


def finish_log_in(request: HttpRequest, user: LabMember, *, next_url: str | None = None) -> HttpResponse:
    """Log in a person whose password or link was right, or ask for the code first."""
    return cast("HttpResponse", perform_login(request, user, email_verification="none", redirect_url=next_url))
