"""How often an account may ask, and an address may try to log in (counted for all web processes together)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.throttling import SimpleRateThrottle

from bregma.alyx.access.models import ApiToken
from bregma.alyx.api.rates import shared_counter

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


MOST_LETTERS = 150


class SharedRate(SimpleRateThrottle):
    """A rate that all web processes count together."""

    num_requests: int | None
    duration: int | None
    waiting = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request, or refuse it."""
        key = self.get_cache_key(request, view)
        return key is None or self.take(key)

    def take(self, key: str, *, times: int = 1) -> bool:
        """Count one event of a key; tell whether it was allowed: at the rate, or so many times the rate."""
        if self.num_requests is None or self.duration is None:
            return True
        name = f"{self.scope} {self.duration} {key}"
        self.waiting = shared_counter().take(name, most=times * self.num_requests, seconds=self.duration)
        return self.waiting == 0

    def wait(self) -> float | None:
        """Return the seconds until one more is allowed."""
        return self.waiting or None


class RequestThrottle(SharedRate):
    """Requests per account and address, so that one bad client does not lock out the rigs that share its account.

    Clients with a personal token count for themselves. Administrators are not held up: they enter whole labs at once.
    """

    scope = "user"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Return who is counted; None for those who are not."""
        if not request.user.is_authenticated or request.user.is_superuser:
            return None
        who = f"token {request.auth.pk}" if isinstance(request.auth, ApiToken) else f"account {request.user.pk}"
        return f"{who} {self.get_ident(request)}"


class SustainedThrottle(SharedRate):
    """Requests per account from wherever they come; off unless a rate is set."""

    scope = "sustained"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """Count by account."""
        counted = request.user.is_authenticated and not request.user.is_superuser
        return f"account {request.user.pk}" if counted else None


class AddressThrottle(SharedRate):
    """Requests without an account, per address."""

    scope = "anonymous"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """Count by address."""
        return self.get_ident(request)


class LogInThrottle(SharedRate):
    """Attempts to log in: few per name and address, more per address.

    Parameters
    ----------
    name : str, optional
        Who wants to log in; by default as the request says in its form.
    """

    scope = "log_in"
    names_per_address = 6

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        self.name = name

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the attempt, or refuse it."""
        address = self.get_ident(request)
        name = self.name if self.name is not None else _posted_name(request)
        own = f"{address} {name[:MOST_LETTERS].lower()}"
        return self.take(own) and self.take(f"{address} anybody", times=self.names_per_address)


def _posted_name(request: Request) -> str:
    data = request.data if isinstance(request.data, dict) else {}
    return str(data.get("username", ""))
