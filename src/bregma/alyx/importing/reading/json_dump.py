"""Reads the JSON of ``manage.py dumpdata``, an object at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from bregma.alyx.importing.errors import BadDump
from bregma.alyx.importing.reading.rows import DumpRow

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 1 << 20
BETWEEN = " \t\r\n,[]"


class Readable(Protocol):
    """A text that is read in blocks."""

    def read(self, size: int) -> str:
        """Return the next part, empty at the end."""


def read_json(text: Readable, *, name: str) -> Iterator[DumpRow]:
    """Give the objects of a dump as rows.

    Raises
    ------
    BadDump
        If the text is not JSON, or an object is not a row.
    """
    for number, found in enumerate(_objects(text, name), start=1):
        place = f"object {number}"
        if not isinstance(found, dict) or not isinstance(found.get("model"), str):
            raise BadDump(f"{name}: {place} has no model; give a dump of manage.py dumpdata")
        fields = found.get("fields")
        if not isinstance(fields, dict):
            raise BadDump(f"{name}: {place} ({found['model']}) has no fields; give a dump of manage.py dumpdata")
        yield DumpRow(found["model"].lower(), {**fields, "pk": found.get("pk")}, place)


def _objects(text: Readable, name: str) -> Iterator[Any]:
    """Decode one value after another; of the text, only what is not decoded yet is kept."""
    decode = json.JSONDecoder().raw_decode
    buffer, start, wanted, passed = "", 0, BLOCK, 0
    while True:
        start = _skip(buffer, start)
        try:
            found, start = decode(buffer, start)
        except json.JSONDecodeError as error:
            more = text.read(wanted)
            if not more and start < len(buffer):
                raise BadDump(f"{name}: no JSON at character {passed + error.pos}: {error.msg}") from error
            if not more:
                return
            passed, buffer, start = passed + start, buffer[start:] + more, 0
            wanted = max(BLOCK, len(buffer))
        else:
            yield found


def _skip(buffer: str, start: int) -> int:
    while start < len(buffer) and buffer[start] in BETWEEN:
        start += 1
    return start
