"""Reads the plain text of ``pg_dump``: COPY blocks, and INSERT statements of dumps made with ``--inserts``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bregma.alyx.importing.errors import BadDump
from bregma.alyx.importing.reading.rows import DumpRow
from bregma.alyx.importing.reading.sql_text import column_names, literal_rows, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = r'(?:"?\w+"?\.)?"?(\w+)"?'
COPY = re.compile(rf"COPY {NAME} \((.*)\) FROM stdin;\s*$", re.IGNORECASE)
INSERT = re.compile(rf"INSERT INTO {NAME}\s*(?:\(([^)]*)\))?\s*(?:OVERRIDING \w+ VALUE\s+)?VALUES\s*", re.IGNORECASE)
CREATE = re.compile(rf"CREATE TABLE {NAME} \(\s*$", re.IGNORECASE)
END = "\\."


class Lines(Protocol):
    """A text that is read by lines."""

    def lines(self) -> Iterator[str]:
        """Give the lines, each with its end."""


def read_sql(text: Lines, *, name: str) -> Iterator[DumpRow]:
    """Give the rows of all tables of a dump; values are texts and None.

    Raises
    ------
    BadDump
        If a block of rows ends early, or a statement cannot be read.
    """
    lines = enumerate(text.lines(), start=1)
    columns: dict[str, list[str]] = {}
    for number, line in lines:
        if found := COPY.match(line):
            yield DumpRow(found[1], {}, "")
            yield from _copied(lines, found[1], column_names(found[2]), name)
        elif found := CREATE.match(line):
            columns[found[1]] = list(_declared(lines))
        elif found := INSERT.match(line):
            statement = line[found.end() :] + _rest(line[found.end() :], lines, name, number)
            known = column_names(found[2]) if found[2] else columns.get(found[1])
            yield from _inserted(statement, found[1], known, f"{name}: line {number}")


def _copied(lines: Iterator[tuple[int, str]], table: str, columns: list[str], name: str) -> Iterator[DumpRow]:
    for number, line in lines:
        row = line.rstrip("\n").removesuffix("\r")
        if row == END:
            return
        values = row.split("\t")
        if len(values) != len(columns):
            raise BadDump(f"{name}: line {number} has {len(values)} values for the {len(columns)} columns of {table}")
        texts = [None if value == "\\N" else unescape(value) for value in values]
        yield DumpRow(table, dict(zip(columns, texts, strict=True)), f"line {number}")
    raise BadDump(f"{name} ends within the rows of {table}: it was not copied whole; fetch it again")


def _declared(lines: Iterator[tuple[int, str]]) -> Iterator[str]:
    """Give the columns that CREATE TABLE declares, a line each."""
    for _, line in lines:
        if line.startswith(")"):
            return
        word = line.split()[0].strip('"') if line.strip() else ""
        if word and word.upper() not in ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"):
            yield word


def _rest(statement: str, lines: Iterator[tuple[int, str]], name: str, number: int) -> str:
    """Read on to the end of a statement: a semicolon at the end of a line, outside of quotes."""
    quotes, ended, more = statement.count("'"), statement.rstrip().endswith(";"), []
    while quotes % 2 or not ended:
        _, line = next(lines, (0, ""))
        if not line:
            raise BadDump(f"{name}: the INSERT of line {number} has no end; fetch the file again")
        more.append(line)
        quotes, ended = quotes + line.count("'"), line.rstrip().endswith(";")
    return "".join(more)


def _inserted(statement: str, table: str, columns: list[str] | None, place: str) -> Iterator[DumpRow]:
    if columns is None:
        raise BadDump(f"{place}: the columns of {table} are not known; dump with --column-inserts or with the schema")
    for values in literal_rows(statement, place):
        if len(values) != len(columns):
            raise BadDump(f"{place} has {len(values)} values for the {len(columns)} columns of {table}")
        yield DumpRow(table, dict(zip(columns, values, strict=True)), place.rpartition(": ")[2])
