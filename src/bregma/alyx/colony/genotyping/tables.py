"""Reads results of genotype tests from a table, such as a laboratory sends; nothing is written here.

One row per animal, with a column for each sequence; or one row per test, with the columns ``sequence`` and ``result``.
Other columns, such as the well of a plate, are left aside.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.alyx import policy
from bregma.alyx.colony.genotyping.services import Result
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.subjects.models import Sequence, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

NAMES = ("subject", "nickname", "animal", "mouse", "sample")
FOUND = frozenset({"+", "pos", "positive", "present", "1", "yes", "y", "true", "p"})
NOT_FOUND = frozenset({"-", "−", "neg", "negative", "absent", "0", "no", "n", "false", "a"})
UNTESTED = frozenset({"", "?", "nt", "n/a", "na", "not tested", "untested"})
MOST_ROWS = 5000
MOST_BYTES = 2 * 1024**2

Row = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One result of the table, in words."""

    subject: str
    sequence: str
    present: bool


@dataclass(frozen=True)
class Table:
    """What a table says, and what in it could not be understood."""

    lines: tuple[Line, ...]
    results: tuple[Result, ...]
    problems: tuple[str, ...]
    ignored: tuple[str, ...]


def read_table(content: bytes, *, user: Any) -> Table:
    """Return the results that a CSV file holds, for animals that a person may read.

    Raises
    ------
    InvalidRequest
        If it is no table with a column of animals; the message names the columns that it has.
    """
    rows = _rows(content)
    columns = list(rows[0]) if rows else []
    name = next((column for column in columns if column.lower() in NAMES), None)
    if name is None:
        raise InvalidRequest(f"no column is called {' or '.join(NAMES)}; this table has {', '.join(columns) or 'none'}")
    if len(rows) > MOST_ROWS:
        raise InvalidRequest(f"the table has {len(rows)} rows; send {MOST_ROWS} at most at once")
    sequences = {one.name.lower(): one for one in Sequence.objects.all()}
    subjects = _subjects({row[name] for row in rows}, user)
    reader = _Reader(name, sequences, subjects)
    for number, row in enumerate(rows, start=2):
        reader.read(number, row)
    return reader.table(columns)


def _rows(content: bytes) -> list[Row]:
    if len(content) > MOST_BYTES:
        raise InvalidRequest(f"the file has {len(content)} bytes; send {MOST_BYTES} at most")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest("this is no text in UTF-8; save the table as CSV (UTF-8)") from error
    head = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=head.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    kept = ({(key or "").strip(): (value or "").strip() for key, value in row.items() if key} for row in reader)
    return [row for row in kept if any(row.values())]


def _subjects(names: set[str], user: Any) -> dict[str, list[Subject]]:
    found: dict[str, list[Subject]] = {}
    for one in policy.readable(user, Subject.objects.filter(nickname__in=names).select_related("lab")):
        found.setdefault(one.nickname, []).append(one)
    return found


class _Reader:
    def __init__(self, name: str, sequences: Mapping[str, Sequence], subjects: Mapping[str, list[Subject]]) -> None:
        self.name, self.sequences, self.subjects = name, sequences, subjects
        self.lines: list[Line] = []
        self.results: dict[tuple[UUID, UUID], Result] = {}
        self.problems: list[str] = []

    def read(self, number: int, row: Row) -> None:
        """Take one row, or note what is wrong with it."""
        nickname = row[self.name]
        found = self.subjects.get(nickname, [])
        lab = next((value for key, value in row.items() if key.lower() == "lab"), "")
        found = [one for one in found if not lab or one.lab.name == lab]
        if len(found) != 1:
            why = "no animal is called so" if not found else "several labs have one; add a column called lab"
            self.problems.append(f"row {number}: {nickname or 'no name'}: {why}")
            return
        for sequence, words in self._tests(number, row):
            self._take(number, found[0], sequence, words)

    def _tests(self, number: int, row: Row) -> Iterator[tuple[Sequence, str]]:
        lowered = {key.lower(): value for key, value in row.items()}
        if "sequence" in lowered and "result" in lowered:
            sequence = self.sequences.get(lowered["sequence"].lower())
            if sequence is None:
                self.problems.append(f"row {number}: no sequence is called {lowered['sequence']!r}")
            else:
                yield sequence, lowered["result"]
            return
        for column, words in lowered.items():
            if column in self.sequences:
                yield self.sequences[column], words

    def _take(self, number: int, subject: Subject, sequence: Sequence, words: str) -> None:
        said = words.strip().lower()
        if said in UNTESTED:
            return
        if said not in FOUND | NOT_FOUND:
            self.problems.append(f"row {number}: {sequence.name}: {words!r} is neither + nor -")
            return
        present = said in FOUND
        before = self.results.setdefault((subject.pk, sequence.pk), Result(subject.pk, sequence.pk, present))
        if before.present != present:
            self.problems.append(f"row {number}: {subject} {sequence.name}: an earlier row says the opposite")
            return
        self.lines.append(Line(str(subject), sequence.name, present))

    def table(self, columns: Iterable[str]) -> Table:
        """Return what was read."""
        known = {self.name.lower(), "lab", "sequence", "result", *self.sequences}
        ignored = tuple(column for column in columns if column.lower() not in known)
        return Table(tuple(self.lines), tuple(self.results.values()), tuple(self.problems), ignored)
