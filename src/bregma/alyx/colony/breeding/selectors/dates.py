"""Days that follow from others, computed by the database: births that are due, weanings that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, DateField, Func, IntegerField, Q, Value, When

from bregma.alyx.colony.breeding.species import BY_NICKNAME, MOUSE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bregma.alyx.colony.breeding.species import Reproduction


class AddDays(Func):
    """A day some days later: ``AddDays("birth_date", Value(21))``."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    arity = 2
    output_field = DateField()


def days_of(species: str, which: Callable[[Reproduction], int]) -> Case:
    """Return an expression: a number of days by the species at a path, such as ``line__species``."""
    usual = which(MOUSE)
    kinds = [(name, which(kind)) for name, kind in BY_NICKNAME.items() if which(kind) != usual]
    others = [When(**{f"{species}__nickname__iexact": name}, then=Value(days)) for name, days in kinds]
    return Case(*others, default=Value(usual), output_field=IntegerField())


def open_on(day: date) -> Q:
    """Return the condition on pairs that are together on a day."""
    return Q(end_date__isnull=True) | Q(end_date__gt=day)
