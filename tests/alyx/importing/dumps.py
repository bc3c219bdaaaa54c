"""Small dumps of Alyx, made in place: rows by model, with keys that can be read."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from django.db import connection

from bregma.alyx.importing.tables import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
BORN = "2023-01-01"


def key(name: str) -> str:
    """Return a uuid that a name always has."""
    return str(uuid5(NAMESPACE_OID, name))


def row(model: str, called: str, /, **fields: Any) -> Row:
    """Make a row with the key of what it is called."""
    return {"model": model, "pk": key(called), "fields": fields}


def lab() -> list[Row]:
    """Make a lab, its person and two mice."""
    person = {"username": "mia", "password": "", "is_active": True, "is_staff": True, "is_superuser": False}
    person |= {"date_joined": "2023-01-01T00:00:00", "groups": [], "user_permissions": [], "allowed_users": []}
    return [
        row("misc.lab", "lab", name="northlab", timezone="Europe/London", repositories=[]),
        row("misc.labmember", "mia", first_name="", last_name="", email="", last_login=None, **person),
        subject("m1"),
        subject("m2"),
    ]


def subject(name: str, /, **fields: Any) -> Row:
    """Make a mouse of the lab."""
    given = {"nickname": name, "lab": key("lab"), "responsible_user": key("mia"), "sex": "F", "birth_date": BORN}
    return row("subjects.subject", name, **{**given, "projects": [], "cage": "", "death_date": None, **fields})


def session(name: str, /, number: int | None = 1, **fields: Any) -> Row:
    """Make a session of the first mouse."""
    given = {"subject": key("m1"), "start_time": "2023-05-01T09:00:00", "end_time": None, "users": [key("mia")]}
    return row("actions.session", name, **{**given, "number": number, "procedures": [], "projects": [], **fields})


def restriction(name: str, start: str, end: str | None = None) -> Row:
    """Make a water restriction of the first mouse."""
    links = {"users": [], "procedures": []}
    return row("actions.waterrestriction", name, subject=key("m1"), start_time=start, end_time=end, **links)


def files() -> list[Row]:
    """Make a session with a dataset, its type, format, tag and file record."""
    return [
        session("s1"),
        row("data.datasettype", "type", name="lights.times", filename_pattern="", created_by=None),
        row("data.dataformat", "format", name="lamp", file_extension=".lamp"),
        row("data.tag", "tag", name="keep", protected=True, public=False),
        row("data.datarepository", "repository", name="attic", data_url=None, globus_path="/attic/", json=None),
        dataset("d1"),
        row(
            "data.filerecord",
            "f1",
            dataset=key("d1"),
            data_repository=key("repository"),
            relative_path="m1/2023-05-01/001/lights.times.lamp",
            exists=True,
        ),
    ]


def dataset(called: str, /, **fields: Any) -> Row:
    """Make a dataset of the first session."""
    given = {"name": "lights.times.lamp", "session": key("s1"), "dataset_type": key("type"), "collection": "alf"}
    given |= {"data_format": key("format"), "created_by": key("mia"), "tags": [key("tag")], "default_dataset": True}
    return row(
        "data.dataset", called, **{**given, "revision": None, "created_datetime": "2023-05-02T00:00:00", **fields}
    )


def write(path: Path, rows: list[Row]) -> Path:
    """Write a dump, gzipped where its name says so."""
    text = json.dumps(rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def content() -> dict[str, list[str]]:
    """Return every row of every table that an import fills, and of the cages it makes."""
    tables = [*Catalogue(with_tokens=True).tables, "colony_cage"]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT (to_jsonb(t) - 'id')::text || t::text FROM {table} t ORDER BY 1")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found
