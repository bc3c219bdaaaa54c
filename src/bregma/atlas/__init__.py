"""The brain atlas: regions, coordinates, labels. Arrays in, arrays out; metres relative to bregma.

May import: alf, store.
Read first: atlas.py.
Public names: those of the stub beside this file, ``__init__.pyi``: a line each.
"""

from bregma.later import import_from_stub

# scipy, pandas and readers of files take time.
__getattr__ = import_from_stub(__name__)
