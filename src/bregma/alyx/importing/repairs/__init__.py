"""Mends rows that break a rule of this installation, where what was meant is plain; the guide lists the rules."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING

from bregma.alyx.importing.repairs import datasets, lives, quantities, records, times
from bregma.alyx.importing.repairs.rule import Rule
from bregma.alyx.importing.stage import waiting

if TYPE_CHECKING:
    from bregma.alyx.importing.stage import Stage

RULES: tuple[Rule, ...] = (
    *quantities.RULES,
    *times.RULES,
    *lives.RULES,
    *records.RULES,
    *datasets.RULES,
)

__all__ = ["RULES", "Rule", "repair"]


def repair(stage: Stage) -> None:
    """Apply every rule to the rows that wait, in order."""
    for rule in RULES:
        if rule.table in stage.tables and all(needed in stage.tables for needed in rule.needs):
            table = stage.tables[rule.table]
            places = {f"w_{name}": waiting(name) for name in stage.tables}
            statement = rule.statement.format(w=waiting(table.name), row=table.row, **places)
            stage.find(rule.outcome, table, statement)
    _keep_counters(stage)


def _keep_counters(stage: Stage) -> None:
    """Let no counter of automatic names go back, so that no name is given twice."""
    if "subjects_line" not in stage.tables:
        return
    counters = ("subject_autoname_index", "breeding_pair_autoname_index", "litter_autoname_index")
    settings = ", ".join(f"{name} = greatest(s.{name}, t.{name})" for name in counters)
    stage.run(f"UPDATE {waiting('subjects_line')} s SET {settings} FROM subjects_line t WHERE t.id = s.id")
