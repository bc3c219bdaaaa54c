"""One rule by which rows that wait are mended."""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

from dataclasses import dataclass

from bregma.alyx.importing.report import Outcome


@dataclass(frozen=True)
class Rule:
    """A statement that mends rows and tells of each.

    Parameters
    ----------
    table : str
        Whose rows.
    statement : str
        SQL that returns ``row, what`` for each row it touches. ``{w}`` is where the rows wait (called ``s``), ``{row}``
        what names one of them, ``{w_TABLE}`` where those of another table wait; signs of per cent are doubled.
    outcome : Outcome
        What the finding says.
    needs : tuple of str
        Other tables of which rows must wait, too.
    """

    table: str
    statement: str
    outcome: Outcome = Outcome.REPAIRED
    needs: tuple[str, ...] = ()


def replace(table: str, column: str, when: str, by: str, why: str) -> Rule:
    """Make a rule that writes another value where a condition holds; the finding names the old value.

    Parameters
    ----------
    table, column : str
        What is changed.
    when, by : str
        SQL of the condition and of the new value; ``o`` is the row before.
    why : str
        Words after the old value.
    """
    return Rule(
        table,
        f'UPDATE {{w}} s SET "{column}" = {by} FROM {{w}} o WHERE o._n = s._n AND ({when})'
        f" RETURNING {{row}}, '{column} was ' || coalesce(o.\"{column}\"::text, 'empty') || '{why}'"
        f" || coalesce(s.\"{column}\"::text, 'empty')",
    )
