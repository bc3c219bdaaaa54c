"""Query parameters of what was recorded where."""
