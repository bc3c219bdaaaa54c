"""Where rows wait: temporary tables with the columns of the real ones, filled by COPY, judged and mended by SQL."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bregma.alyx.importing.report import Finding, Outcome
from bregma.alyx.importing.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from bregma.alyx.importing.shaping import Shaped
    from bregma.alyx.importing.tables import Catalogue, Table

BLOCK = 5_000
FINDINGS = "import_finding"


def waiting(table: str) -> str:
    """Return the name of the temporary table in which rows for a table wait."""
    return quoted(f"import_{table}")


@dataclass
class Stage:
    """The rows that wait, in temporary tables of this connection that end with the transaction."""

    connection: BaseDatabaseWrapper
    catalogue: Catalogue
    tables: dict[str, Table] = field(default_factory=dict)
    """Tables for which rows wait."""
    _blocks: dict[str, list[list[str | None]]] = field(default_factory=lambda: defaultdict(list))
    _n: int = 0

    def open(self) -> None:
        """Make the table of findings."""
        columns = "outcome text, tbl text, row text, what text"
        self.run(f"DROP TABLE IF EXISTS pg_temp.{FINDINGS}; CREATE TEMP TABLE {FINDINGS} ({columns}) ON COMMIT DROP")

    def close(self) -> None:
        """Remove what waits, for a transaction that goes on."""
        names = [FINDINGS, *(waiting(table) for table in self.tables)]
        self.run("".join(f"DROP TABLE IF EXISTS pg_temp.{name};" for name in names))

    def run(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Execute SQL and return its rows, none for a statement that gives none."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, list(parameters) or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, sql: str, parameters: Iterable[Any] = ()) -> int:
        """Return the one number that a query gives."""
        return int(self.run(sql, parameters)[0][0])

    def add(self, row: Shaped) -> None:
        """Let a row wait."""
        self._n += 1
        block = self._blocks[row.table.name]
        block.append([*row.values, str(self._n)])
        if len(block) >= BLOCK:
            self._copy(row.table, block)

    def settle(self) -> None:
        """Write what is still in memory, and let the server plan by what is there."""
        for name, block in self._blocks.items():
            if block:
                self._copy(self.catalogue.tables[name], block)
        for name, table in self.tables.items():
            keys = ", ".join(quoted(column) for column in table.key)
            self.run(f"CREATE INDEX ON {waiting(name)} ({keys}); ANALYZE {waiting(name)}")

    def find(self, outcome: Outcome, table: Table, statement: str, parameters: Iterable[Any] = ()) -> int:
        """Execute a statement that returns ``row, what`` for each row it touches; each becomes a finding.

        Returns
        -------
        int
            How many.
        """
        counted = f"""WITH hit(row, what) AS ({statement}), told AS (
            INSERT INTO {FINDINGS} SELECT %s, %s, row, what FROM hit RETURNING 1)
            SELECT count(*) FROM told"""
        return self.count(counted, [*parameters, outcome.value, table.name])

    def findings(self) -> list[Finding]:
        """Return all findings that SQL made."""
        return [
            Finding(Outcome(outcome), *rest)
            for outcome, *rest in self.run(f"SELECT outcome, tbl, row, what FROM {FINDINGS} ORDER BY 1, 2, 3, 4")
        ]

    def totals(self, outcome: Outcome) -> Counter[str]:
        """Return how many findings of a kind each table has."""
        found = self.run(f"SELECT tbl, count(*) FROM {FINDINGS} WHERE outcome = %s GROUP BY tbl", [outcome.value])
        return Counter({str(table): int(n) for table, n in found})

    def _copy(self, table: Table, block: list[list[str | None]]) -> None:
        if table.name not in self.tables:
            self.tables[table.name] = table
            columns = ", ".join(quoted(column) for column in table.fields)
            self.run(
                f"DROP TABLE IF EXISTS pg_temp.{waiting(table.name)};"
                f"CREATE TEMP TABLE {waiting(table.name)} ON COMMIT DROP AS"
                f" SELECT {columns}, 0::bigint AS _n FROM {quoted(table.name)} WITH NO DATA"
            )
        with self.connection.cursor() as cursor, cursor.copy(f"COPY {waiting(table.name)} FROM STDIN") as copy:
            for row in block:
                copy.write_row(row)
        block.clear()
