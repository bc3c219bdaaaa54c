"""The pages around everything: look, navigation, log-in, overview, and the files a browser needs.

May import: results, pipelines and below.
Read first: views.py.
"""
