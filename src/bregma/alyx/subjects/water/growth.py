"""How much C57BL/6 mice weigh at each week of their lives: mean and standard deviation, in grams.

The numbers are those that Alyx compares mice with, after the body weights that the Jackson Laboratory publishes for
C57BL/6J. They stay the same from week 20 on; younger than four weeks counts as four.
"""

from __future__ import annotations

from typing import NamedTuple


class Growth(NamedTuple):
    """What mice of an age weigh, in g."""

    mean: float
    std: float


FIRST_WEEK = 4

MALE = (
    Growth(15.7, 2.2),
    Growth(19.4, 1.8),
    Growth(21.1, 1.5),
    Growth(22.9, 1.5),
    Growth(24.0, 1.5),
    Growth(25.0, 1.6),
    Growth(25.6, 1.7),
    Growth(26.7, 1.7),
    Growth(27.7, 1.7),
    Growth(28.4, 1.9),
    Growth(29.1, 1.9),
    Growth(29.7, 2.2),
    Growth(30.1, 2.1),
    Growth(30.7, 2.2),
    Growth(31.1, 2.3),
    Growth(31.4, 2.4),
    Growth(31.8, 2.5),
)
"""Males, from the fourth week to the twentieth."""

FEMALE = (
    Growth(14.1, 1.8),
    Growth(16.9, 1.2),
    Growth(17.5, 1.0),
    Growth(18.2, 1.1),
    Growth(18.7, 1.2),
    Growth(19.3, 1.2),
    Growth(19.8, 1.3),
    Growth(20.2, 1.4),
    Growth(20.7, 1.4),
    Growth(21.7, 1.5),
    Growth(22.0, 1.6),
    Growth(22.3, 1.7),
    Growth(22.6, 1.8),
    Growth(22.6, 2.0),
    Growth(23.0, 2.1),
    Growth(23.5, 2.3),
    Growth(23.6, 2.3),
)
"""Females, and mice of unknown sex, from the fourth week to the twentieth."""


def growth_at(sex: str, weeks: int) -> Growth:
    """Return what mice of a sex weigh at an age in whole weeks; any sex but ``M`` counts as female."""
    table = MALE if sex == "M" else FEMALE
    return table[min(max(weeks - FIRST_WEEK, 0), len(table) - 1)]
