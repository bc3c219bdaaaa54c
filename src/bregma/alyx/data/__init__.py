"""Datasets, their types, revisions and files."""
