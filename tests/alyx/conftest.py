"""A collaboration, and REST clients for every role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.test import Client
from rest_framework.test import APIClient

from bregma.store import LocalStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.alyx.factories import World


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    from bregma.alyx.api.rates import shared_counter

    for name in ("default", "shared"):
        caches[name].clear()
    shared_counter().clear()


@pytest.fixture
def world(db: None) -> World:
    """Return the collaboration of factories.py."""
    from tests.alyx.factories import make_world  # models can be imported only after this file

    return make_world()


@pytest.fixture
def client_of(world: World) -> Callable[[str], APIClient]:
    """Return a maker of REST clients: by the name of a person, or "anonymous"."""

    def make(name: str) -> APIClient:
        client = APIClient()
        if name != "anonymous":
            client.credentials(HTTP_AUTHORIZATION=world.token(name)["Authorization"])
        return client

    return make


@pytest.fixture
def enter(world: World) -> Callable[[str], Client]:
    """Return a maker of logged-in test clients, by the name of a person."""

    def make(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(world.people[name])
        return client

    return make


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalStore:
    """Return a store of this test's own, which the server serves."""
    from bregma.alyx.data import store_api

    store = LocalStore(tmp_path)
    monkeypatch.setattr(store_api, "local_store", lambda: store)
    return store
