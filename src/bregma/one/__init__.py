"""ONE: search, list, load and register the data of experiments, online or offline.

May import: alf, store. No Django, DataJoint, VTK or matplotlib.
Read first: api.py.
"""
