"""Breeding pairs, litters, weaning, lines and pedigrees.

Read first: ``services/`` (what is written), ``selectors/`` (what is read), ``pedigree.py`` (inbreeding, as plain
functions).
"""
