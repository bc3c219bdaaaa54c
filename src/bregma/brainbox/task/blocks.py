"""Blocks of trials that could have been: the probability of a stimulus on the left, as the task draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Rng, check_count, read_rng


@dataclass(frozen=True)
class BlockDesign:
    """How the task draws blocks; the values are those of IBL's biased task (IBL et al. 2021, eLife 10:e63711).

    ``n_unbiased`` trials come first, with even chances. Then blocks of the two ``probabilities`` of a stimulus on
    the left alternate, the first of them by chance. Their lengths are exponential with ``scale``, rounded down, of
    draws strictly between ``shortest`` and ``longest``.
    """

    scale: float = 60.0
    shortest: float = 20.0
    longest: float = 100.0
    n_unbiased: int = 90
    probabilities: tuple[float, float] = (0.2, 0.8)


def generate_pseudo_blocks(
    n_trials: int, *, n_sessions: int = 1, design: BlockDesign | None = None, rng: Rng = None
) -> Floats:
    """Draw the blocks of sessions that could have been.

    Parameters
    ----------
    n_trials, n_sessions
        How many trials, and how many sessions.
    design
        `BlockDesign`, IBL's by default.
    rng
        Generator, seed, or None.

    Returns
    -------
    (n_sessions, n_trials) array
        Probability of a stimulus on the left. A session shorter than the unbiased trials has no others.

    Raises
    ------
    InvalidInput
        If a number is below one, or the design has no blocks.
    """
    check_count("n_trials", n_trials)
    check_count("n_sessions", n_sessions)
    design = design or BlockDesign()
    _check_design(design)
    generator = read_rng(rng)
    n_biased = max(n_trials - design.n_unbiased, 0)
    n_blocks = n_biased // int(design.shortest) + 1
    ends = np.cumsum(_draw_lengths((n_sessions, n_blocks), design, generator), axis=1)
    first = generator.integers(2, size=(n_sessions, 1))
    blocks = np.full((n_sessions, n_trials), 0.5)
    blocks[:, n_trials - n_biased :] = np.asarray(design.probabilities)[(_find_block(ends, n_biased) + first) % 2]
    return blocks


def _check_design(design: BlockDesign) -> None:
    if not 1 <= design.shortest < design.longest < np.inf:
        raise InvalidInput(f"blocks of {design.shortest} to {design.longest} trials; give 1 <= shortest < longest")
    if not 0 < design.scale < np.inf or design.n_unbiased < 0:
        raise InvalidInput(f"{design}: give a scale above 0, and n_unbiased of 0 or more")


def _draw_lengths(shape: tuple[int, int], design: BlockDesign, rng: np.random.Generator) -> Ints:
    """Draw from the exponential distribution between its limits, by the inverse of its distribution function."""
    most = np.exp(-design.shortest / design.scale)
    least = np.exp(-design.longest / design.scale)
    lengths: Floats = -design.scale * np.log(most - rng.random(shape) * (most - least))
    return np.floor(lengths).astype(np.int64)


def _find_block(ends: Ints, n_trials: int) -> Ints:
    """Return the block of each trial, from the trials at which blocks end."""
    n_sessions = ends.shape[0]
    starts_here = np.zeros((n_sessions, n_trials + 1), dtype=np.int64)
    rows = np.repeat(np.arange(n_sessions), ends.shape[1])
    np.add.at(starts_here, (rows, np.minimum(ends, n_trials).ravel()), 1)
    block: Ints = np.cumsum(starts_here, axis=1)[:, :n_trials]
    return block
