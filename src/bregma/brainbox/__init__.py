"""Brainbox: analysis of behaviour and neural activity. Pure functions on arrays; seconds, radians, hertz.

May import: alf.
Read first: spikes/psth.py.
Public names: those of the stub beside this file, ``__init__.pyi``: a line each.
"""

from bregma.later import import_from_stub

# numba, scipy, pandas and scikit-learn take time.
__getattr__ = import_from_stub(__name__)
