"""Opens a dump, packed or not, and tells JSON from SQL by how it begins."""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from bregma.alyx.importing.errors import BadDump
from bregma.alyx.importing.reading.json_dump import read_json
from bregma.alyx.importing.reading.sql_dump import read_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bregma.alyx.importing.reading.rows import DumpRow

GZIP = b"\x1f\x8b"
CUSTOM = b"PGDMP"
SQL_BEGINNINGS = ("--", "/*", "SET ", "COPY ", "INSERT ", "CREATE ", "BEGIN", "SELECT ", "ALTER ", "\\")


@contextmanager
def open_dump(path: Path) -> Iterator[TextIO]:
    """Open a dump as text, unpacked.

    Raises
    ------
    BadDump
        If it ends early, is packed in a broken way, is no text or is of PostgreSQL's own format.
    """
    try:
        with path.open("rb") as raw:
            start = raw.peek(len(CUSTOM))
            if start.startswith(CUSTOM):
                raise BadDump(f"{path} is of pg_dump's own format; write it as text: pg_restore -f alyx.sql {path}")
            unpacked = gzip.GzipFile(fileobj=raw) if start.startswith(GZIP) else raw
            yield io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="\n")
    except EOFError as error:
        raise BadDump(f"{path} ends early: it was not copied whole; fetch it again") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadDump(f"{path} is damaged ({error}); fetch it again") from error
    except UnicodeDecodeError as error:
        raise BadDump(
            f"{path} is no UTF-8 text: byte {error.start} of a block cannot be read; dump as UTF-8"
        ) from error


def read_rows(path: Path) -> Iterator[DumpRow]:
    """Give the rows of a dump in the order of the file, holding only a part of it in memory.

    Parameters
    ----------
    path : Path
        JSON of ``manage.py dumpdata``, or plain text of ``pg_dump``; gzipped or not.

    Raises
    ------
    BadDump
        If the file is neither, or cannot be read to its end.
    """
    with open_dump(path) as text:
        start = text.read(4096)
        rest = _Joined(start, text)
        if start.lstrip().startswith(("[", "{")):
            yield from read_json(rest, name=str(path))
        elif start.lstrip().upper().startswith(SQL_BEGINNINGS):
            yield from read_sql(rest, name=str(path))
        else:
            what = "is empty" if not start.strip() else f"begins with {start.strip()[:20]!r}"
            raise BadDump(f"{path} {what}: neither JSON of dumpdata nor SQL of pg_dump; give one of these")


class _Joined:
    """A text that was read a little into, from its start on."""

    def __init__(self, start: str, rest: TextIO) -> None:
        self.start = start
        self.rest = rest

    def read(self, size: int) -> str:
        start, self.start = self.start, ""
        return start or self.rest.read(size)

    def lines(self) -> Iterator[str]:
        """Give the lines, each with its end."""
        yield from _as_lines(self.start + self.rest.readline())
        yield from self.rest


def _as_lines(text: str) -> Iterator[str]:
    """Cut at line feeds only: other separators belong to values."""
    while text:
        line, end, text = text.partition("\n")
        yield line + end
