"""Template tags of the day's work."""
