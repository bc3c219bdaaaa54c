"""Draws what brainbox computed, on the axes you give it.

May import: brainbox, atlas and below.
Read first: behavior.py.
Public names: plot_psychometric, plot_reaction_times, plot_training, plot_raster, plot_psth, plot_drift_map, PlotError.
"""

from bregma.plots.axes import PlotError
from bregma.plots.behavior import plot_psychometric, plot_reaction_times, plot_training
from bregma.plots.spikes import plot_drift_map, plot_psth, plot_raster

__all__ = [
    "PlotError",
    "plot_drift_map",
    "plot_psth",
    "plot_psychometric",
    "plot_raster",
    "plot_reaction_times",
    "plot_training",
]
