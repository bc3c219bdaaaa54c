"""What became of the rows of a dump: counts by table, and a finding for each row that is not in as it was."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 20
"""How many findings of one kind and table the terminal shows; the file names all."""


class Outcome(StrEnum):
    """What a finding says of a row."""

    REPAIRED = "repaired"
    """Entered, with a value changed."""
    MERGED = "merged"
    """Another row stands for it."""
    REFUSED = "refused"
    """Not entered."""
    LEFT_OUT = "left out"
    """Of no use here, by design."""
    NOTED = "noted"
    """Entered as it is; a person should know."""


@dataclass(frozen=True)
class Finding:
    """What a person should know of one row, or of all rows of a table (then ``row`` is empty)."""

    outcome: Outcome
    table: str
    row: str
    what: str


@dataclass
class TableCount:
    """How many rows of a table were read, and what became of them."""

    read: int = 0
    entered: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    refused: int = 0
    left_out: int = 0
    removed: int = 0
    """Links that are here and no longer in the dump."""

    @property
    def is_complete(self) -> bool:
        """Whether every row that was read is accounted for."""
        within = self.entered + self.changed + self.unchanged
        return self.read == within + self.merged + self.refused + self.left_out


@dataclass
class Report:
    """The outcome of an import."""

    file: str
    tables: dict[str, TableCount] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    written: bool = False
    dry_run: bool = False

    @property
    def refused(self) -> int:
        """How many rows are not in."""
        return sum(count.refused for count in self.tables.values())

    def of(self, outcome: Outcome) -> list[Finding]:
        """Return the findings of one kind."""
        return [finding for finding in self.findings if finding.outcome is outcome]

    def as_json(self) -> dict[str, Any]:
        """Return all of it as values of JSON."""
        return {
            "file": self.file,
            "written": self.written,
            "dry_run": self.dry_run,
            "refused": self.refused,
            "tables": {name: asdict(count) for name, count in sorted(self.tables.items())},
            "findings": [asdict(finding) for finding in self.findings],
        }

    def as_text(self, *, shown: int | None = SHOWN) -> str:
        """Return it for people: what happened, a line per table, then the findings.

        Parameters
        ----------
        shown : int, optional
            How many findings of one kind and table; None: all.
        """
        return "\n".join([self.verdict(), "", *self._table_lines(), *self._finding_lines(shown)])

    def verdict(self) -> str:
        """Say in a sentence or two what happened to the dump as a whole."""
        read = sum(count.read for count in self.tables.values())
        refused = f"{self.refused} refused" if self.refused else "none refused"
        fate = "written"
        if not self.written:
            fate = "nothing was written: a dry run" if self.dry_run else "nothing was written"
        advice = ""
        if self.refused and not self.written and not self.dry_run:
            advice = "; mend the dump by what is said below, or enter the rest with --keep-going"
        return f"{self.file}: {read} rows and links read, {refused}; {fate}{advice}"

    def _table_lines(self) -> Iterator[str]:
        repaired: dict[str, set[str]] = defaultdict(set)
        for finding in self.of(Outcome.REPAIRED):
            repaired[finding.table].add(finding.row)
        names = ("read", "entered", "changed", "unchanged", "merged", "refused", "left_out")
        width = max((len(name) for name in self.tables), default=5)
        yield "table".ljust(width) + "".join(name.replace("_", " ").rjust(10) for name in (*names, "repaired"))
        for name, count in sorted(self.tables.items()):
            figures = [getattr(count, each) for each in names]
            if any(figures):
                yield name.ljust(width) + "".join(str(each).rjust(10) for each in (*figures, len(repaired[name])))

    def _finding_lines(self, shown: int | None) -> Iterator[str]:
        groups: dict[tuple[Outcome, str], list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.outcome, finding.table].append(finding)
        order = list(Outcome)
        for (outcome, table), found in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
            yield f"\n{outcome} in {table}:"
            for finding in found[:shown]:
                yield f"  {finding.row}: {finding.what}" if finding.row else f"  {finding.what}"
            if shown is not None and len(found) > shown:
                yield f"  and {len(found) - shown} more; --report FILE names all"
