"""The brain atlas: regions, coordinates, insertions. Arrays in, arrays out.

May import: alf, store.
Read first: atlas.py.
"""
