"""Follows keys: rows that this installation has under another key, and the numbers that dumps give to tables."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, UUIDField

from bregma.alyx.importing.report import Outcome
from bregma.alyx.importing.stage import waiting
from bregma.alyx.importing.tables import GENERIC, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

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
SHARED_NAMES = (
    "misc_cagetype",
    "subjects_source",
    "actions_proceduretype",
    "actions_cullreason",
    "actions_cullmethod",
    "experiments_coordinatesystem",
)
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
    if "data_datasettype" in stage.tables:
        _free_patterns(stage, stage.tables["data_datasettype"])


def _free_patterns(stage: Stage, table: Table) -> None:
    """Let types of files of this installation keep their patterns, unless they are unused starting rows."""
    for new, old, words in _clashes(stage, table, "filename_pattern"):
        if _gives_way(stage, table, old):
            _replace(stage, table, new, old, words)
            continue
        told = f"SELECT {table.row}, %s FROM {waiting(table.name)} s WHERE id = %s::uuid"
        what = f"filename_pattern was {words!r}, which type {old} has here; now empty"
        stage.find(Outcome.REPAIRED, table, told, [what, new])
        stage.run(f"UPDATE {waiting(table.name)} SET filename_pattern = NULL WHERE id = %s::uuid", [new])


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
    if _gives_way(stage, table, old):
        _replace(stage, table, new, old, words)
    elif table.name not in SHARED_NAMES or old in starting_keys():
        key = quoted(table.key[0])
        statement = f"DELETE FROM {waiting(table.name)} s WHERE {key}::text = %s RETURNING {table.row}, %s"
        stage.find(Outcome.MERGED, table, statement, [new, f"{words!r} is here with key {old}, which stands for it"])
        _follow(stage, table, new, old)


def _gives_way(stage: Stage, table: Table, key: str) -> bool:
    """Tell whether a row here is one that every installation starts with, and nobody uses."""
    return key in starting_keys() and not _is_used(stage, table, key)


def _replace(stage: Stage, table: Table, new: str, old: str, words: str) -> None:
    key = quoted(table.key[0])
    stage.run(f"DELETE FROM {quoted(table.name)} WHERE {key}::text = %s", [old])
    _follow(stage, table, old, new)
    told = f"SELECT {table.row}, %s FROM {waiting(table.name)} s WHERE {key}::text = %s"
    stage.find(Outcome.NOTED, table, told, [f"takes the place of the unused {words!r} with key {old}", new])


def _is_used(stage: Stage, table: Table, key: str) -> bool:
    """Tell whether a row of this installation refers to a row."""
    return any(
        stage.run(f"SELECT 1 FROM {quoted(other)} WHERE {quoted(column)}::text = %s LIMIT 1", [key])
        for other, column in referring_columns(table.model)
    )


def referring_columns(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Give the tables and columns, of all apps, that hold keys of a model."""
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.local_concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is model:
                yield other._meta.db_table, str(field.column)


def _follow(stage: Stage, table: Table, old: str, new: str) -> None:
    """Let the rows that wait refer to another row."""
    for other, reference in stage.catalogue.referring_to(table.name):
        if other.name in stage.tables:
            column, kind = quoted(reference.column), other.fields[reference.column].db_type(stage.connection)
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
        if other.is_link or not isinstance(other.fields[other.key[0]], UUIDField):
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
