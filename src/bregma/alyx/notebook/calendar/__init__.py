"""The calendar of the lab."""
