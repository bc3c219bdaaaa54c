"""How PostgreSQL writes values as text: escapes of COPY, literals of INSERT, arrays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bregma.alyx.importing.errors import BadDump

if TYPE_CHECKING:
    from collections.abc import Iterator

ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
TYPED = r"(?:::[\w ]+(?:\[\])?)?\s*(?P<end>[,)])"
TEXT = re.compile(r"\s*'(?P<text>(?:[^']|'')*)'" + TYPED)
"""A text in which a backslash is only a backslash."""
ESCAPED = re.compile(r"\s*[Ee]'(?P<escaped>(?:[^'\\]|''|\\.)*)'" + TYPED, re.DOTALL)
WORD = re.compile(r"\s*(?P<word>[^\s,()']+)" + TYPED)
OPEN = re.compile(r"[\s,]*\(")


def unescape(value: str) -> str:
    """Return the text that COPY wrote with escapes."""
    return ESCAPE.sub(_escaped, value) if "\\" in value else value


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    if found[2]:
        return chr(int(found[2], 8))
    return LETTERS.get(found[3], found[3])


def column_names(text: str) -> list[str]:
    """Return the names of a list of columns."""
    return [name.strip().strip('"') for name in text.split(",")]


def literal_rows(statement: str, place: str) -> Iterator[list[str | None]]:
    """Give the rows of a VALUES list.

    Raises
    ------
    BadDump
        If a value is no literal.
    """
    position = 0
    while opened := OPEN.match(statement, position):
        row, position, end = [], opened.end(), ","
        while end == ",":
            found = _literal(statement, position)
            if found is None:
                raise BadDump(f"{place}: no value at {statement[position : position + 30]!r}; dump without --inserts")
            row.append(_value(found))
            position, end = found.end(), found["end"]
        yield row


def _literal(statement: str, position: int) -> re.Match[str] | None:
    matches = (pattern.match(statement, position) for pattern in (TEXT, ESCAPED, WORD))
    return next((match for match in matches if match), None)


def _value(found: re.Match[str]) -> str | None:
    groups = found.groupdict()
    if "text" in groups:
        return str(groups["text"]).replace("''", "'")
    if "escaped" in groups:
        return unescape(str(groups["escaped"]).replace("''", "'"))
    return None if groups["word"].upper() == "NULL" else str(groups["word"])


def array_items(text: str) -> list[str]:
    """Return the items of a flat array of numbers, such as ``{1,2}``."""
    inner = text.strip().removeprefix("{").removesuffix("}")
    return [item.strip().strip('"') for item in inner.split(",")] if inner else []
