"""Writes a scene to a file: what kind of file, its ending says."""

from bregma.viewer.export.files import save_scene

__all__ = ["save_scene"]
