"""Pictures of planes: region rows, identifiers, colours, values per region, the template or any volume."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from bregma.atlas.atlas import Atlas, Mapping
from bregma.atlas.errors import AtlasNotFound, InvalidAtlas
from bregma.atlas.grid import Grid, axis_number
from bregma.atlas.planes import Plane

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Slice:
    """What a plane shows, as a picture. The layer of a scene that shows one is `bregma.viewer.Slice`.

    Parameters
    ----------
    image : (n_rows, n_columns) or (n_rows, n_columns, 4) array
        The lowest row first: draw it with ``imshow(image, origin="lower", extent=extent)``.
    plane : Plane
        Where its pixels are.
    """

    image: npt.NDArray[Any]
    plane: Plane

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top edge of the picture, in metres."""
        return self.plane.extent

    @property
    def axes(self) -> tuple[str, str]:
        """Names of the axes to the right and up."""
        return self.plane.axes


def slice_rows(atlas: Atlas, plane: Plane, *, mapping: Mapping | None = None) -> Slice:
    """Show the region row at each pixel of a plane.

    Parameters
    ----------
    atlas : Atlas
        Whose labels to show.
    plane : Plane
        As ``Plane.cut(atlas.grid, "coronal", -0.002)``.
    mapping : str, list, dict or array, optional
        Coarser view of the regions, as for `Regions.mapping`: for instance "Beryl".

    Returns
    -------
    Slice
        Of uint16; void (0) where the volume does not reach.
    """
    return Slice(atlas.map_rows(_sample(atlas.labels, atlas.grid, plane), mapping), plane)


def slice_ids(atlas: Atlas, plane: Plane, *, mapping: Mapping | None = None) -> Slice:
    """Show the identifier of the region at each pixel of a plane, negative on the left; as `slice_rows` does."""
    return Slice(atlas.regions.ids[slice_rows(atlas, plane, mapping=mapping).image], plane)


def slice_colours(atlas: Atlas, plane: Plane, *, mapping: Mapping | None = None) -> Slice:
    """Show the regions of a plane in their colours; as `slice_rows` does.

    Returns
    -------
    Slice
        Of uint8: red, green, blue and opacity. Void is transparent, everything else opaque.
    """
    rows = slice_rows(atlas, plane, mapping=mapping).image
    colours = np.concatenate([atlas.regions.rgb, np.full((len(atlas.regions), 1), 255, dtype=np.uint8)], axis=1)
    colours[0] = 0
    packed = colours.view(np.uint32)[:, 0]  # four bytes at once: ten times quicker
    return Slice(packed[rows].view(np.uint8).reshape(*rows.shape, 4), plane)


def slice_values(atlas: Atlas, plane: Plane, values: npt.NDArray[Scalar], *, mapping: Mapping | None = None) -> Slice:
    """Show a value of each region on a plane; as `slice_rows` does.

    Parameters
    ----------
    values : (n_regions, ...) array
        A value, or a colour, for each row of the region table. That of void is shown outside of the brain.

    Raises
    ------
    InvalidAtlas
        If there are not as many values as regions.
    """
    table = np.asarray(values)
    if table.ndim == 0 or len(table) != len(atlas.regions):
        raise InvalidAtlas(f"this atlas has {len(atlas.regions)} rows, and the values have shape {table.shape}")
    return Slice(table[slice_rows(atlas, plane, mapping=mapping).image], plane)


def slice_template(atlas: Atlas, plane: Plane) -> Slice:
    """Show the template on a plane; between voxels if the plane is tilted.

    Raises
    ------
    AtlasNotFound
        If this atlas has no template.
    """
    if atlas.template is None:
        raise AtlasNotFound(f"{atlas.name} has no template; load one with it, or show its regions")
    return slice_volume(atlas.template, atlas.grid, plane, smooth=True)


def slice_volume(volume: npt.NDArray[Scalar], grid: Grid, plane: Plane, *, smooth: bool = False) -> Slice:
    """Show a plane through any volume.

    Parameters
    ----------
    volume : (n_x, n_y, n_z) array
        Values on the grid.
    grid : Grid
        Where its voxels are; not necessarily those of the atlas that the plane was made for.
    plane : Plane
        Its pixels.
    smooth : bool
        Interpolate linearly between voxels, where pixels are none. Not for labels.

    Returns
    -------
    Slice
        In the type of the volume; outside of it NaN, or 0 in a volume of integers.

    Raises
    ------
    InvalidAtlas
        If the volume has another shape than the grid.
    """
    return Slice((_interpolate if smooth else _sample)(np.asarray(volume), grid, plane), plane)


def _sample(volume: npt.NDArray[Scalar], grid: Grid, plane: Plane) -> npt.NDArray[Scalar]:
    layer = _find_layer(volume, grid, plane)
    if layer is not None:
        return layer
    void = np.nan if np.issubdtype(volume.dtype, np.floating) else 0
    return grid.look_up_mesh(volume, plane.mesh, void=void)


def _interpolate(volume: npt.NDArray[Scalar], grid: Grid, plane: Plane) -> npt.NDArray[Scalar]:
    layer = _find_layer(volume, grid, plane)
    if layer is not None:
        return layer
    from scipy.ndimage import map_coordinates

    is_integer = np.issubdtype(volume.dtype, np.integer)
    places = np.moveaxis(grid.position_of(plane.pixels), -1, 0)
    numbers: npt.NDArray[Any] = volume
    found = map_coordinates(numbers, places, np.float64, order=1, cval=0.0 if is_integer else np.nan)
    smooth: npt.NDArray[Scalar] = (np.rint(found) if is_integer else found).astype(volume.dtype)
    return smooth


def _find_layer(volume: npt.NDArray[Scalar], grid: Grid, plane: Plane) -> npt.NDArray[Scalar] | None:
    """Return the voxels that are the pixels of a plane; None if they are none of this grid."""
    if volume.shape != grid.shape:
        raise InvalidAtlas(f"a volume of shape {volume.shape} is not on a grid of {grid.shape}")
    if plane.layer is None or plane.layer.grid != grid:
        return None
    # In each section the axis that goes right comes before the one that goes up.
    layer = np.moveaxis(volume, axis_number(plane.layer.axis), 0)[plane.layer.index]
    return np.ascontiguousarray(layer.T)
