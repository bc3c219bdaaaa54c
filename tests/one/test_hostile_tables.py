"""Archives and tables that lie: nothing of them comes into the folder, and what was there stays."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
import pyarrow.parquet as pq
import pytest

from bregma.one import InvalidTables
from bregma.one.tables import TablesInfo
from bregma.one.tables.archive import read_changes, unpack_tables
from bregma.one.tables.snapshot import read_info

if TYPE_CHECKING:
    from pathlib import Path

ROW = {"id": "d0ea3148-948d-4817-94f8-dcaf2342bbbe", "subject": "KS014", "date": None, "number": 1}


def table() -> bytes:
    file = io.BytesIO()
    pl.DataFrame([ROW], schema_overrides={"date": pl.Date}).write_parquet(file)
    return file.getvalue()


def packed(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def changed(content: bytes, *, flag: int = 0, size: int | None = None) -> bytes:
    """Say of the first member that it is encrypted, or of another size."""
    lying = bytearray(content)
    listed = lying.index(b"PK\x01\x02")
    lying[listed + 8] |= flag
    lying[6] |= flag
    if size is not None:
        lying[listed + 24 : listed + 28] = size.to_bytes(4, "little")
    return bytes(lying)


@pytest.mark.parametrize(
    "content",
    [
        b"<html>",
        packed(("sessions.pqt", b"no table")),
        packed(("datasets.pqt", b"")),
        packed(("sessions.pqt", bytes(200_000_000))),
        changed(packed(("sessions.pqt", table())), flag=1),
        changed(packed(("sessions.pqt", table())), size=10),
        changed(packed(("sessions.pqt", table())), size=(1 << 32) - 2),
        packed(("sessions.pqt", table()))[:-30],
    ],
    ids=["html", "no table", "none", "bomb", "encrypted", "shorter", "longer", "cut"],
)
def test_a_lying_archive_is_refused_in_this_rooms_words(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "cache.zip"
    archive.write_bytes(content)
    (tmp_path / "new").mkdir()
    with pytest.raises(InvalidTables):
        unpack_tables(archive, tmp_path / "new", "https://alyx.lab/cache.zip")
    with pytest.raises(InvalidTables):
        read_changes(content, "https://alyx.lab/cache/delta")


def test_members_that_lead_out_come_into_the_folder_or_not_at_all(tmp_path: Path) -> None:
    archive = tmp_path / "cache.zip"
    members = [("../../sessions.pqt", table()), ("/etc/cron.d/x", b"x"), ("../x.py", b"x")]
    archive.write_bytes(packed(*members))
    (tmp_path / "new").mkdir()
    unpack_tables(archive, tmp_path / "new", "there")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cache.zip", "new", "sessions.pqt"]
    assert (tmp_path / "new/sessions.pqt").is_file()


@pytest.mark.parametrize(
    "told", ["", "no json", "[]", "null", "[" * 100_000, '{"database_tags": 5, "origin": {"a": 1}}']
)
def test_senseless_words_of_a_table_about_itself_are_no_words(tmp_path: Path, told: str) -> None:
    path = tmp_path / "sessions.pqt"
    content = pq.read_table(io.BytesIO(table()))
    pq.write_table(content.replace_schema_metadata({b"one_metadata": told.encode()}), path)
    assert read_info(path).date_created == ""
    assert TablesInfo.from_json(told or "{}").database_tags == ()
