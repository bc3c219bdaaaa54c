"""A small lab replayed from public recordings: downloaded, converted to ALF, registered as a rig does.

May import: pipelines and below.
Read first: lab.py.
"""
