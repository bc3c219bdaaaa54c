"""Brainbox: analysis of behaviour and spikes. Pure functions on arrays; seconds, metres, hertz.

May import: alf.
Read first: behavior/training.py.
Public names: fit_psychometric, compute_psychometric, compute_reaction_times, compute_training_status, compute_psth,
align_raster, find_events, compute_autocorrelograms, compute_drift_map, compute_activity_map, compute_unit_metrics,
their results and their errors.
"""

from typing import TYPE_CHECKING

from bregma.brainbox.arrays import BrainboxError, InvalidInput
from bregma.later import import_later

if TYPE_CHECKING:
    from bregma.brainbox.behavior.criteria import SessionTrials
    from bregma.brainbox.behavior.events import find_events
    from bregma.brainbox.behavior.psychometric import (
        FitProblem,
        Psychometric,
        PsychometricFit,
        PsychometricModel,
        compute_psychometric,
        evaluate,
        fit_psychometric,
    )
    from bregma.brainbox.behavior.training import TrainingStatus, compute_training_status
    from bregma.brainbox.behavior.trials import (
        ReactionTimes,
        compute_performance,
        compute_performance_easy,
        compute_reaction_times,
        median_reaction_time,
        signed_contrast,
    )
    from bregma.brainbox.metrics.units import UnitCriteria, compute_unit_metrics
    from bregma.brainbox.spikes.activity import ActivityMap, compute_activity_map
    from bregma.brainbox.spikes.correlogram import Autocorrelograms, compute_autocorrelograms
    from bregma.brainbox.spikes.drift import DriftMap, compute_drift_map
    from bregma.brainbox.spikes.psth import PSTH, compute_psth
    from bregma.brainbox.spikes.raster import Raster, align_raster

__all__ = [
    "PSTH",
    "ActivityMap",
    "Autocorrelograms",
    "BrainboxError",
    "DriftMap",
    "FitProblem",
    "InvalidInput",
    "Psychometric",
    "PsychometricFit",
    "PsychometricModel",
    "Raster",
    "ReactionTimes",
    "SessionTrials",
    "TrainingStatus",
    "UnitCriteria",
    "align_raster",
    "compute_activity_map",
    "compute_autocorrelograms",
    "compute_drift_map",
    "compute_performance",
    "compute_performance_easy",
    "compute_psth",
    "compute_psychometric",
    "compute_reaction_times",
    "compute_training_status",
    "compute_unit_metrics",
    "evaluate",
    "find_events",
    "fit_psychometric",
    "median_reaction_time",
    "signed_contrast",
]

# scipy and pandas take time.
__getattr__ = import_later(
    __name__,
    {
        "behavior.criteria": ("SessionTrials",),
        "behavior.events": ("find_events",),
        "behavior.psychometric": (
            "FitProblem",
            "Psychometric",
            "PsychometricFit",
            "PsychometricModel",
            "compute_psychometric",
            "evaluate",
            "fit_psychometric",
        ),
        "behavior.training": ("TrainingStatus", "compute_training_status"),
        "behavior.trials": (
            "ReactionTimes",
            "compute_performance",
            "compute_performance_easy",
            "compute_reaction_times",
            "median_reaction_time",
            "signed_contrast",
        ),
        "metrics.units": ("UnitCriteria", "compute_unit_metrics"),
        "spikes.activity": ("ActivityMap", "compute_activity_map"),
        "spikes.correlogram": ("Autocorrelograms", "compute_autocorrelograms"),
        "spikes.drift": ("DriftMap", "compute_drift_map"),
        "spikes.psth": ("PSTH", "compute_psth"),
        "spikes.raster": ("Raster", "align_raster"),
    },
)
