"""Draws what brainbox computed, on the axes you give it.

May import: brainbox, atlas and below.
Read first: behavior.py.
"""
