"""The Content-Security-Policy of every page: only our own files run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_COMMON = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Vega sets style attributes on the SVG elements that it draws; no style element and no script may be inline.
PAGES = {**_COMMON, "style-src-attr": "'unsafe-inline'"}
# The admin's theme evaluates the expressions in its templates with Alpine.
ADMIN = {
    **_COMMON,
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
}


class ContentSecurityPolicy:
    """Middleware: say in each answer what the browser may load and run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages = join(PAGES)
        self.admin = join(ADMIN)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers that a view has not set itself."""
        response = self.get_response(request)
        policy = self.admin if request.path.startswith(_admin_prefix()) else self.pages
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


def _admin_prefix() -> str:
    return reverse("admin:index")


def join(policy: dict[str, str]) -> str:
    """Write a policy as its header says it."""
    return "; ".join(f"{name} {value}" for name, value in policy.items())
