"""Racks and cages: opening, placing, cleaning and closing them, their pages and their cards.

Who lives in them is written by :mod:`bregma.alyx.colony.housing`.
"""
