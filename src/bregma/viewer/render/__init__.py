"""Draws a scene: with OpenGL through VTK where a machine can, without it where it cannot."""

from bregma.viewer.render.picture import draw_picture, save_picture

__all__ = ["draw_picture", "save_picture"]
