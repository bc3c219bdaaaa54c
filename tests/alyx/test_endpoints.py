"""What all endpoints share: pages, what is unknown, what the public sees. Permissions and queries: tests/alyx/rest."""

from tests.alyx.factories import Clients, World, make_dataset, make_session

from bregma.alyx.actions.models import Weighing
from bregma.alyx.api.urls import router
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.subjects.models import Project

LISTS = sorted(prefix for prefix, _, _ in router.registry)
ENVELOPE = ["count", "next", "previous", "results"]


def test_every_list_has_the_envelope_in_order(client_of: Clients) -> None:
    client = client_of("alice")
    assert {path: list(client.get(f"/{path}").json()) for path in LISTS} == dict.fromkeys(LISTS, ENVELOPE)


def test_the_public_sees_nothing_that_has_no_public_tag(client_of: Clients, world: World) -> None:
    world.session.projects.add(Project.objects.create(name="motor"))
    dataset = make_dataset(make_session(world.subject, number=2))
    ProbeInsertion.objects.create(session=world.session, name="probe00").datasets.add(dataset)
    Weighing.objects.create(subject=world.subject, weight=20)
    paths = ("subjects", "sessions", "datasets", "files", "insertions", "weighings", "projects")
    seen = {path: [client_of(name).get(f"/{path}").json()["count"] for name in ("alice", "visitor")] for path in paths}
    assert seen == {path: [2 if path == "sessions" else 1, 0] for path in paths}


def test_pages_have_250_rows_unless_asked_and_never_more_than_1000(client_of: Clients, world: World) -> None:
    Weighing.objects.bulk_create(Weighing(subject=world.subject, weight=20) for _ in range(1005))
    client = client_of("alice")
    first = client.get("/weighings").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (1005, 250, None)
    assert first["next"] == "http://testserver/weighings?limit=250&offset=250"
    assert len(client.get("/weighings?limit=5000").json()["results"]) == 1000
    assert len(client.get("/weighings?limit=10&offset=1000").json()["results"]) == 5


def test_unknown_parameters_are_ignored_and_unknown_rows_are_404(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    assert client.get("/sessions?nothing=1").json()["count"] == 1
    missing = client.get("/subjects/NOBODY")
    assert missing.json() == {"detail": "No Subject matches the given query.", "status_code": 404}


def test_nobody_makes_themselves_a_stock_manager(client_of: Clients, world: World) -> None:
    assert client_of("alice").patch("/users/alice", {"is_stock_manager": True}, format="json").status_code == 403
    assert client_of("alice").patch("/users/bob", {"email": "x@example.org"}, format="json").status_code == 403
    assert client_of("alice").patch("/users/alice", {"email": "x@example.org"}, format="json").status_code == 200
    assert client_of("root").patch("/users/alice", {"is_stock_manager": True}, format="json").status_code == 200
