"""What no source tells of the demo's mouse: staff, cage, weights, water. Simulated, and marked so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bregma.demo.records import Water, Weighing

if TYPE_CHECKING:
    from collections.abc import Sequence

LAB = "demolab"
PROJECT = "bregma_demo"
REWARD = "Water 10% Sucrose"
SUPPLEMENT = "Water"
REWARD_UL = 2.0
"""A drop, in microlitres."""
NEED_ML = 0.96
"""What the mouse needs in a day, in millilitres."""

LITTER = "demo litter 1"
ON_WATER = {"demo_w1": 23.4, "demo_w2": 25.1, "demo_w3": 24.2}
"""Mice on water restriction, with their weights before it, in grams."""


@dataclass(frozen=True)
class Member:
    """One simulated member of staff."""

    username: str
    email: str


# "invalid" is the domain that is reserved for addresses that cannot exist.
EXPERIMENTER = Member("demo_experimenter", "experimenter@demolab.invalid")
TECHNICIAN = Member("demo_technician", "technician@demolab.invalid")
STAFF = (EXPERIMENTER, TECHNICIAN)

SIMULATED = {"simulated": ["staff", "cage", "weighings", "water"], "cage": "demo cage 1"}


def simulate_weighings(days: Sequence[date], *, start: float = 24.0, seed: int = 0) -> tuple[Weighing, ...]:
    """Simulate one weight per day: a drop at the start of water restriction, then small changes.

    Parameters
    ----------
    days : sequence of date
        Days in order.
    start : float
        Weight before restriction, in grams.
    seed : int
        The same seed gives the same weights.

    Returns
    -------
    tuple of Weighing
        One per day at 09:00, in grams to a tenth.
    """
    rng = np.random.default_rng(seed)
    elapsed = np.array([(day - days[0]).days for day in days])
    trend = start * (0.88 + 0.12 * np.exp(-elapsed / 2) + 0.0015 * elapsed)
    weights = np.round(trend + rng.normal(0, 0.15, len(days)), 1)
    return tuple(Weighing(f"{day}T09:00:00", float(weight)) for day, weight in zip(days, weights, strict=True))


def simulate_water(days: Sequence[date], correct_trials: dict[date, int]) -> tuple[Water, ...]:
    """Simulate the water of each day: a drop per correct trial, and a supplement up to the day's need.

    Parameters
    ----------
    days : sequence of date
        Days in order.
    correct_trials : dict of date to int
        Rewarded trials of the days that had a session.

    Returns
    -------
    tuple of Water
        Reward at 15:00 and supplement at 18:00, where there is any.
    """
    given: list[Water] = []
    for day in days:
        reward = round(correct_trials.get(day, 0) * REWARD_UL / 1000, 3)
        if reward:
            given.append(Water(f"{day}T15:00:00", reward, REWARD))
        if (supplement := round(NEED_ML - reward, 3)) > 0:
            given.append(Water(f"{day}T18:00:00", supplement, SUPPLEMENT))
    return tuple(given)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Return every day from the first to the last, both included."""
    return tuple(first + timedelta(n) for n in range((last - first).days + 1))
