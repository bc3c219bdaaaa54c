"""Template tags of the colony."""
