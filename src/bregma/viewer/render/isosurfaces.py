"""Surfaces of equal intensity in a volume."""

from dataclasses import replace
from typing import Any

import numpy as np

from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import make_actor
from bregma.viewer.render.intensities import colour_intensities
from bregma.viewer.render.intensity_volume import IntensityVolume
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.stage import Pick


class DrawnIsosurfaces(Drawn):
    """A smooth surface for each intensity, in the colour that the transfer function gives it."""

    def __init__(self, layer: ImageVolume, world: World) -> None:
        super().__init__(layer, world)
        self._voxels = IntensityVolume(layer, world)
        self._contours = [_make_contour() for _ in layer.isovalues]
        self.props = [_make_actor(contour) for contour in self._contours]
        self._take_voxels()

    def follow(self, layer: ImageVolume, moment: float) -> bool:
        """Take over colours, opacity and intensities."""
        if not layer.has_voxels_of(self.layer) or len(layer.isovalues) != len(self.layer.isovalues):
            return False
        self.layer = layer
        limits = layer.transfer.limits or self._voxels.limits
        colours = colour_intensities(np.array(layer.isovalues), replace(layer.transfer, limits=limits)) / 255.0
        for actor, contour, isovalue, rgb in zip(self.props, self._contours, layer.isovalues, colours, strict=True):
            contour.SetValue(0, isovalue)
            actor.GetProperty().SetColor(*rgb.tolist())
            actor.GetProperty().SetOpacity(layer.opacity)
        self.set_moment(moment)
        return True

    def set_moment(self, moment: float) -> None:
        """Show the surfaces of a moment."""
        if self._voxels.go_to(moment):
            self._take_voxels()

    def describe(self, hit: Hit) -> Pick | None:
        """Tell the intensity of the surface, and its region where the scene has an atlas."""
        return self._voxels.describe(self.layer.name, self.world, hit)

    def _take_voxels(self) -> None:
        image = self._voxels.make_image()
        for contour in self._contours:
            contour.SetInputData(image)


def _make_contour() -> Any:
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

    contour: Any = vtkFlyingEdges3D()
    contour.ComputeNormalsOn()
    contour.ComputeScalarsOff()
    return contour


def _make_actor(contour: Any) -> Any:
    actor = make_actor(None)
    actor.GetMapper().SetInputConnection(contour.GetOutputPort())
    look = actor.GetProperty()
    look.SetInterpolationToPhong()
    look.SetAmbient(0.25)
    look.SetDiffuse(0.75)
    look.SetSpecular(0.2)
    look.SetSpecularPower(25)
    return actor
