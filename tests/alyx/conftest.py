"""A collaboration and REST clients for every role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    """Forget how often somebody tried to log in."""
    for cache in caches.all(initialized_only=False):
        cache.clear()
    yield


@pytest.fixture
def world(db: None) -> Any:
    """Return the collaboration of factories.py."""
    from tests.alyx.factories import make_world

    return make_world()


@pytest.fixture
def client_of(world: Any) -> Callable[[str], APIClient]:
    """Return a maker of REST clients: by the name of a person, or "anonymous"."""

    def make(name: str) -> APIClient:
        client = APIClient()
        if name != "anonymous":
            client.credentials(HTTP_AUTHORIZATION=world.token(name)["Authorization"])
        return client

    return make
