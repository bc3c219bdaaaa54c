"""Interactive 3D of the brain: a scene you can print, save and test, rendered by VTK.

May import: pipelines and below.
Read first: scene/scene.py.
"""
