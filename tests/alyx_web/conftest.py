"""The analysed lab of lab.py as a fixture, and clients of its people."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.alyx_web.lab import START, World, analyse, build_world, make_trials, remove_world

HOME = settings.HOME  # reading a setting lets pytest-django set Django up


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The analysed lab, committed: analyses run on a connection of their own. A last session waits for a worker."""
    with django_db_blocker.unblock():
        found, make = build_world(HOME.store)
        try:
            analyse(make)
            found.waiting = make.session(found.private, 22)
            make.trials(found.waiting, make_trials(60, 1.0, blocks=False, seed=5))
            yield found
        finally:
            remove_world()


@pytest.fixture
def as_user(client: Any, world: World, db: None) -> Any:
    """Log the test client in as somebody."""

    def enter(name: str) -> Any:
        client.logout()
        if name != "anonymous":
            client.force_login(world.users[name])
        return client

    return enter


@pytest.fixture
def count_queries(db: None) -> Any:
    """Count the SQL queries that something makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(action: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            action()
        return len(captured)

    return count


@pytest.fixture
def add_rows(world: World, db: None) -> Any:
    """Add subjects with sessions, and sessions and files to those that are there."""
    from bregma.alyx.actions.models import Session
    from bregma.alyx.data.models import Dataset
    from bregma.alyx.subjects.models import Subject

    def add(n: int) -> None:
        known = world.trained.data_dataset_session_related.get()
        for i in range(n):
            subject = Subject.objects.create(nickname=f"EXTRA_{i}", lab=world.subject.lab)
            for owner in (subject, world.subject):
                session = Session.objects.create(
                    subject=owner, lab=owner.lab, start_time=START + timedelta(days=100 + i), number=2
                )
                session.users.add(world.users["mia"])
            Dataset.objects.create(
                session=world.trained,
                name=f"extra.file{i}.npy",
                dataset_type=known.dataset_type,
                data_format=known.data_format,
            )

    return add
