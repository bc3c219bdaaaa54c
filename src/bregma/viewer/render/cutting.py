"""What a slice shows, as arrays: the regions, the template or an image where a plane cuts them. No graphics."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas import Atlas
from bregma.atlas.grid import Grid
from bregma.atlas.planes import Plane, Section
from bregma.atlas.slices import slice_rows, slice_template, slice_volume
from bregma.viewer.errors import InvalidLayer
from bregma.viewer.render.enlarging import enlarge_image, enlarge_labels
from bregma.viewer.render.intensities import LUMINANCE, colour_intensities, find_limits
from bregma.viewer.scene.arrays import Bytes
from bregma.viewer.scene.layers.volumes import ImageVolume, Slice, Transfer
from bregma.viewer.scene.painting import Painted

Floats = npt.NDArray[np.float64]

_SECTIONS: tuple[Section, ...] = ("sagittal", "coronal", "horizontal")
_LEVEL = 1e-6
_NOISE = 0.15
_MOST_PIXELS = 1_000_000
_OF_ATLAS = ("annotation", "template", "both")


@dataclass(frozen=True, eq=False)
class Cut:
    """Where a plane cuts an atlas and an image.

    Parameters
    ----------
    plane : Plane
        Its pixels.
    rows : (n_rows, n_columns) array of uint16, optional
        Row of the region table at each pixel, under the mapping of the slice; None without an atlas.
    image : (n_rows, n_columns) array, optional
        Intensities; None where only regions are shown.
    transfer : Transfer
        Colours of the intensities, with limits.
    """

    plane: Plane
    rows: npt.NDArray[np.uint16] | None
    image: npt.NDArray[Any] | None
    transfer: Transfer


def is_of_image(layer: Slice) -> bool:
    """Return whether a slice is through an image volume of the scene, and not through the atlas."""
    return layer.of not in _OF_ATLAS


def place_plane(layer: Slice, grid: Grid) -> Plane | None:
    """Return the pixels of a slice; None where it does not meet the volume."""
    axis = int(np.argmax(np.abs(layer.normal)))
    if abs(layer.normal[axis]) < 1 - _LEVEL:
        return Plane.across(grid, layer.origin, layer.normal)
    low, high = grid.bounds[axis]
    if not low <= layer.origin[axis] < high:
        return None
    return Plane.cut(grid, _SECTIONS[axis], layer.origin[axis], outside="clip")


def cut_atlas(layer: Slice, atlas: Atlas) -> Cut | None:
    """Cut the labels of an atlas, and its template where the slice shows it; None where the plane misses them.

    Raises
    ------
    AtlasNotFound
        If the slice shows the template, and the atlas has none.
    """
    plane = place_plane(layer, atlas.grid)
    if plane is None:
        return None
    rows = slice_rows(atlas, plane, mapping=_mapping_of(layer, atlas)).image
    if layer.of == "annotation":
        return Cut(plane, rows, None, Transfer())
    image = slice_template(atlas, plane).image
    return Cut(plane, rows, image, Transfer(limits=find_limits(atlas.template)))


def cut_image(layer: Slice, volume: ImageVolume, moment: float, atlas: Atlas | None) -> Cut | None:
    """Cut an image volume at a moment, and the labels of an atlas where it lies; None where the plane misses it."""
    if volume.image is None:
        raise InvalidLayer(f"{layer.name!r} cuts {volume.name!r}, the atlas's template: say of='template'")
    array = volume.image if volume.times is None else volume.image[volume.step_at(moment)]
    n_x, n_y, n_z = array.shape
    grid = Grid((n_x, n_y, n_z), volume.origin, volume.spacing)
    plane = place_plane(layer, grid)
    if plane is None:
        return None
    rows = None if atlas is None else atlas.rows_at(plane.pixels, mapping=_mapping_of(layer, atlas))
    limits = volume.transfer.limits or find_limits(volume.image)
    transfer = Transfer(colormap=volume.transfer.colormap, limits=limits)
    return Cut(plane, rows, slice_volume(array, grid, plane, smooth=True).image, transfer)


def colour_cut(cut: Cut, layer: Slice, painted: Painted | None) -> Bytes:
    """Return the (n_rows, n_columns, 4) picture of a slice, transparent outside of the brain.

    Parameters
    ----------
    cut : Cut
        What it shows.
    layer : Slice
        How.
    painted : Painted, optional
        The colours of the regions; None without an atlas.
    """
    if cut.image is None:
        assert cut.rows is not None  # regions come with an atlas
        assert painted is not None
        table = np.c_[painted.rgb, np.where(painted.share > 0, 255, 0)].astype(np.uint8)
        # Four bytes as one number are looked up in a quarter of the time.
        return np.take(table.view(np.uint32)[:, 0], cut.rows)[..., None].view(np.uint8)
    rgba = np.empty((*cut.image.shape, 4), dtype=np.uint8)
    rgba[..., :3] = colour_intensities(cut.image, cut.transfer)
    rgba[..., 3] = np.where(_find_seen(cut), 255, 0)
    if layer.of == "both" and cut.rows is not None and painted is not None:
        _lay_over(rgba, painted.rgb[cut.rows], painted.share[cut.rows] * layer.labels_opacity)
    return rgba


def _mapping_of(layer: Slice, atlas: Atlas) -> npt.NDArray[np.uint16]:
    return atlas.regions.mapping(layer.mapping, lateralised=atlas.regions.is_lateralised)


def refine_cut(cut: Cut) -> Cut:
    """Return a cut with smaller pixels, so that its borders look smooth; only to be coloured."""
    doublings = max(n for n in range(3) if n == 0 or cut.plane.shape[0] * cut.plane.shape[1] * 4**n <= _MOST_PIXELS)
    rows = None if cut.rows is None else enlarge_labels(cut.rows, doublings)
    return replace(cut, rows=rows, image=None if cut.image is None else enlarge_image(cut.image, doublings))


def corners_of(cut: Cut, layer: Slice) -> Floats:
    """Return the corners of the picture in space, in metres: lower left, lower right, upper right, upper left.

    They lie where the slice is, which may be half a voxel from the centres of the voxels it shows.
    """
    plane, normal = cut.plane, np.array(layer.normal)
    rows, columns = plane.shape
    across, upwards = plane.right * plane.spacing[0], plane.up * plane.spacing[1]
    first = plane.origin - (across + upwards) / 2
    first = first + ((np.array(layer.origin) - first) @ normal) * normal
    return np.stack(
        [first, first + columns * across, first + columns * across + rows * upwards, first + rows * upwards]
    )


def look_up(cut: Cut, painted: Painted | None, xyz: npt.ArrayLike) -> tuple[int, float | None] | None:
    """Return the row of the region at a place of a slice, and the value or else the intensity there.

    Parameters
    ----------
    cut : Cut
        What the slice shows.
    painted : Painted, optional
        The colours of the regions; None without an atlas.
    xyz : (3,) array
        A place in the plane, in metres.

    Returns
    -------
    tuple of int and float, or None
        Row 0 is no region; the value is None where there is none. None for a place where nothing is drawn.
    """
    column, row = np.floor(_pixel_of(cut.plane, np.asarray(xyz))).astype(int).tolist()
    if not (0 <= row < cut.plane.shape[0] and 0 <= column < cut.plane.shape[1]):
        return None
    here = 0 if cut.rows is None else int(cut.rows[row, column])
    region = 0 if painted is None else int(painted.rows[here])
    if painted is not None and painted.numbers is not None and here:
        return region, _known(painted.numbers[here])
    if cut.image is not None and (here or _find_seen(cut)[row, column]):
        return region, _known(cut.image[row, column])
    return (region, None) if here else None


def _known(number: Any) -> float | None:
    return None if np.isnan(number) else float(number)


def _pixel_of(plane: Plane, xyz: Floats) -> Floats:
    offset = xyz - plane.origin
    return np.array([offset @ plane.right / plane.spacing[0], offset @ plane.up / plane.spacing[1]]) + 0.5


def _find_seen(cut: Cut) -> npt.NDArray[np.bool_]:
    """Return where there is brain, or an intensity well above the noise around it."""
    assert cut.image is not None  # there is something to see
    assert cut.transfer.limits is not None  # found when it was cut
    low, high = cut.transfer.limits
    bright: npt.NDArray[np.bool_] = cut.image > low + _NOISE * (high - low)
    return bright if cut.rows is None else bright | ((cut.rows > 0) & np.isfinite(cut.image))


def _lay_over(rgba: Bytes, rgb: Bytes, share: npt.NDArray[np.floating[Any]]) -> None:
    """Lay colours over a picture; they take its brightness along, so that its structure stays legible."""
    brightness = (rgba[..., :3] @ LUMINANCE)[..., None] / 255
    over = rgb * (0.35 + 0.65 * brightness)
    share = share[..., None]
    rgba[..., :3] = rgba[..., :3] * (1 - share) + over * share + 0.5
