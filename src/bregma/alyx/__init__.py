"""Alyx: the database of metadata, its REST API, admin and pages, as one Django project.

May import: pipelines and below.
Read first: settings.py.
"""
