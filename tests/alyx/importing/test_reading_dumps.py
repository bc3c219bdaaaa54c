"""Dumps are read to their end, or refused with words."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from bregma.alyx.importing import BadDump
from bregma.alyx.importing.reading import json_dump, read_rows
from bregma.alyx.importing.reading.sql_text import literal_rows, unescape

if TYPE_CHECKING:
    from pathlib import Path

COPIED = """--
-- PostgreSQL database dump
--
SET client_encoding = 'UTF8';
COPY public.misc_lab (id, name, json) FROM stdin;
4027da48\tone\\\\two\\nthree\t\\N
5027da48\t\t{"a": "\\\\n"}
\\.
COPY public.misc_food (id) FROM stdin;
\\.
"""
INSERTED = """-- dump
CREATE TABLE public.misc_lab (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    CONSTRAINT lab_name CHECK ((name <> ''::text))
);
INSERT INTO public.misc_lab VALUES ('4027', 'it''s; (one), two
lines\\'), ('5027', NULL);
INSERT INTO public.misc_food (id, "name") VALUES (1, E'tab\\there');
"""


def texts(path: Path, text: str) -> list[tuple[str, dict[str, object]]]:
    path.write_text(text)
    return [(row.source, row.values) for row in read_rows(path)]


def test_copy_blocks_are_rows_of_text(tmp_path: Path) -> None:
    assert texts(tmp_path / "a.sql", COPIED) == [
        ("misc_lab", {}),
        ("misc_lab", {"id": "4027da48", "name": "one\\two\nthree", "json": None}),
        ("misc_lab", {"id": "5027da48", "name": "", "json": '{"a": "\\n"}'}),
        ("misc_food", {}),
    ]


def test_inserts_take_their_columns_from_the_table_or_the_statement(tmp_path: Path) -> None:
    assert texts(tmp_path / "a.sql", INSERTED) == [
        ("misc_lab", {"id": "4027", "name": "it's; (one), two\nlines\\"}),
        ("misc_lab", {"id": "5027", "name": None}),
        ("misc_food", {"id": "1", "name": "tab\there"}),
    ]


def test_a_long_json_dump_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_dump, "BLOCK", 7)
    rows = [{"model": "misc.Lab", "pk": str(i), "fields": {"name": "x" * i}} for i in range(60)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, indent=2))
    assert [row.values["name"] for row in read_rows(path)] == ["x" * i for i in range(60)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: neither JSON"),
        (b"hello", "begins with 'hello': neither JSON"),
        (b"PGDMP\x01", "pg_restore -f alyx.sql"),
        (b'[{"model": "misc.lab", "pk": 1, "fie', "no JSON at character"),
        (b"[1, 2]", "object 1 has no model"),
        (b'[{"model": "misc.lab"}]', "has no fields"),
        (gzip.compress(b"[" + b" " * 9999)[:20], "ends early"),
        (b"\x1f\x8bnothing that was packed", "is damaged"),
        (b'[{"model": "\xff"}]', "no UTF-8"),
        (b"COPY misc_lab (id, name) FROM stdin;\n1\tx\n", "ends within the rows of misc_lab"),
        (b"COPY misc_lab (id, name) FROM stdin;\n1\n\\.\n", "1 values for the 2 columns"),
        (b"INSERT INTO misc_lab VALUES (1);\n", "columns of misc_lab are not known"),
        (b"INSERT INTO misc_lab (id) VALUES (1, 2);\n", "2 values for the 1 columns"),
        (b"INSERT INTO misc_lab (id) VALUES ('1\n", "has no end"),
        (b"INSERT INTO misc_lab (id) VALUES (now());\n", "no value at"),
    ],
)
def test_a_bad_file_is_refused_with_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "dump"
    path.write_bytes(content)
    with pytest.raises(BadDump, match=words.replace("(", r"\(")):
        list(read_rows(path))


def test_escapes_of_copy_are_those_of_postgresql() -> None:
    assert unescape(r"a\tb\\n\x41\101\.") == "a\tb\\nAA."


def test_literals_keep_commas_and_brackets() -> None:
    assert list(literal_rows("('a,(b)', true, -1.5, NULL, '{}'::jsonb), ('', f, 2, 'x', NULL);", "here")) == [
        ["a,(b)", "true", "-1.5", None, "{}"],
        ["", "f", "2", "x", None],
    ]
