"""Slices: a flat picture where a plane cuts the brain, every region in exactly its colour, with outlines."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bregma.atlas import Atlas
from bregma.viewer.render.cutting import (
    Cut,
    colour_cut,
    corners_of,
    cut_atlas,
    cut_image,
    is_of_image,
    look_up,
    refine_cut,
)
from bregma.viewer.render.drawn import Drawn, Hit, World
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.sheet import Outlines, Sheet
from bregma.viewer.render.sight import Sight
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice
from bregma.viewer.scene.painting import Painted, Painting
from bregma.viewer.scene.stage import Pick

_LINE = 1.2
_NEAR_MM = 1e-3


class DrawnSlice(Drawn):
    """A rectangle with a picture on it, and lines where regions touch; both are written anew when it moves."""

    def __init__(self, layer: Slice, world: World) -> None:
        super().__init__(layer, world)
        self._sheet, self._outlines = Sheet(), Outlines()
        self._cut: Cut | None = None
        self._fine: Cut | None = None
        self._cut_as: tuple[object, ...] = ()
        self._moment = 0.0
        self.props = [self._sheet.actor, self._outlines.actor]

    def follow(self, layer: Slice, moment: float) -> bool:
        """Move, and take over what is shown."""
        self.layer = layer
        for prop in self.props:
            prop.GetProperty().SetOpacity(layer.opacity)
        # Holes let what is behind them through; without this, the picture would count as translucent all over.
        self._sheet.actor.SetForceOpaque(layer.opacity == 1)
        self.set_moment(moment)
        self.resize()
        return True

    def set_moment(self, moment: float) -> None:
        """Show the values, or the image, of a moment."""
        self._moment = moment
        if self._cut_as != (wanted := self._key()):
            self._cut_as, self._cut = wanted, self._make_cut()
            self._fine = None if self._cut is None else refine_cut(self._cut)
            self._place()
        if self._fine is not None:
            self._sheet.show(colour_cut(self._fine, self.layer, self._paint()))

    def resize(self) -> None:
        """Take over the height of the picture."""
        self._outlines.actor.GetProperty().SetLineWidth(max(_LINE * self.world.pixels_per_size, 1.0))

    def clip(self, planes: Any) -> None:
        """Cut by planes, but not by one that the slice lies in: it shows what is seen there."""
        if planes is None:
            super().clip(None)
            return
        from vtkmodules.vtkCommonDataModel import vtkPlaneCollection

        kept: Any = vtkPlaneCollection()
        for plane in (planes.GetItem(index) for index in range(planes.GetNumberOfItems())):
            if not self._lies_in(plane):
                kept.AddItem(plane)
        super().clip(kept)

    def meet(self, sight: Sight) -> Sequence[Hit]:
        """Return where a line of sight meets the plane."""
        met = sight.meet_plane(np.array(self.layer.origin) * MM, self.layer.normal)
        if self._cut is None or met is None:
            return ()
        x, y, z = met.tolist()
        return (Hit(prop=self._sheet.actor, xyz_mm=(x, y, z)),)

    def describe(self, hit: Hit) -> Pick | None:
        """Tell the region at a place, and its value or the intensity there; None outside of the brain."""
        painted = self._paint()
        found = None if self._cut is None else look_up(self._cut, painted, hit.xyz)
        if found is None:
            return None
        row, value = found
        region = self.world.atlas.regions.acronyms[row] if row else ""
        return Pick(layer=self.layer.name, xyz=hit.xyz, region=region, value=value)

    def uses(self, name: str) -> bool:
        """Return whether it is drawn from another layer."""
        return bool(self.layer.of == name)

    def _key(self) -> tuple[object, ...]:
        """Return all that where it is cut depends on: as long as that is the same, only colours change."""
        layer: Slice = self.layer
        along = float(np.dot(layer.origin, layer.normal))
        volume = self._find_volume()
        step = None if volume is None or volume.times is None else volume.step_at(self._moment)
        image = () if volume is None else (volume.image, volume.transfer, volume.origin, volume.spacing)
        return layer.normal, along, layer.of, layer.mapping, layer.outlines, step, *map(_identity, image)

    def _make_cut(self) -> Cut | None:
        volume = self._find_volume()
        if volume is not None:
            return cut_image(self.layer, volume, self._moment, self._find_atlas())
        return None if is_of_image(self.layer) else cut_atlas(self.layer, self.world.atlas)

    def _place(self) -> None:
        cut, atlas, layer = self._cut, self._find_atlas(), self.layer
        self._outlines.clear()
        if cut is None:
            self._sheet.clear()
            return
        corners = corners_of(cut, layer) * MM
        self._sheet.place(corners)
        if layer.outlines and cut.rows is not None and atlas is not None:
            # The two sides of a structure are one: no line runs along the midline.
            self._outlines.show(atlas.regions.structure_rows[cut.rows], corners)

    def _find_volume(self) -> ImageVolume | None:
        """Return the image volume that is cut; None for the atlas, and for a volume that is gone."""
        found = self.world.find_layer(self.layer.of) if is_of_image(self.layer) else None
        return found if isinstance(found, ImageVolume) else None

    def _find_atlas(self) -> Atlas | None:
        return self.world.atlas if not is_of_image(self.layer) or self.world.has_atlas() else None

    def _paint(self) -> Painted | None:
        atlas = self._find_atlas()
        if atlas is None:
            return None
        painting = Painting.of(self.layer)
        # Over the template, a region without a colour of its own lets the template be seen.
        painting = replace(painting, missing=0.0) if self.layer.of == "both" else painting
        return painting.paint(atlas.regions, self._moment)

    def _lies_in(self, plane: Any) -> bool:
        distance = plane.EvaluateFunction(*(part * MM for part in self.layer.origin))
        along = abs(float(np.dot(plane.GetNormal(), self.layer.normal)))
        return along > 1 - 1e-9 and abs(distance) < _NEAR_MM


def _identity(part: object) -> object:
    """Arrays are told apart by which one they are, everything else by what it is."""
    return id(part) if isinstance(part, np.ndarray) else part
