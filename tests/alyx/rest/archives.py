"""Reads archives of cache tables, and fills the collaboration with data of several rights."""

import io
import json
import zipfile
from typing import Any

import pandas as pd
from rest_framework.test import APIClient
from tests.alyx.factories import PASSWORD, World, make_dataset, make_session

from bregma.alyx.accounts import create_user
from bregma.alyx.data.models import Tag
from bregma.alyx.misc.models import Lab, LabMembership
from bregma.alyx.subjects.models import Subject

Tables = dict[str, pd.DataFrame]


def body(answer: Any) -> bytes:
    """Return all bytes of an answer."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def unpack(content: bytes) -> Tables:
    """Read the tables in an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        names = [name for name in zipped.namelist() if name.endswith(".pqt")]
        return {name.removesuffix(".pqt"): pd.read_parquet(io.BytesIO(zipped.read(name))) for name in names}


def load(client: APIClient, query: str = "") -> Tables:
    """Download the tables."""
    return unpack(body(client.get(f"/cache.zip{query}")))


def etag(client: APIClient, path: str = "/cache/info/") -> str:
    """Return what names the state of the tables."""
    return str(client.get(path).headers["ETag"])


def changes(client: APIClient, since: str, query: str = "") -> tuple[dict[str, Any], Tables]:
    """Download what changed since a state: what is told of it, and the tables."""
    answer = client.get("/cache/delta", {"since": since, **({"tag": query} if query else {})})
    assert answer.status_code == 200, answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        return json.loads(zipped.read("delta.json")), unpack(answer.content)


def mix_rights(world: World) -> World:
    """Add a public dataset and a private one of the lab, one of another lab; and guests of both."""
    make_dataset(world.session, tag=Tag.objects.create(name="release", public=True))
    make_dataset(make_session(world.subject, number=2), tag=Tag.objects.create(name="internal"))
    other = Subject.objects.create(nickname="other", lab=world.other_lab)
    make_dataset(make_session(other))
    empty = Lab.objects.create(name="emptylab")
    for name, lab in (("guest", world.lab), ("elsewhere", empty)):
        world.people[name] = create_user(name, PASSWORD, labs=[])
        LabMembership.objects.create(user=world.people[name], lab=lab, role="guest")
    return world
