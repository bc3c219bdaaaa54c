"""Interactive 3D of the brain: a scene you can print, save and test, rendered by VTK.

May import: pipelines and below.
Read first: scene/scene.py.
Public names: Scene, View, AnnotationVolume, RegionSurface, Points, Insertions, Layer, Tracks, fit_tracks, ViewerError,
InvalidLayer, LayerNotFound, NoAtlas, NoOpenGL. The page is bregma.viewer.web.serve.
"""

from bregma.viewer.errors import InvalidLayer, LayerNotFound, NoAtlas, NoOpenGL, ViewerError
from bregma.viewer.scene.layers import AnnotationVolume, Insertions, Layer, Points, RegionSurface
from bregma.viewer.scene.scene import Scene, View
from bregma.viewer.scene.tracks import Tracks, fit_tracks

__all__ = [
    "AnnotationVolume",
    "Insertions",
    "InvalidLayer",
    "Layer",
    "LayerNotFound",
    "NoAtlas",
    "NoOpenGL",
    "Points",
    "RegionSurface",
    "Scene",
    "Tracks",
    "View",
    "ViewerError",
    "fit_tracks",
]
