"""Follows keys: rows that this installation has under another key, and the numbers that dumps give to tables."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType

from bregma.alyx.importing.report import Outcome
from bregma.alyx.importing.stage import waiting
from bregma.alyx.importing.tables import GENERIC, quoted

if TYPE_CHECKING:
    from bregma.alyx.importing.stage import Stage
    from bregma.alyx.importing.tables import Table

NATURAL = {
    "auth_group": "name",
    "misc_labmember": "username",
    "misc_lab": "name",
    "misc_cagetype": "name",
    "misc_enrichment": "name",
    "misc_food": "name",
    "subjects_project": "name",
    "subjects_species": "nickname",
    "subjects_source": "name",
    "subjects_sequence": "name",
    "subjects_allele": "nickname",
    "subjects_line": "nickname",
    "actions_proceduretype": "name",
    "actions_watertype": "name",
    "actions_cullreason": "name",
    "actions_cullmethod": "name",
    "data_dataformat": "name",
    "data_datasettype": "name",
    "data_datarepositorytype": "name",
    "data_datarepository": "name",
    "data_tag": "name",
    "data_revision": "name",
    "experiments_probemodel": "probe_model",
    "experiments_coordinatesystem": "name",
    "experiments_imagingtype": "name",
}
"""The column by which people know the rows of a table."""
SHARED_NAMES = ("misc_cagetype", "subjects_source", "actions_proceduretype", "actions_cullreason", "actions_cullmethod")
SHARED_NAMES += ("experiments_coordinatesystem",)
"""Tables in which rows may share a name: there only the rows that every installation starts with give way."""


@cache
def starting_keys() -> frozenset[str]:
    """Return the keys of the rows that every installation starts with."""
    from bregma.alyx.actions import starting_rows as actions
    from bregma.alyx.data import starting_rows as data
    from bregma.alyx.experiments import starting_rows as experiments
    from bregma.alyx.misc import starting_rows as misc
    from bregma.alyx.subjects import starting_rows as subjects

    lists = [value for module in (actions, data, experiments, misc, subjects) for value in vars(module).values()]
    rows = [row for value in lists if isinstance(value, tuple) for row in value if isinstance(row, tuple)]
    return frozenset(str(row[0]) for row in rows)


def join_known_rows(stage: Stage) -> None:
    """Let rows that this installation has under another key be those of the dump, or stand for them."""
    for name, column in NATURAL.items():
        if name in stage.tables:
            table = stage.tables[name]
            for new, old, words in _clashes(stage, table, column):
                _join(stage, table, new, old, words)


def _clashes(stage: Stage, table: Table, column: str) -> list[tuple[str, str, str]]:
    key, named = quoted(table.key[0]), quoted(column)
    return [
        (str(new), str(old), str(words))
        for new, old, words in stage.run(f"""
            SELECT s.{key}::text, t.{key}::text, t.{named} FROM {waiting(table.name)} s
            JOIN {quoted(table.name)} t ON t.{named} = s.{named} AND t.{key} <> s.{key}
            WHERE NOT EXISTS (SELECT 1 FROM {waiting(table.name)} o WHERE o.{key} = t.{key}) ORDER BY s._n""")
    ]


def _join(stage: Stage, table: Table, new: str, old: str, words: str) -> None:
    starting = old in starting_keys()
    if table.name in SHARED_NAMES and not starting:
        return
    key = quoted(table.key[0])
    if starting and not _is_used(stage, table, old):
        stage.run(f"DELETE FROM {quoted(table.name)} WHERE {key}::text = %s", [old])
        _follow(stage, table, old, new)
        told = f"SELECT {table.row}, %s FROM {waiting(table.name)} s WHERE {key}::text = %s"
        stage.find(Outcome.NOTED, table, told, [f"takes the place of the unused {words!r} with key {old}", new])
        return
    statement = f"DELETE FROM {waiting(table.name)} s WHERE {key}::text = %s RETURNING {table.row}, %s"
    stage.find(Outcome.MERGED, table, statement, [new, f"{words!r} is here with key {old}, which stands for it"])
    _follow(stage, table, new, old)


def _is_used(stage: Stage, table: Table, key: str) -> bool:
    """Tell whether a row of this installation refers to a row."""
    return any(
        stage.count(
            f"SELECT count(*) FROM (SELECT 1 FROM {quoted(relation.related_model._meta.db_table)}"
            f" WHERE {quoted(relation.field.column)}::text = %s LIMIT 1)",
            [key],
        )
        for relation in table.model._meta.related_objects
        if not relation.many_to_many and relation.field.column
    ) or any(
        stage.count(
            f"SELECT count(*) FROM {quoted(link.remote_field.through._meta.db_table)}"
            f" WHERE {quoted(link.m2m_reverse_name())}::text = %s",
            [key],
        )
        for link in (relation.field for relation in table.model._meta.related_objects if relation.many_to_many)
    )


def _follow(stage: Stage, table: Table, old: str, new: str) -> None:
    """Let the rows that wait refer to another row."""
    for other, reference in stage.catalogue.referring_to(table.name):
        if other.name in stage.tables:
            column = quoted(reference.column)
            kind = next(
                type_of for type_of in [stage.tables[other.name].fields[reference.column].db_type(stage.connection)]
            )
            stage.run(f"UPDATE {waiting(other.name)} SET {column} = %s::{kind} WHERE {column} = %s::{kind}", [new, old])
    for name, row in stage.tables.items():
        if GENERIC in row.fields and table.name != "auth_group":
            stage.run(f"UPDATE {waiting(name)} SET object_id = %s::uuid WHERE object_id = %s::uuid", [new, old])


def number_tables(stage: Stage, names: dict[int, str], *, sure: bool) -> None:
    """Write this installation's numbers of tables in place of those of the dump.

    Parameters
    ----------
    stage : Stage
        The rows that wait.
    names : dict
        ``app.model`` by the dump's number; what is missing is found by where the keys are.
    sure : bool
        Whether the names are those of this very dump. Else they are a guess, used where the keys tell nothing.
    """
    own = {f"{each.app_label}.{each.model}": each.pk for each in ContentType.objects.all()}
    for table in list(stage.tables.values()):
        if GENERIC not in table.fields:
            continue
        numbers = [int(row[0]) for row in stage.run(_numbers(table)) if row[0] is not None]
        _renumber(stage, table, {n: _table_of(stage, table, n, names, sure=sure) for n in numbers}, own)


def _numbers(table: Table) -> str:
    return f"SELECT DISTINCT {GENERIC} FROM {waiting(table.name)}"


def _table_of(stage: Stage, table: Table, number: int, names: dict[int, str], *, sure: bool) -> str:
    """Return ``app.model`` of a number, empty when nothing tells it."""
    if number < 0:
        return "number"
    if sure and number in names:
        return names[number]
    for other in stage.tables.values():
        if other.is_link or other.model._meta.pk is None or other.model._meta.pk.get_internal_type() != "UUIDField":
            continue
        key = quoted(other.key[0])
        found = stage.count(
            f"SELECT count(*) FROM {waiting(table.name)} s JOIN {waiting(other.name)} o ON o.{key} = s.object_id"
            f" WHERE s.{GENERIC} = %s",
            [number],
        )
        if found:
            return other.model._meta.label_lower
    return names.get(number, "")


def _renumber(stage: Stage, table: Table, names: dict[int, str], own: dict[str, int]) -> None:
    """Give the dump's numbers new ones, or take out what cannot be followed."""
    new = {number: own.get(name, 0) for number, name in names.items() if number >= 0}
    for number, pk in new.items():
        if not pk:
            what = f"belongs to table number {number} of Alyx, which nothing names; add --content-types FILE"
            stage.find(
                Outcome.REFUSED,
                table,
                f"DELETE FROM {waiting(table.name)} s WHERE {GENERIC} = %s RETURNING {table.row}, %s",
                [number, what],
            )
    pairs = [f"WHEN {number} THEN {pk}" for number, pk in new.items() if pk]
    pairs += [f"WHEN {number} THEN {-number}" for number in names if number < 0]
    if pairs:
        stage.run(f"UPDATE {waiting(table.name)} SET {GENERIC} = CASE {GENERIC} {' '.join(pairs)} END")
