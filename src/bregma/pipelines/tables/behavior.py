"""Behaviour: what a mouse did in each session, and how far its training is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.pipelines.engine import dj
from bregma.pipelines.steps import behavior
from bregma.pipelines.tables.analysis import HISTORY, TRIALS, Analysis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.pipelines.sources import DataSource
Rows = dict[str, list[dict[str, Any]]]


class BehaviorParameters(dj.Lookup):
    """Settings of the analyses; a new row makes every session be analysed with it as well."""

    definition = """
    behavior_parameters : varchar(32)
    ---
    model : varchar(32)    # psychometric curve
    blocks : json          # probabilities of a stimulus on the left whose trials are fitted apart
    confidence : float64   # of the interval around a median reaction time
    """
    contents = (
        {
            "behavior_parameters": "default",
            "model": "erf_psycho_2gammas",
            "blocks": [0.2, 0.5, 0.8],
            "confidence": 0.68,
        },
    )


class TrialSet(Analysis, dj.Imported):
    """Trials of a session: the columns that the analyses use, and their summary."""

    definition = """
    -> Trials
    ---
    n_trials : int32
    n_correct : int32
    performance : float64            # fraction rewarded
    performance_easy : float64       # of the trials with at least half contrast; NaN: there are none
    median_reaction_time : float64   # s, from stimulus to response; NaN: unknown
    trials : <array>                 # one record per trial, ALF names; times in s
    """
    inputs = (TRIALS,)

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Load the trials and sum them up."""
        return {"": [behavior.summarize_trials(source.load_trials(key["session_uuid"]))]}


class PsychometricFit(Analysis, dj.Computed):
    """Psychometric curve of a session: of all trials, and of each block that it has."""

    definition = """
    -> TrialSet
    -> BehaviorParameters
    """
    inputs = (TRIALS,)

    class Block(dj.Part):
        """Choices and curve of one block, or of all trials."""

        definition = """
        -> master
        block : varchar(8)        # all, or the probability of a stimulus on the left
        ---
        bias : float64            # percent contrast
        threshold : float64       # percent contrast
        lapse_low : float64       # on the left
        lapse_high : float64      # on the right
        log_likelihood : float64  # natural units, without binomial coefficients
        reliable : bool           # the parameters describe the behaviour
        problems : varchar(255)   # why not
        contrasts : <array>       # signed percent, left negative
        n_trials : <array>
        p_right : <array>
        """

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Fit the curves."""
        settings = (self.BehaviorParameters & key).fetch1()
        trials = (self.TrialSet & key).fetch1("trials")
        return {"": [{}], "Block": behavior.fit_blocks(trials, settings["blocks"], model=settings["model"])}


class ReactionTime(Analysis, dj.Computed):
    """Median reaction time of a session per signed contrast."""

    definition = """
    -> TrialSet
    -> BehaviorParameters
    ---
    contrasts : <array>  # signed percent, left negative
    median : <array>     # s
    low : <array>        # s, lower bound of the confidence interval
    high : <array>       # s, upper bound
    n_trials : <array>
    """
    inputs = (TRIALS,)

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Compute the medians and their intervals."""
        confidence = (self.BehaviorParameters & key).fetch1("confidence")
        trials = (self.TrialSet & key).fetch1("trials")
        return {"": [behavior.time_reactions(trials, confidence=confidence)]}


class TrainingStatus(Analysis, dj.Computed):
    """Training status of a subject after each of its sessions, computed anew when any of them changes."""

    definition = """
    -> History
    ---
    status : varchar(32)  # after the last session
    """
    inputs = (HISTORY,)
    waits_for = "TrialSet"

    class Day(dj.Part):
        """Status after one session."""

        definition = """
        -> master
        session_uuid : char(36)
        ---
        status : varchar(32)
        """

    def compute(self, key: Mapping[str, Any], source: DataSource) -> Rows:
        """Apply the criteria to the sessions in order."""
        sessions = (self.Session * self.TrialSet.proj("trials") & key).to_dicts(order_by="start_time, session_uuid")
        return behavior.judge_sessions(sessions)
