"""Tells history who changes something, and through which address: never one that is a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pghistory.middleware import HistoryMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest

SECRET_BELOW = ("/sign-in/",)
"""What follows these in an address signs a person in."""


class RequestHistory(HistoryMiddleware):  # type: ignore[misc] # pghistory has no types
    """Middleware: changes of one request share who asked, and the address that was asked."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what is kept with each change."""
        return {**super().get_context(request), "url": without_secrets(request.path)}


def without_secrets(path: str) -> str:
    """Return an address without the part of it that nobody else may know."""
    return next((f"{start}…" for start in SECRET_BELOW if path.startswith(start)), path)
