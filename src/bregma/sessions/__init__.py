"""One session or one probe as an object.

May import: plots, one, atlas, brainbox and below.
Read first: session.py.
"""
