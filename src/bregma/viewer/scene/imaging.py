"""Volumes that are put into a scene, values that colour its regions, and planes that cut it open."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bregma.viewer.errors import InvalidLayer, NoAtlas
from bregma.viewer.scene.arrays import unmask
from bregma.viewer.scene.building import Building
from bregma.viewer.scene.clipping import Range, box_planes, check_number
from bregma.viewer.scene.files import read_image
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.regions import AnnotationVolume, RegionSurface, RegionSurfaces
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice, Transfer
from bregma.viewer.scene.region_values import Given, spread_values
from bregma.viewer.scene.stage import Plane
from bregma.viewer.scene.values import Values

_OF_TRANSFER = ("colormap", "limits", "gradient")
_COLOURED = (AnnotationVolume, RegionSurface, RegionSurfaces, Slice)
_OF_VALUES = 0.3


class Imaging(Building):
    """A scene with volumes."""

    def add_volume(
        self,
        image: npt.NDArray[Any] | Path | str,
        *,
        name: str = "",
        times: npt.ArrayLike | None = None,
        orientation: str | None = None,
        **look: Any,
    ) -> Self:
        """Add a volume of intensities: density, expression, a registered brain; also one that changes.

        Parameters
        ----------
        image : (n_x, n_y, n_z) or (n_times, n_x, n_y, n_z) array, or Path
            Intensities; x grows to the right, y to the front, z upwards. Or an NRRD, NIfTI, TIFF or npy file.
        name : str
            Of the layer; by default that of the file.
        times : (n_times,) array, optional
            Rising moments of a changing volume, in seconds.
        orientation : str, optional
            Where each axis of a file begins; by default as the file says, else as in files of the Allen Institute.
        look
            As of `ImageVolume` and `Transfer`: ``spacing=``, ``origin=`` (both needed unless the voxels are those
            of the atlas), ``blend="maximum"``, ``colormap="magma"``, ``limits=(0, 500)`` …

        Raises
        ------
        InvalidLayer
            If the array is no volume, or nothing says where it lies.
        """
        look = _take_transfer(look)
        if isinstance(image, (str, Path)):
            title = self._free_name(name or Path(image).name.split(".")[0])
            return self.add(read_image(image, orientation=orientation, name=title, **look))
        place = self._find_place(np.shape(image)[-3:], look)
        return self.add(
            ImageVolume.make(name=self._free_name(name or "Volume"), image=unmask(image), times=times, **place)
        )

    def add_template(self, *, name: str = "Template", **look: Any) -> Self:
        """Add the template of the atlas, the picture on which its regions were drawn.

        Raises
        ------
        NoAtlas
            If the atlas came without it.
        """
        if self.atlas.template is None:
            raise NoAtlas(f"{self.atlas.name} came without its template: load_atlas(…, template=True) brings it along")
        return self.add(ImageVolume.make(name=self._free_name(name), **_take_transfer(look)))

    def map_values(
        self,
        values: Given,
        regions: npt.ArrayLike | Iterable[Any] | None = None,
        *,
        times: npt.ArrayLike | None = None,
        mapping: str = "Allen",
        statistic: str = "mean",
        layers: Iterable[str] | None = None,
        **look: Any,
    ) -> Self:
        """Colour regions by numbers: those of the annotation, of slices and of surfaces.

        Parameters
        ----------
        values : dict or Series of region to number, or (n,) or (n_times, n) array
            NaN is missing. What lies inside of a region that has a number has the same number; that of the root is
            only that of what lies in no region.
        regions : (n,) array or list, optional
            The region of each number of an array, by acronym or identifier; one may occur often. Acronyms and
            positive identifiers mean both sides, unless the left is given for itself.
        times : (n_times,) array, optional
            Rising moments of the numbers, in seconds.
        mapping : str
            What regions are brought to first: ``Beryl``, ``Cosmos`` …
        statistic : {"mean", "median", "sum", "std", "min", "max", "count"}
            What becomes of several numbers of one region.
        layers : iterable of str, optional
            Which layers to colour; by default all that show regions, or a new annotation if there is none.
        look
            As of `Values`: ``colormap="magma"``, ``limits=(0, 1)``, ``label="rate (Hz)"``, ``interpolate=True`` …

        Raises
        ------
        InvalidLayer
            If numbers and regions do not fit together, none is known, or a layer shows no regions.
        RegionNotFound, MappingNotFound
            If one is unknown; the message suggests near ones.
        """
        data = spread_values(values, regions, self.atlas.regions, mapping=mapping, statistic=statistic)
        made = Values.make(data=data, times=times, **look)
        with self.together():
            for layer in self._find_coloured(layers):
                self.update(layer.name, values=self._values_of(layer, made))
        return self

    def crop(self, *, ml: Range | None = None, ap: Range | None = None, dv: Range | None = None) -> Self:
        """Show only what lies within a box, in place of all planes that cut now.

        Parameters
        ----------
        ml, ap, dv : tuple of 2 float, optional
            From where to where, in metres from bregma; None for as far as there is something:
            ``crop(ml=(0, None))`` leaves the right half.
        """
        return self._become(clipping=box_planes(ml, ap, dv))

    def clip(self, plane: Plane | str, *, flip: bool = False) -> Self:
        """Cut by one more plane: what lies on the side of its normal remains.

        Parameters
        ----------
        plane : Plane or str
            Or the name of a slice: the brain is cut open there, and the slice is seen on the cut.
        flip : bool
            Whether the other side remains.

        Raises
        ------
        InvalidLayer
            If there are more than six planes, or the layer is no slice.
        """
        if not isinstance(plane, Plane):
            layer = self.layer(plane)
            if not isinstance(layer, Slice):
                raise InvalidLayer(f"{plane!r} is no slice; a scene is cut by a Plane, or where a slice is")
            plane = Plane(origin=layer.origin, normal=layer.normal)
        if flip:
            x, y, z = plane.normal
            plane = replace(plane, normal=(-x, -y, -z))
        return self._become(clipping=check_number((*self.state.clipping, plane)))

    def unclip(self) -> Self:
        """Cut nothing any more."""
        return self._become(clipping=())

    def _find_coloured(self, names: Iterable[str] | None) -> list[Layer]:
        if names is not None:
            found = [self.layer(name) for name in names]
            for layer in found:
                if not isinstance(layer, _COLOURED):
                    raise InvalidLayer(f"{layer.name!r} shows no regions that values could colour")
            return found
        if not any(isinstance(layer, _COLOURED) for layer in self.layers):
            self.add(AnnotationVolume(name=self._free_name("Annotation"), opacity=_OF_VALUES))
        return [layer for layer in self.layers if isinstance(layer, _COLOURED)]

    def _values_of(self, layer: Layer, values: Values) -> Values:
        """Return the values of all regions, or for the surface of one region those of its row, on the same scale."""
        if not isinstance(layer, RegionSurface):
            return values
        side: Any = "left" if layer.hemisphere == "left" else None
        row = self.atlas.regions.row(layer.acronym, hemisphere=side)
        return replace(values, data=values.data[..., [row]], limits=values.bounds)

    def _find_place(self, shape: tuple[int, ...], look: Mapping[str, Any]) -> dict[str, Any]:
        """Return where an array lies: as said, else where the atlas lies if it has as many voxels."""
        if "spacing" in look and "origin" in look:
            return dict(look)
        grid = self.atlas.grid if self.has_atlas else None
        if grid is None or shape != grid.shape:
            turned = grid is not None and sorted(shape) == sorted(grid.shape)
            hint = f"; its axes are not x, y, z as in {grid.shape}: transpose it" if grid and turned else ""
            raise InvalidLayer(f"where does a volume of shape {shape} lie? Give spacing= and origin=, in metres{hint}")
        return {"spacing": grid.spacing, "origin": grid.origin} | dict(look)


def _take_transfer(look: dict[str, Any]) -> dict[str, Any]:
    """Return a look with what belongs to its transfer function put into that."""
    of_transfer = {key: look[key] for key in _OF_TRANSFER if key in look}
    rest = {key: value for key, value in look.items() if key not in _OF_TRANSFER}
    if of_transfer:
        rest["transfer"] = Transfer.make(**(vars(look.get("transfer", Transfer())) | of_transfer))
    return rest
