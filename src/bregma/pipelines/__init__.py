"""DataJoint tables that analyse new data by themselves, their workers, and the read side of their results.

May import: sessions and below.
Read first: tables/behavior.py.
"""
