"""Surgeries, injections and other things done to a subject."""
