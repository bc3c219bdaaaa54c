"""Attacks that find out about rows which one may not read: by filters, counts, names inside of rows, and errors."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.contrib.contenttypes.models import ContentType
from tests.alyx.factories import PASSWORD, Clients, make_dataset, make_session
from tests.alyx.rest import doors

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import ProcedureType, Session
from bregma.alyx.api.throttles import RequestThrottle
from bregma.alyx.data.models import DataNotice, Dataset, Tag
from bregma.alyx.experiments.models import FOV, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.models import Lab, LabMembership, Note
from bregma.alyx.subjects.models import Project, Subject

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import World
    from tests.alyx.rest.doors import Door

VISITORS = ["visitor", "gast"]


@pytest.fixture
def published(world: World) -> Dataset:
    """Return a public dataset with a hidden tag, of a session with a probe and a view; and let a guest in."""
    world.people["gast"] = create_user("gast", PASSWORD)
    LabMembership.objects.create(user=world.people["gast"], lab=world.lab, role="guest")
    dataset = make_dataset(world.session, tag=Tag.objects.create(name="paper", public=True))
    dataset.tags.add(Tag.objects.create(name="embargo 2027"))
    probe = ProbeInsertion.objects.create(session=world.session, name="probe00")
    view = FOV.objects.create(session=world.session, name="FOV_00")
    hidden = make_dataset(make_session(world.subject, 2))
    for row in (probe, view):
        row.datasets.add(dataset, hidden)
    return dataset


@pytest.mark.parametrize("name", VISITORS)
@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("endpoint", ["datasets", "sessions", "insertions"])
def test_tags_that_one_may_not_see_choose_nothing(client_of: Clients, name: str, endpoint: str) -> None:
    client = client_of(name)
    assert client.get(f"/{endpoint}?tag=embargo").json()["count"] == 0
    assert client.get(f"/{endpoint}?tag=paper").json()["count"] == 1


@pytest.mark.parametrize("name", VISITORS)
def test_tags_that_one_may_not_see_are_not_named(client_of: Clients, published: Dataset, name: str) -> None:
    listed = client_of(name).get("/datasets?tag=paper").json()["results"]
    assert [row["tags"] for row in listed] == [["paper"]]
    assert client_of(name).get(f"/datasets/{published.pk}").json()["tags"] == ["paper"]
    assert client_of("bob").get(f"/datasets/{published.pk}").json()["tags"] == ["embargo 2027", "paper"]


def test_a_session_names_no_hidden_datasets_of_its_probes_and_views(
    client_of: Clients, world: World, published: Dataset
) -> None:
    shown = client_of("visitor").get(f"/sessions/{world.session.pk}").json()
    found = [row["datasets"] for part in ("probe_insertion", "field_of_view") for row in shown[part]]
    assert found == [[str(published.pk)]] * 2


@pytest.mark.usefixtures("published")
def test_the_public_learns_of_no_hidden_project(client_of: Clients, world: World) -> None:
    world.subject.projects.add(Project.objects.create(name="secret"))
    make_session(world.subject, 3).projects.add(Project.objects.create(name="hidden"))
    client = client_of("visitor")
    assert client.get("/subjects?project=secret").json()["count"] == 0
    for path in ("/subjects", "/subjects/KS014"):
        assert not {"secret", "hidden"} & set(_words(client.get(path).json())), path


@pytest.mark.usefixtures("published")
def test_the_public_learns_of_no_hidden_slices(client_of: Clients, world: World) -> None:
    make_session(world.subject, 4).procedures.add(ProcedureType.objects.get_or_create(name="Histology")[0])
    assert client_of("visitor").get("/sessions?histology=true").json()["count"] == 0
    assert client_of("bob").get("/sessions?histology=true").json()["count"] == 3


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("endpoint", "column"), [("datasets", "session"), ("insertions", "chronic_insertion"), ("sessions", "projects")]
)
def test_hidden_keys_answer_as_unknown_ones(client_of: Clients, world: World, endpoint: str, column: str) -> None:
    hidden = {"session": make_session(world.subject, 5).pk, "projects": Project.objects.create(name="secret").pk}
    answers = []
    for key in (hidden.get(column, uuid4()), uuid4()):
        answer = client_of("visitor").get(f"/{endpoint}?{column}={key}")
        answers.append((answer.status_code, answer.content.replace(str(key).encode(), b"")))
    assert answers[0] == answers[1]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("body", [{"username": "{}"}, {"allowed_users": ["{}"]}])
def test_a_guest_learns_of_no_accounts(client_of: Clients, body: dict[str, Any]) -> None:
    answers = []
    for name in ("charlie", "nobody"):
        filled = {key: name if isinstance(value, str) else [name] for key, value in body.items()}
        answer = client_of("gast").patch("/users/gast", filled, format="json")
        answers.append((answer.status_code, answer.content.replace(name.encode(), b"")))
    assert answers[0] == answers[1]


def _words(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [word for value in content.values() for word in _words(value)]
    if isinstance(content, list):
        return [word for value in content for word in _words(value)]
    return [str(content)]


SECRET = "xsecretx"
"""In the names of all that the public may not see."""
MOST = 5
"""Rows of a list that are asked for one by one."""


def test_nothing_that_the_public_gets_names_a_hidden_row(
    client_of: Clients, world: World, published: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RequestThrottle, "rate", None, raising=False)
    _hide(world, published)
    client = client_of("visitor")
    lists = [door for door in doors.doors() if door.name.endswith("-list") and "get" in door.methods]
    told = [door.route for door in lists if SECRET.encode() in _all_of(client, door)]
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get("/cache.zip")))) as archive:
        tables = {name: archive.read(name) for name in archive.namelist() if name.endswith(".pqt")}
    assert set(tables) >= {"sessions.pqt", "subjects.pqt", "tags.pqt"}
    told += [name for name, raw in tables.items() if SECRET in str(pq.read_table(io.BytesIO(raw)).to_pydict())]
    assert not told


def _all_of(client: APIClient, door: Door) -> bytes:
    """Return a list, the same as a stream, and each of its rows."""
    listed = client.get(f"/{door.route}")
    streamed = client.get(f"/{door.route}", HTTP_ACCEPT="application/x-ndjson")
    found = listed.json()["results"]
    keys = [row.get(door.view.lookup_field) or row.get("id") or row.get("url", "").rpartition("/")[2] for row in found]
    rows = [client.get(f"/{door.route}/{quote(str(key), safe='')}").content for key in keys[:MOST] if key]
    return b"".join((listed.content, *streamed, *rows))


def _hide(world: World, published: Dataset) -> None:
    """Let something hidden of every kind stand beside what is public."""
    session, hidden = world.session, make_session(world.subject, 6)
    project = Project.objects.create(name=SECRET)
    published.tags.add(Tag.objects.create(name=SECRET))
    world.subject.projects.add(project)
    hidden.projects.add(project)
    Session.objects.filter(pk=hidden.pk).update(task_protocol=SECRET, narrative=SECRET)
    Dataset.objects.filter(pk=make_dataset(session, "_ibl_wheel.position.npy").pk).update(collection=SECRET)
    probe = ProbeInsertion.objects.create(session=hidden, name=SECRET)
    TrajectoryEstimate.objects.create(probe_insertion=probe, json={"a": SECRET})
    FOV.objects.create(session=hidden, name=SECRET)
    Task.objects.create(session=session, name=SECRET)
    DataNotice.objects.create(name=SECRET).datasets.add(published)
    kind = ContentType.objects.get_for_model(Session)
    Note.objects.create(content_type=kind, object_id=session.pk, text=SECRET)
    Subject.objects.create(nickname=SECRET, lab=Lab.objects.create(name=SECRET))
