"""What every page of ours knows."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from bregma.alyx.web.navigation import ON_PHONE, links_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from bregma.alyx.misc.models import LabMember

_unread: list[Callable[[LabMember], int]] = []


def count_unread_with(counter: Callable[[LabMember], int]) -> None:
    """Let an app say how many unread notices a person has; it costs one query at most. Called in ``ready()``."""
    _unread.append(counter)


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates the navigation, the unread notices, the brain viewer's address and the version."""
    return {
        "viewer_url": getattr(settings, "BREGMA_VIEWER_URL", "") or "",
        "bregma_version": version("bregma"),
        "shell": SimpleLazyObject(lambda: _shell(request)),
    }


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    links = links_for(user, request.path)
    inbox = _address("inbox")
    return {
        "links": links,
        "bar": links[:ON_PHONE],
        "more_current": any(link.current for link in links[ON_PHONE:]),
        "search": _address("search"),
        "inbox": inbox,
        "unread": sum(counter(user) for counter in _unread) if inbox else 0,
    }


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
