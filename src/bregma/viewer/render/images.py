"""Volumes of intensities, drawn by casting rays."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bregma.viewer.render.casting import Fineness
from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.intensities import colour_intensities, opacity_at, opacity_curve
from bregma.viewer.render.intensity_volume import IntensityVolume
from bregma.viewer.render.isosurfaces import DrawnIsosurfaces
from bregma.viewer.render.sight import Sight
from bregma.viewer.render.volume import DrawnVolume
from bregma.viewer.render.walking import find_brightest, walk
from bregma.viewer.scene.layers.volumes import ImageVolume, Transfer
from bregma.viewer.scene.stage import Pick

# VTK's own average knows no colours: a haze so thin that nothing hides what is behind it does.
_BLENDS = {"composite": 0, "maximum": 1, "minimum": 2, "average": 0}
_THIN = 0.04
# Light passes this far through what the curve calls as solid as that.
_UNIT_MM = 0.1
_MOST_STEPS = 400
_STEEP = 0.1
_FINE = Fineness(step=1.0, pixels=1.5)


def draw_image(layer: ImageVolume, world: World) -> Drawn:
    """Make what draws an image volume as its blend says."""
    return DrawnIsosurfaces(layer, world) if layer.blend == "isosurface" else DrawnImage(layer, world)


class DrawnImage(DrawnVolume):
    """An image volume through which rays are cast; colours and opacities are two tables."""

    def __init__(self, layer: ImageVolume, world: World) -> None:
        super().__init__(layer, world)
        self._voxels = IntensityVolume(layer, world)
        self._mapper.SetBlendMode(_BLENDS[layer.blend])
        grid = self._voxels.grid
        self._step_mm = max(min(grid.spacing), max(np.array(grid.shape) * grid.spacing) / _MOST_STEPS) * MM
        self._mapper.SetInputData(self._voxels.make_image())
        look = self._volume.GetProperty()
        look.SetInterpolationTypeToLinear()
        look.SetScalarOpacityUnitDistance(_UNIT_MM)

    def follow(self, layer: ImageVolume, moment: float) -> bool:
        """Take over colours, opacities and light."""
        if not layer.has_voxels_of(self.layer):
            return False
        self.layer = layer
        transfer, look = self._find_transfer(), self._volume.GetProperty()
        _fill_colours(self._colours, transfer)
        _fill_opacities(self._opacities, transfer, layer.opacity * (_THIN if layer.blend == "average" else 1.0))
        look.SetDisableGradientOpacity(transfer.gradient == 0)
        if transfer.gradient > 0:
            look.SetGradientOpacity(_make_steepness(transfer))
        look.SetShade(layer.shading)
        self.set_moment(moment)
        self.set_dragging(False)
        return True

    def set_moment(self, moment: float) -> None:
        """Show the volume of a moment."""
        if self._voxels.go_to(moment):
            self._mapper.SetInputData(self._voxels.make_image())

    def meet(self, sight: Sight) -> Sequence[Hit]:
        """Return the place on a line of sight that is seen most."""
        places = walk(self._voxels.grid, sight, self._cutters)
        image = self._voxels.grid.look_up(self._voxels.now, places)
        alpha = opacity_at(image, self._find_transfer()) * self.layer.opacity
        match self.layer.blend:
            case "maximum":
                found = int(np.argmax(image)) if alpha.any() else None
            case "minimum":
                found = int(np.argmin(image)) if alpha.any() else None
            case _:
                found = find_brightest(alpha)
        return () if found is None else self._hits(places[[found]], [0])

    def describe(self, hit: Hit) -> Pick | None:
        """Tell the intensity at a place, and its region where the scene has an atlas."""
        return self._voxels.describe(self.layer.name, self.world, hit)

    def _find_transfer(self) -> Transfer:
        transfer: Transfer = self.layer.transfer
        return transfer if transfer.limits is not None else replace(transfer, limits=self._voxels.limits)

    def _find_fineness(self) -> Fineness:
        return _FINE


def _fill_colours(table: Any, transfer: Transfer) -> None:
    assert transfer.limits is not None  # found by whoever fills a table
    low, high = transfer.limits
    rgb = colour_intensities(np.linspace(low, high, 256), transfer) / 255.0
    table.BuildFunctionFromTable(low, high, 256, np.ascontiguousarray(rgb).ravel())


def _fill_opacities(table: Any, transfer: Transfer, opacity: float) -> None:
    table.RemoveAllPoints()
    for intensity, alpha in opacity_curve(transfer).tolist():
        table.AddPoint(intensity, alpha * opacity)


def _make_steepness(transfer: Transfer) -> Any:
    """Return the opacity by how much the intensity changes from voxel to voxel."""
    from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction

    assert transfer.limits is not None  # found by whoever fills a table
    table: Any = vtkPiecewiseFunction()
    table.AddPoint(0.0, 1 - transfer.gradient)
    table.AddPoint(_STEEP * (transfer.limits[1] - transfer.limits[0]), 1.0)
    return table
