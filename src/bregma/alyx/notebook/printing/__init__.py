"""Records as PDF."""
