"""Brainbox: analysis of behaviour and spikes. Pure functions on arrays; seconds, metres, hertz.

May import: alf.
Read first: behavior/training.py.
Public names: behavior (psychometric, trials, training), spikes (psth, raster, correlogram, drift), metrics (units).
"""
