"""The dumps of the reference: every row in or named, twice the same, and the same by JSON as by SQL."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest
from tests.alyx.importing.dumps import content, files, lab, subject, write

from bregma.alyx.importing import Options, import_dump
from bregma.alyx.importing.content_types import read_names
from bregma.alyx.importing.tables import Catalogue
from bregma.services.postgres import SUPERUSER, server_program, socket_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.migrated import MigratedDump

    from bregma.services.home import Home


@pytest.fixture(params=["the demo rows", "the wire's rows"])
def dump(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    """Return a dump of the reference."""
    names = {"the demo rows": "data/alyx_reference/all_dumped_anon.json.gz", "the wire's rows": "wire/dataset.json.gz"}
    path: Path = shared_data.parent / names[request.param]
    if not path.exists():
        pytest.skip(f"no {path}")
    return path


def options_for(dump: Path) -> Options:
    names = dump.with_name("content_types.json")
    return Options(content_types=read_names(names) if names.exists() else {})


def test_every_row_of_the_reference_is_in_and_twice_is_the_same(db: None, dump: Path) -> None:
    report = import_dump(dump, options_for(dump))
    assert report.written
    assert report.refused == 0
    catalogue = Catalogue()
    wanted = Counter(catalogue.models[row["model"]] for row in json.loads(gzip.decompress(dump.read_bytes())))
    assert {name: report.tables[name].read for name in wanted} == wanted
    assert all(count.is_complete for count in report.tables.values())
    before = content()
    again = import_dump(dump, options_for(dump))
    assert content() == before
    assert sum(count.entered + count.changed + count.removed for count in again.tables.values()) == 0


@pytest.fixture
def database(django_db_setup: None, home: Home, migrated_dump: MigratedDump) -> Callable[[str], str]:
    """Return a maker of migrated databases: by name, gives an address."""

    def make(name: str) -> str:
        run(home, "createdb", name)
        run(home, "pg_restore", "-d", name, str(migrated_dump.path))
        return f"postgresql://{SUPERUSER}@/{name}?host={quote(str(socket_folder(home)), safe='')}"

    return make


def run(home: Home, program: str, *arguments: str) -> str:
    command = [server_program(program), "-h", str(socket_folder(home)), "-U", SUPERUSER, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def bring_in(url: str, dump: Path) -> Any:
    """Import through the command, as people do."""
    environment = {**os.environ, "BREGMA_DATABASE_URL": url}
    command = [sys.executable, "-c", "from bregma.cli import main; main()", "alyx", "import", str(dump), "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def rows_in(url: str) -> dict[str, list[Any]]:
    found = {}
    with psycopg.connect(url) as connection:
        for table in [*Catalogue().tables, "colony_cage"]:
            texts = connection.execute(f"SELECT (to_jsonb(t) - 'id')::text FROM {table} t ORDER BY 1")
            found[table] = texts.fetchall()
    return found


@pytest.mark.long
def test_the_same_rows_come_by_sql_as_by_json(database: Callable[[str], str], home: Home, tmp_path: Path) -> None:
    packed = write(tmp_path / "alyx.json.gz", [*lab(), *files(), subject("m3", cage="C1")])
    first, second, third = database("by_json"), database("by_sql"), database("by_inserts")
    bring_in(first, packed)
    tables = [f"--table={name}" for name in (*Catalogue().tables, "django_content_type", "django_migrations")]
    for url, style in ((second, []), (third, ["--inserts", "--rows-per-insert=7"])):
        sql = tmp_path / "alyx.sql.gz"
        sql.write_bytes(gzip.compress(run(home, "pg_dump", *tables, *style, "by_json").encode()))
        report = bring_in(url, sql)
        assert report["written"]
        assert rows_in(url) == rows_in(first)
