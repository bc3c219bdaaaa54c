"""Draws what brainbox computed, on the axes you give it.

May import: brainbox, atlas and below.
Read first: behavior.py.
Public names: the lines of ``__init__.pyi``: plot_psychometric, plot_session_overview, plot_raster, plot_psth and many
more, and PlotError.
"""

from bregma.later import import_from_stub

# Each figure imports what it draws only.
__getattr__ = import_from_stub(__name__)
