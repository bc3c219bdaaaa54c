"""Who needs attention now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bregma.alyx import policy
from bregma.alyx.colony.welfare.selectors import (
    SCOPES,
    default_scope,
    licence_trouble,
    load_attention,
    use_words,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def welfare(request: HttpRequest) -> HttpResponse:
    """Show the animals on water restriction that need care, open adverse events, and licences that end."""
    user: Any = request.user
    if not policy.is_member(user):
        raise PermissionDenied("Welfare is for the members of the labs. Ask a manager of the lab for access.")
    asked = request.GET.get("of", "")
    scope = asked if asked in SCOPES else default_scope(user)
    found = load_attention(user, scope)
    counts = [
        ("underweight", "Underweight", len(found.underweight)),
        ("not-weighed", "Not weighed today", len(found.not_weighed)),
        ("not-watered", "Water is due", len(found.not_watered)),
        ("events", "Open adverse events", len(found.events)),
    ]
    shown = {
        "found": found,
        "scope": scope,
        "scopes": SCOPES.items(),
        "counts": counts,
        "licences": [(one, licence_trouble(one), use_words(one)) for one in found.licences],
    }
    return render(request, "colony/welfare/welfare.html", shown)
