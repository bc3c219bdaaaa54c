"""Blocks of trials that share the probability of a stimulus on the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, as_floats
from bregma.brainbox.results import Labelled, values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TYPES = {0.5: "unbiased", 0.8: "left_block", 0.2: "right_block"}


@dataclass(frozen=True)
class Blocks(Labelled):
    """Blocks of a session, in order.

    ``probability_left``, ``first_trial`` (its number, from 0) and ``n_trials`` have one value per block;
    ``block_index`` (the number of its block, from 0) and ``trial_in_block`` (its place there, from 0) one per trial.
    """

    probability_left: Floats = values("block")
    first_trial: Ints = values("block")
    n_trials: Ints = values("block")
    block_index: Ints = values("trial")
    trial_in_block: Ints = values("trial")

    @property
    def block_type(self) -> list[str]:
        """Each block in words: unbiased, left_block (0.8), right_block (0.2), or such as ``p=0.7``."""
        return [_name(p) for p in self.probability_left]


def find_blocks(probability_left: ArrayLike) -> Blocks:
    """Find the blocks of a session.

    Parameters
    ----------
    probability_left : (n_trials,) array
        Probability of a stimulus on the left in each trial (``probabilityLeft``). A block ends where it changes.

    Returns
    -------
    Blocks
        Of no blocks for no trials.

    Raises
    ------
    InvalidInput
        If the probability of a trial is unknown, or none.
    """
    p = as_floats("probability_left", probability_left)
    wrong = np.flatnonzero(~((p >= 0) & (p <= 1)))
    if wrong.size:
        listed = ", ".join(map(str, wrong[:5])) + (" …" if wrong.size > 5 else "")
        raise InvalidInput(f"probability_left of trials {listed} is unknown or not from 0 to 1; leave these trials out")
    changes = np.flatnonzero(~np.isclose(p[1:], p[:-1])) + 1
    first = np.concatenate([[0], changes]).astype(np.int64) if p.size else np.zeros(0, dtype=np.int64)
    n_trials = np.diff(np.append(first, p.size))
    index = np.repeat(np.arange(first.size), n_trials)
    return Blocks(p[first], first, n_trials, index, np.arange(p.size) - first[index])


def _name(probability: float) -> str:
    for known, name in TYPES.items():
        if np.isclose(probability, known):
            return name
    return f"p={probability}"
