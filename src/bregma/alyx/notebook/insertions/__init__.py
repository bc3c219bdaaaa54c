"""Probe insertions and their trajectories."""
