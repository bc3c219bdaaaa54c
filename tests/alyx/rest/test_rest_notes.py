"""Notes over REST: fields, kinds of rows, JSON, and the picture only for readers."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from bregma.alyx.experiments.models import ProbeInsertion

if TYPE_CHECKING:
    from pathlib import Path

    from rest_framework.test import APIClient
    from tests.alyx.factories import Clients, World


FIELDS = "id user date_time content_type object_id text image json"


@pytest.fixture(autouse=True)
def _uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def send(client: APIClient, world: World, **values: Any) -> Any:
    body = {"user": "alice", "content_type": "session", "object_id": str(world.session.pk), "text": "hello", **values}
    return client.post("/notes", body, format=values.pop("format", "json"))


def test_a_note_keeps_what_a_client_says(client_of: Clients, world: World) -> None:
    made = send(client_of("alice"), world, json={"a": 1}, date_time="2024-02-01T10:00:00").json()
    assert list(made) == FIELDS.split()
    assert (made["content_type"], made["object_id"]) == ("actions.session", str(world.session.pk))
    assert (made["json"], made["date_time"], made["image"]) == ({"a": 1}, "2024-02-01T10:00:00", None)


@pytest.mark.parametrize("kind", ["probeinsertion", "experiments.probeinsertion", "Experiments.ProbeInsertion"])
def test_a_note_can_be_on_an_insertion(client_of: Clients, world: World, kind: str) -> None:
    insertion = ProbeInsertion.objects.create(session=world.session, name="probe00")
    made = send(client_of("alice"), world, content_type=kind, object_id=str(insertion.pk)).json()
    assert made["content_type"] == "experiments.probeinsertion"
    assert (
        send(client_of("charlie"), world, user="charlie", content_type=kind, object_id=str(insertion.pk)).status_code
        == 403
    )


@pytest.mark.parametrize("kind", ["nothing", "misc.labmember", "brainregion", "actions.subject", ""])
def test_a_note_on_what_can_have_none_is_refused(client_of: Clients, world: World, kind: str) -> None:
    refused = send(client_of("root"), world, user="root", content_type=kind)
    assert refused.status_code == 400
    assert list(refused.json()) == ["content_type", "status_code"]


def test_what_a_note_lacks_is_named(client_of: Clients) -> None:
    refused = client_of("alice").post("/notes", {"text": "x"}, format="json").json()
    required = ["This field is required."]
    assert refused == {"user": required, "content_type": required, "object_id": required, "status_code": 400}


def test_a_note_is_changed_without_naming_what_it_is_on(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    url = f"/notes/{send(client, world, json={'a': 1}).json()['id']}"
    changed = client.patch(url, {"text": "changed"}, format="json").json()
    assert (changed["text"], changed["json"], changed["user"]) == ("changed", {"a": 1}, "alice")
    assert client.patch(url, {"json": {"b": 2}}, format="json").json()["json"] == {"b": 2}
    moved = client.patch(url, {"content_type": "subject", "object_id": str(world.subject.pk)}, format="json")
    assert "stays on what it was written on" in moved.json()["content_type"][0]
    assert client.patch(url, {"user": "bob"}, format="json").status_code == 403


@pytest.mark.parametrize(("width", "size"), [("", (800, 400)), ("orig", (1000, 500)), ("100", (100, 50))])
def test_a_picture_is_kept_as_wide_as_asked_and_shown_to_readers(
    client_of: Clients, world: World, width: str, size: tuple[int, int]
) -> None:
    picture = BytesIO()
    Image.new("RGB", (1000, 500), "blue").save(picture, "PNG")
    picture.seek(0)
    picture.name = "x.png"
    sent = {"image": picture, **({"width": width} if width else {})}
    body = {"user": "alice", "content_type": "subject", "object_id": str(world.subject.pk), "text": "", **sent}
    url = client_of("alice").post("/notes", body, format="multipart").json()["image"]
    assert url.startswith("http://testserver/uploaded/")
    answer = client_of("bob").get(url)
    with Image.open(BytesIO(b"".join(answer.streaming_content))) as kept:
        assert kept.size == size
    assert client_of("visitor").get(url).status_code == 404
    assert client_of("anonymous").get(url).status_code == 403


def test_notes_are_found_by_the_free_filter_alone(client_of: Clients, world: World) -> None:
    client = client_of("alice")
    send(client, world, text="first")
    send(client, world, text="second", content_type="subject", object_id=str(world.subject.pk))
    by_object = client.get(f"/notes?django=object_id,{world.session.pk},text__icontains,FIRST").json()
    assert [note["text"] for note in by_object["results"]] == ["first"]
    assert client.get(f"/notes?object_id={world.session.pk}").json()["count"] == 2
