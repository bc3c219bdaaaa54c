"""The engine that brings files from anywhere: many at once, resumed, checked, and in place only when right."""
