"""Video: how much changes between frames, and when it does relative to the wheel."""
