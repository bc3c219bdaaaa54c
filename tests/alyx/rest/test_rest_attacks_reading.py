"""Attacks that find out about rows which one may not read: by filters, counts, names inside of rows, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from tests.alyx.factories import PASSWORD, Clients, make_dataset, make_session

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import ProcedureType
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import FOV, ProbeInsertion
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Project

if TYPE_CHECKING:
    from tests.alyx.factories import World

    from bregma.alyx.data.models import Dataset


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
