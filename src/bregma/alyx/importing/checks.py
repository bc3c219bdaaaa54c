"""Judges the rows that wait by the constraints that the database itself has: keys, references, uniqueness, checks."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.alyx.importing.errors import ImportFailed
from bregma.alyx.importing.report import Outcome
from bregma.alyx.importing.stage import waiting
from bregma.alyx.importing.tables import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bregma.alyx.importing.stage import Stage
    from bregma.alyx.importing.tables import Reference, Table

ROUNDS = 20

CHECKS = """
SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'c' AND NOT EXISTS (
    SELECT 1 FROM pg_attribute a WHERE attrelid = conrelid AND attnum = ANY (conkey) AND attname <> ALL (%s::name[]))
ORDER BY conname
"""
"""The rules of a table that speak only of columns that an import fills."""
UNIQUE = """
SELECT c.relname, i.indnullsnotdistinct, pg_get_expr(i.indpred, i.indrelid),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) AS k)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary ORDER BY c.relname
"""


@dataclass(frozen=True)
class Unique:
    """One rule that rows must not share values."""

    keys: tuple[str, ...]
    condition: str
    nulls_are_equal: bool

    @property
    def words(self) -> str:
        """The columns, for people."""
        return ", ".join(key.strip('"') for key in self.keys)

    def rows(self, relation: str, *columns: str) -> str:
        """Return SQL of the rows that the rule speaks of, with ``shared`` as what may not be equal."""
        wanted = [self.condition or "true"]
        if not self.nulls_are_equal:
            wanted += [f"({key}) IS NOT NULL" for key in self.keys]
        shared = f"jsonb_build_array({', '.join(self.keys)})::text"
        chosen = ", ".join([*columns, f"{shared} AS shared"])
        return f"SELECT {chosen} FROM {relation} WHERE {' AND '.join(wanted)}".replace("%", "%%")


def drop_equal_rows(stage: Stage) -> None:
    """Let one row stand for others of the same key: silently where they are equal, else the first counts."""
    for table in stage.tables.values():
        keys = ", ".join(quoted(column) for column in table.key)
        same = " AND ".join(f"s.{quoted(column)} = f.{quoted(column)}" for column in table.key)
        firsts = f"(SELECT DISTINCT ON ({keys}) * FROM {waiting(table.name)} ORDER BY {keys}, _n)"
        equal = "to_jsonb(s) - '_n' = to_jsonb(f) - '_n'"
        for outcome, condition, what in (
            (Outcome.MERGED, equal, "given twice, the same"),
            (Outcome.REFUSED, "true", "given twice, not the same; the first counts. Remove the wrong one"),
        ):
            stage.find(
                outcome,
                table,
                f"DELETE FROM {waiting(table.name)} s USING {firsts} f"
                f" WHERE {same} AND s._n <> f._n AND {condition} RETURNING {table.row}, '{what}'",
            )


def refuse_what_breaks_rules(stage: Stage) -> None:
    """Refuse or mend rows until all that wait could be entered together.

    Raises
    ------
    ImportFailed
        If that does not end; a fault of the rules, not of the dump.
    """
    dirty = set(stage.tables)
    for _ in range(ROUNDS):
        hit = {name for name in sorted(dirty) if _check_rows(stage, stage.tables[name])}
        looked_at = set(stage.tables) if dirty == set(stage.tables) else {*_referring(stage, dirty | hit)}
        orphaned = {name for name in sorted(looked_at) if _check_references(stage, stage.tables[name])}
        dirty = hit | orphaned
        if not dirty:
            return
    raise ImportFailed("rows still break rules after many rounds; nothing was written. Please report this dump")


def _referring(stage: Stage, parents: set[str]) -> Iterator[str]:
    for name in parents:
        yield from (table.name for table, _ in stage.catalogue.referring_to(name) if table.name in stage.tables)


def _check_rows(stage: Stage, table: Table) -> int:
    return _break_checks(stage, table) + _break_unique(stage, table)


def _break_checks(stage: Stage, table: Table) -> int:
    broken = 0
    for name, expression in stage.run(CHECKS, [quoted(table.name), list(table.fields)]):
        what = f"breaks the rule {name}; correct it in Alyx and dump again"
        broken += stage.find(
            Outcome.REFUSED,
            table,
            f"DELETE FROM {waiting(table.name)} s WHERE NOT ({expression.replace('%', '%%')})"
            f" RETURNING {table.row}, '{what}'",
        )
    return broken


def unique_rules(stage: Stage, table: Table) -> Iterator[Unique]:
    """Give the rules of uniqueness of a table, besides that of its key."""
    for _, nulls_are_equal, condition, keys in stage.run(UNIQUE, [quoted(table.name)]):
        if {key.strip('"') for key in keys} != set(table.key):
            yield Unique(tuple(keys), condition or "", nulls_are_equal)


def _break_unique(stage: Stage, table: Table) -> int:
    return sum(
        _twice_in_dump(stage, table, rule) + _taken_here(stage, table, rule) for rule in unique_rules(stage, table)
    )


def _twice_in_dump(stage: Stage, table: Table, rule: Unique) -> int:
    what = f"an earlier row of the dump has the same {rule.words}; change or remove one in Alyx"
    later = f"""SELECT _n FROM (
        SELECT _n, row_number() OVER (PARTITION BY shared ORDER BY _n) AS place
        FROM ({rule.rows(waiting(table.name), "_n")})) WHERE place > 1"""
    statement = f"DELETE FROM {waiting(table.name)} s WHERE _n IN ({later}) RETURNING {table.row}, %s"
    return stage.find(Outcome.REFUSED, table, statement, [what])


def _taken_here(stage: Stage, table: Table, rule: Unique) -> int:
    """Refuse what a row of this installation has already, unless the dump changes that row too."""
    key = quoted(table.key[0])
    what = f"this installation has the same {rule.words} in row "
    here = rule.rows(quoted(table.name), f"{key} AS own")
    statement = f"""
        DELETE FROM {waiting(table.name)} s USING ({rule.rows(waiting(table.name), "_n AS n")}) mine, ({here}) t
        WHERE s._n = mine.n AND t.shared = mine.shared AND t.own <> s.{key}
          AND NOT EXISTS (SELECT 1 FROM {waiting(table.name)} o WHERE o.{key} = t.own)
        RETURNING {table.row}, %s || t.own::text || '; rename or remove one of them'"""
    return stage.find(Outcome.REFUSED, table, statement, [what])


def _check_references(stage: Stage, table: Table) -> int:
    return sum(_orphans(stage, table, reference) for reference in table.references)


def _orphans(stage: Stage, table: Table, reference: Reference) -> int:
    parent, column, key = reference.parent, quoted(reference.column), quoted(reference.key)
    present = f"EXISTS (SELECT 1 FROM {quoted(parent)} p WHERE p.{key} = s.{column})"
    if parent in stage.tables:
        present += f" OR EXISTS (SELECT 1 FROM {waiting(parent)} p WHERE p.{key} = s.{column})"
    orphan = f"s.{column} IS NOT NULL AND NOT ({present})"
    missing = f"'{reference.column}: no {reference.label} ' || s.{column}::text || ' in the dump or here"
    if not reference.nullable:
        told = f"{table.row}, {missing}; enter that first'"
        return stage.find(
            Outcome.REFUSED, table, f"DELETE FROM {waiting(table.name)} s WHERE {orphan} RETURNING {told}"
        )
    found = f"""SELECT s._n FROM {waiting(table.name)} s WHERE {orphan}"""
    told = f"SELECT {table.row}, {missing}; emptied' FROM {waiting(table.name)} s WHERE {orphan}"
    n = stage.find(Outcome.REPAIRED, table, told)
    if n:
        stage.run(f"UPDATE {waiting(table.name)} s SET {column} = NULL WHERE s._n IN ({found})")
    return n
