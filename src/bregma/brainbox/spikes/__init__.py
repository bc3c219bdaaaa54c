"""Spike trains: around events, against themselves, along the probe."""
