"""The bulk data store: one protocol (list, stat, read a range, put, hash) over files wherever they lie.

May import: alf, services.
Read first: protocol.py.
"""
