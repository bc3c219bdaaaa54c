"""Probe insertions of a session."""
