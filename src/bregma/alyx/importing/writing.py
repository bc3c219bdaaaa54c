"""Enters the rows that wait: new ones are inserted, changed ones updated, equal ones left alone: history is quiet."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.importing.stage import waiting
from bregma.alyx.importing.tables import OWN_COLUMNS, quoted

if TYPE_CHECKING:
    from bregma.alyx.importing.report import TableCount
    from bregma.alyx.importing.stage import Stage
    from bregma.alyx.importing.tables import Table

KEPT = {"misc_labmember": ("password", "last_login")}
"""Columns that belong to this installation once the row is here: a password changed here is not set back."""
ONLY_ADDED = ("misc_labmember_groups", "misc_lab_repositories")
"""Links that people make here too; an import adds to them and takes none away."""
RELEASED_FIRST = {
    "data_dataset": "default_dataset, ",
    "actions_waterrestriction": "end_time IS NULL, ",
    "misc_housingsubject": "end_datetime IS NULL, ",
    "experiments_fovlocation": "default_provenance, ",
}
"""Order in which rows are written, so that a place is free before another row takes it."""


def write_rows(stage: Stage, table: Table, seen: set[str], count: TableCount) -> None:
    """Enter the rows of one table.

    Parameters
    ----------
    stage : Stage
        The rows that wait.
    table : Table
        Where they go.
    seen : set of str
        Columns that the dump has; others keep their values in rows that are here.
    count : TableCount
        Is told how many were entered, changed and left alone.
    """
    all_columns = list(table.fields)
    compared = [each for each in all_columns if each in seen and each not in (*table.key, *KEPT.get(table.name, ()))]
    action = "DO NOTHING"
    if compared and not table.is_link:
        settings = ", ".join(f"{quoted(each)} = excluded.{quoted(each)}" for each in compared)
        here = ", ".join(f"t.{quoted(each)}" for each in compared)
        there = ", ".join(f"excluded.{quoted(each)}" for each in compared)
        action = f"DO UPDATE SET {settings} WHERE ({here}) IS DISTINCT FROM ({there})"
    own = dict.fromkeys(OWN_COLUMNS.get(table.name, ()), "0")  # until they are worked out
    columns = ", ".join(quoted(each) for each in [*all_columns, *own])
    values = ", ".join([*(quoted(each) for each in all_columns), *own.values()])
    entered, changed, total = stage.run(f"""
        WITH written AS (
            INSERT INTO {quoted(table.name)} AS t ({columns}) SELECT {values} FROM {waiting(table.name)}
            ORDER BY {RELEASED_FIRST.get(table.name, "")}_n
            ON CONFLICT ({", ".join(quoted(each) for each in table.key)}) {action} RETURNING (xmax = 0) AS is_new)
        SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
               (SELECT count(*) FROM {waiting(table.name)}) FROM written""")[0]
    count.entered, count.changed, count.unchanged = entered, changed, total - entered - changed


def remove_links(stage: Stage, parent: Table, link: Table) -> int:
    """Remove the links of rows in the dump that the dump does not have; return how many."""
    if link.name in ONLY_ADDED or parent.name not in stage.tables:
        return 0
    one, other = (quoted(column) for column in link.key)
    kept = "true"
    if link.name in stage.tables:
        kept = f"NOT EXISTS (SELECT 1 FROM {waiting(link.name)} k WHERE k.{one} = t.{one} AND k.{other} = t.{other})"
    return stage.count(f"""
        WITH gone AS (
            DELETE FROM {quoted(link.name)} t USING {waiting(parent.name)} s
            WHERE t.{one} = s.{quoted(parent.key[0])} AND {kept} RETURNING 1)
        SELECT count(*) FROM gone""")
