"""Whether activity tells more of a target than of targets that have nothing to do with it.

Neural activity and behaviour both drift in a session, so that trials are not independent: shuffling them is no test.
These tests put whole sessions, other sessions or shifted ones in the place of the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bregma.brainbox.arrays import (
    Floats,
    Ints,
    InvalidInput,
    as_labels,
    as_numbers,
    check_count,
    check_same_length,
    describe,
)
from bregma.brainbox.results import Labelled, axis, values
from bregma.brainbox.statistics.significance import compute_p_value, compute_uncorrected_p_value

Score: TypeAlias = Callable[[Floats, NDArray[Any]], float]
"""Takes activity (n_trials, n_units) and a target (n_trials, ...); returns how well they go together."""


@dataclass(frozen=True, kw_only=True)
class NullTest(Labelled):
    """``observed`` score, the ``null`` scores (n,) of other targets, and the ``p_value`` of the one among the others.

    ``uncorrected_p_value`` is the share of null scores above the observed one (0 is possible), as published.
    """

    observed: float
    null: Floats = values("draw")
    p_value: float
    uncorrected_p_value: float


@dataclass(frozen=True, kw_only=True)
class ShiftTest(Labelled):
    """``observed`` score, ``scores`` (n_shifts,) at each of ``shifts`` (trials), and the conservative ``p_value``."""

    observed: float
    shifts: Ints = axis("shift", unit="trials")
    scores: Floats = values("shift")
    p_value: float


def sigtest_pseudosessions(
    activity: ArrayLike, target: ArrayLike, score: Score, generate: Callable[[], ArrayLike], *, n_pseudo: int = 200
) -> NullTest:
    """Test a score against targets of pseudosessions (Harris 2020, bioRxiv 2020.11.29.402719).

    Parameters
    ----------
    activity : (n_trials, ...) array
        What `score` takes first; trials along the first axis.
    target : (n_trials, ...) array
        What is decoded.
    score
        Function of activity and target that returns one number, higher for a better match.
    generate
        Function without arguments that draws a target; see `generate_pseudo_sessions`.
    n_pseudo
        How many to draw.

    Returns
    -------
    NullTest
        ``p_value`` is (r + 1) / (n + 1), r of n pseudosessions scoring at least as high.

    Raises
    ------
    InvalidInput
        If lengths differ, or all null scores are NaN.
    """
    if not callable(generate):
        raise InvalidInput(f"generate is {describe(generate)}; give a function that returns a target")
    check_count("n_pseudo", n_pseudo)
    return sigtest_targets(activity, target, score, (generate() for _ in range(n_pseudo)))


def sigtest_targets(
    activity: ArrayLike, target: ArrayLike, score: Score, null_targets: Iterable[ArrayLike]
) -> NullTest:
    """Test a score against given null targets: impostors of other sessions, or rows of pseudosessions.

    Parameters
    ----------
    activity, target, score
        As in `sigtest_pseudosessions`.
    null_targets
        Null targets of the shape of `target`, such as many of `generate_impostor_target` or
        ``generate_pseudo_sessions(trials, n_sessions=200).choice``.

    Returns
    -------
    NullTest

    Raises
    ------
    InvalidInput
        If lengths or shapes differ, there are no null targets, or all their scores are NaN.
    """
    values, wanted = as_numbers("activity", activity), as_labels("target", target)
    check_same_length(activity=values, target=wanted)
    observed = float(score(values, wanted))
    null = np.array([float(score(values, _read_target(other, wanted))) for other in null_targets])
    return NullTest(
        observed=observed,
        null=null,
        p_value=float(compute_p_value(observed, null)),
        uncorrected_p_value=float(compute_uncorrected_p_value(observed, null)),
    )


def sigtest_linear_shift(activity: ArrayLike, target: ArrayLike, score: Score, *, n_central: int = 300) -> ShiftTest:
    """Test a score against the same target shifted in time (Harris 2020, arXiv 2012.06862).

    The activity of the central trials is held against the target of windows as long, shifted by up to N trials
    either way. Of all 2 N + 1 scores, M reach the one without a shift: p = M / (N + 1), which is conservative.

    Parameters
    ----------
    activity, target, score
        As in `sigtest_pseudosessions`.
    n_central
        Length of the window, in trials; at least two fewer than there are.

    Returns
    -------
    ShiftTest
        ``p_value`` at most 1; the smallest possible is 1 / (N + 1).

    Raises
    ------
    InvalidInput
        If lengths differ, or there is no room to shift.
    """
    values, wanted = as_numbers("activity", activity), as_labels("target", target)
    check_same_length(activity=values, target=wanted)
    check_count("n_central", n_central)
    most = (len(wanted) - n_central) // 2
    if most < 1:
        raise InvalidInput(f"n_central is {n_central} of {len(wanted)} trials; leave at least two to shift by")
    shifts = np.arange(-most, most + 1)
    length = len(wanted) - 2 * most
    central = values[most : most + length]
    starts = most + shifts
    scores = np.array([float(score(central, wanted[start : start + length])) for start in starts])
    observed = float(scores[most])
    p_value = min((scores >= observed).sum() / (most + 1), 1.0) if np.isfinite(observed) else float("nan")
    return ShiftTest(observed=observed, shifts=shifts, scores=scores, p_value=p_value)


def _read_target(other: ArrayLike, wanted: NDArray[Any]) -> NDArray[Any]:
    found = np.asarray(other)
    if found.shape != wanted.shape:
        raise InvalidInput(f"a null target has shape {found.shape}; give that of the target, {wanted.shape}")
    return found
