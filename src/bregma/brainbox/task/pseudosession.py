"""Sessions that could have been: stimuli as the task draws them, choices as the mouse made them, at random.

They are the null distribution of what neural activity tells about a session (Harris 2020, bioRxiv 2020.11.29.402719).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bregma.brainbox.arrays import Floats, Ints, InvalidInput, Rng, as_floats, check_not_negative, read_rng
from bregma.brainbox.behavior.trials import Trials, column, signed_contrast
from bregma.brainbox.results import Labelled, values
from bregma.brainbox.task.blocks import BlockDesign, generate_pseudo_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTRASTS = (0.0, 0.0625, 0.125, 0.25, 1.0)
LEFT_CHOICE = 1


@dataclass(frozen=True, kw_only=True)
class PseudoStimuli(Labelled):
    """Stimuli of sessions that could have been; all arrays are (n_sessions, n_trials).

    ``probability_left`` is the chance of a stimulus on the left; ``contrast_left`` and ``contrast_right`` are
    fractions, NaN on the side without a stimulus.
    """

    probability_left: Floats = values("session", "trial")
    contrast_left: Floats = values("session", "trial")
    contrast_right: Floats = values("session", "trial")

    @property
    def signed_contrast(self) -> Floats:
        """Percent, negative on the left."""
        percent = 100 * np.where(np.isnan(self.contrast_left), self.contrast_right, -self.contrast_left)
        return np.round(percent, 6) + 0.0

    @property
    def stimulus_side(self) -> Ints:
        """-1 for a stimulus on the left, 1 on the right, also at a contrast of zero."""
        return np.where(np.isnan(self.contrast_left), 1, -1)

    def trials(self, session: int) -> dict[str, Floats | Ints]:
        """Return one session under the names of ALF, as functions on trials take them."""
        return {
            "probabilityLeft": self.probability_left[session],
            "contrastLeft": self.contrast_left[session],
            "contrastRight": self.contrast_right[session],
        }


@dataclass(frozen=True, kw_only=True)
class PseudoSessions(PseudoStimuli):
    """Sessions that could have been: stimuli, and what this mouse may have done; all are (n_sessions, n_trials).

    ``choice`` is -1 (a stimulus on the right reported) or 1 (left); ``feedback_type`` 1 for a correct choice, else -1.
    """

    choice: Ints = values("session", "trial")
    feedback_type: Ints = values("session", "trial")

    def trials(self, session: int) -> dict[str, Floats | Ints]:
        """Return one session under the names of ALF, as functions on trials take them."""
        return super().trials(session) | {"choice": self.choice[session], "feedbackType": self.feedback_type[session]}


def generate_pseudo_stimuli(
    n_trials: int,
    *,
    contrasts: Sequence[float] = CONTRASTS,
    zero_weight: float = 1.0,
    n_sessions: int = 1,
    design: BlockDesign | None = None,
    rng: Rng = None,
) -> PseudoStimuli:
    """Draw the stimuli of sessions that could have been.

    Parameters
    ----------
    n_trials, n_sessions
        How many trials, and how many sessions.
    contrasts
        Fractions that are shown, on either side.
    zero_weight
        How likely a contrast of zero is beside any other: 1 in IBL's biased task, 0.5 in its task with recordings.
    design
        How blocks are drawn.
    rng
        Generator, seed, or None.

    Raises
    ------
    InvalidInput
        If a number is below one, the contrasts are not different fractions, or the weight is negative.
    """
    check_not_negative("zero_weight", zero_weight)
    levels = _read_contrasts(contrasts)
    if not 0 <= zero_weight < np.inf or (zero_weight == 0 and not levels.any()):
        raise InvalidInput(f"zero_weight is {zero_weight}; give 0 or more, and a contrast to show")
    generator = read_rng(rng)
    blocks = generate_pseudo_blocks(n_trials, n_sessions=n_sessions, design=design, rng=generator)
    weights = np.where(levels == 0, zero_weight, 1.0)
    contrast = generator.choice(levels, size=blocks.shape, p=weights / weights.sum())
    on_left = generator.random(blocks.shape) < blocks
    return PseudoStimuli(
        probability_left=blocks,
        contrast_left=np.where(on_left, contrast, np.nan),
        contrast_right=np.where(on_left, np.nan, contrast),
    )


def generate_pseudo_sessions(
    trials: Trials,
    *,
    n_sessions: int = 1,
    zero_weight: float = 0.5,
    design: BlockDesign | None = None,
    rng: Rng = None,
) -> PseudoSessions:
    """Draw sessions that this mouse could have had: new stimuli, and choices with its own probabilities.

    The probability of a choice to the left is the share of such choices at the same signed contrast in blocks of the
    same probability, or in all blocks where it was not shown in those. Trials without a choice are left out.

    Parameters
    ----------
    trials
        The session: ``contrastLeft``, ``contrastRight`` (fractions), ``choice`` and ``probabilityLeft`` by name; a
        DataFrame or dict. Pseudosessions have as many trials and show the same contrasts.
    n_sessions
        How many to draw.
    zero_weight
        How likely a contrast of zero is beside any other: 0.5 in IBL's task with recordings, 1 in its biased task.
    design
        How blocks are drawn.
    rng
        Generator, seed, or None.

    Raises
    ------
    InvalidInput
        If a column is missing, there are no trials, or a contrast that may be drawn has no choice on that side.
    """
    check_not_negative("zero_weight", zero_weight)
    generator = read_rng(rng)
    n_trials = column(trials, "choice").size
    contrasts = _list_contrasts(trials)
    stimuli = generate_pseudo_stimuli(
        n_trials, contrasts=contrasts, zero_weight=zero_weight, n_sessions=n_sessions, design=design, rng=generator
    )
    p_left = _look_up_choices(trials, stimuli)
    choice = np.where(generator.random(p_left.shape) < p_left, LEFT_CHOICE, -LEFT_CHOICE)
    return PseudoSessions(
        probability_left=stimuli.probability_left,
        contrast_left=stimuli.contrast_left,
        contrast_right=stimuli.contrast_right,
        choice=choice,
        feedback_type=np.where(choice == -stimuli.stimulus_side, 1, -1),
    )


def _read_contrasts(contrasts: Sequence[float]) -> Floats:
    levels = as_floats("contrasts", contrasts)
    if not levels.size or np.unique(levels).size != levels.size or not ((levels >= 0) & (levels <= 1)).all():
        raise InvalidInput(f"contrasts are {levels.tolist()}; give different fractions from 0 to 1")
    return levels


def _list_contrasts(trials: Trials) -> Sequence[float]:
    shown = np.concatenate([column(trials, "contrastLeft"), column(trials, "contrastRight")])
    levels: list[float] = np.unique(shown[~np.isnan(shown)]).tolist()
    return levels


def _look_up_choices(trials: Trials, stimuli: PseudoStimuli) -> Floats:
    """Return the probability of a choice to the left for every trial drawn."""
    drawn, level = np.unique(stimuli.signed_contrast, return_inverse=True)
    blocks, block = np.unique(stimuli.probability_left, return_inverse=True)
    table = np.array([[_share_left(trials, contrast, chance) for chance in blocks] for contrast in drawn])
    return np.asarray(table[level, block]).reshape(stimuli.probability_left.shape)


def _share_left(trials: Trials, contrast: float, probability_left: float) -> float:
    choice = column(trials, "choice")
    alike = (signed_contrast(trials) == contrast) & (np.abs(choice) == 1)
    if not alike.any():
        raise InvalidInput(f"no choice at a signed contrast of {contrast:g} %; take those trials out of the session")
    in_block = alike & np.isclose(column(trials, "probabilityLeft"), probability_left)
    return float((choice[in_block if in_block.any() else alike] == LEFT_CHOICE).mean())
