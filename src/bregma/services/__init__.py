"""The processes and folders of one installation: PostgreSQL (embedded or by URL), web server, workers.

May import: nothing of the house.
Read first: home.py.
"""
