"""Every list costs at most ten queries, however many rows there are; an answer about one row few, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.alyx.admin_rows import fill_admin
from tests.alyx.factories import Clients, make_dataset, make_session
from tests.alyx.recordings import make_chronic, make_probe, make_view
from tests.alyx.rest import doors

from bregma.alyx.actions.models import Session, WaterAdministration, Weighing
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import ImagingStack, ProbeInsertion
from bregma.alyx.jobs.models import Task
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import World
    from tests.alyx.rest.doors import Rows


MOST, MOST_OF_ONE = 10, 17
MANY = 5


def queries_of(client: APIClient, path: str) -> int:
    """Return how many queries an answer costs, once what is kept between requests is known."""
    client.get(path)
    caches["default"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


@pytest.mark.parametrize("person", ["root", "alice", "visitor"])
def test_every_list_costs_the_same_few_queries_however_long_it_is(
    world: World, client_of: Clients, person: str
) -> None:
    lists = [doors.path_without_row(door) for door in doors.doors() if door.is_set and not door.is_detail]
    lists.append("/insertions?atlas_id=997")
    client = client_of(person)
    doors.fill(world)
    record(world, 1)
    short = {path: queries_of(client, path) for path in lists}
    fill_admin(world, MANY)
    record(world, MANY)
    long = {path: queries_of(client, path) for path in lists}
    assert short == long
    assert {path: count for path, count in long.items() if count > MOST} == {}


def record(world: World, n: int) -> None:
    """Add n sessions of which everything is public, with all that is recorded of a brain."""
    tag, _ = Tag.objects.get_or_create(name="open", public=True)
    for i in range(n):
        subject = Subject.objects.create(nickname=f"R{i}_{n}", lab=world.lab)
        session = make_session(subject)
        session.projects.add(Project.objects.create(name=f"r{i}_{n}"))
        make_chronic(session).probe_insertion.get().datasets.add(make_dataset(session, tag=tag))
        make_probe(session)
        view = make_view(session)
        view.stack = ImagingStack.objects.create(name=f"R{i}_{n}")
        view.save()


def test_the_answer_about_one_row_costs_the_same_few_queries_however_much_hangs_on_it(
    world: World, client_of: Clients
) -> None:
    rows = doors.fill(world)
    client = client_of("alice")
    hang_more_on(rows, 1)
    details = [door for door in doors.doors() if door.is_detail]
    short = {door.name: queries_of(client, rows.path(door)) for door in details}
    hang_more_on(rows, MANY)
    long = {door.name: queries_of(client, rows.path(door)) for door in details}
    assert short == long
    assert {name: count for name, count in long.items() if count > MOST_OF_ONE} == {}


def hang_more_on(rows: Rows, n: int) -> None:
    """Add to the subject, session and insertion n more of what their answers list."""
    session: Any = rows.of(Session)
    for i in range(n, 2 * n):
        dataset = make_dataset(session, f"_ibl_trials.table.x{i}.pqt")
        dataset.tags.create(name=f"more{i}")
        rows.of(ProbeInsertion).datasets.add(dataset)
        Weighing.objects.create(subject=session.subject, weight=20)
        WaterAdministration.objects.create(subject=session.subject, water_administered=1, session=session)
        ProbeInsertion.objects.create(session=session, name=f"probe1{i}")
        Task.objects.create(name=f"more{i}", session=session)
        make_session(session.subject, number=i + 1)
