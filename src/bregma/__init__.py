"""bregma: one system for neurophysiology labs to organize, store, search, analyse and look at their data."""

__version__ = "0.1.0"
