"""ALF: the naming convention of files, and reading and writing them.

May import: nothing of the house. No network, no database.
Read first: path.py.
"""
