"""Quality of sorted units."""
