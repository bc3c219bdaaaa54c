"""Numbers through time of what is selected: a unit, a region, a vertex, a voxel; or of a whole layer."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bregma.viewer.panels.held import Held, band_of
from bregma.viewer.scene.arrays import Floats
from bregma.viewer.scene.layers.layer import Layer
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.stage import Pick
from bregma.viewer.scene.values import Values


@dataclass(frozen=True, eq=False)
class Series:
    """A curve, and the range that most of the layer lies in.

    Parameters
    ----------
    times : (n,) array
        Seconds.
    curve : (n,) array
        Of what is selected, or the median of the layer.
    low, high : (n,) array
        The layer's 10th and 90th percentile at each moment.
    title, label : str
        Whose curve it is, and what the numbers are.
    """

    times: Floats
    curve: Floats
    low: Floats
    high: Floats
    title: str
    label: str


def find_series(scene: Scene) -> Series | None:
    """Return the curve of the selection, else of the first layer that changes with time; None if none does."""
    pick = scene.state.selection
    chosen = scene.state.find(pick.layer) if pick is not None else None
    if pick is not None and chosen is not None and (found := _series_of(chosen, scene, pick)) is not None:
        return found
    return next((found for layer in scene.layers if (found := _series_of(layer, scene, None)) is not None), None)


def _series_of(layer: Layer, scene: Scene, pick: Pick | None) -> Series | None:
    values = layer.coloured_by
    if values is not None and values.times is not None:
        element = _element(values, scene, pick)
        title = layer.name if element is None or pick is None else _title(layer, pick)
        curve = None if element is None else values.data[:, element]
        return _make(values.times, values.data, curve, title, values.label)
    if isinstance(layer, ImageVolume) and layer.image is not None and layer.times is not None:
        voxel = _voxel(layer, pick)
        flat = layer.image.reshape(len(layer.times), -1)
        curve = None if voxel is None else flat[:, voxel].astype(np.float64)
        return _make(layer.times, layer.image, curve, layer.name, "")
    return None


def _make(times: Floats, data: npt.NDArray[Any], curve: Floats | None, title: str, label: str) -> Series:
    low, middle, high = band_of(Held(data))
    return Series(times, middle if curve is None else curve, low, high, title, label)


def _element(values: Values, scene: Scene, pick: Pick | None) -> int | None:
    if pick is None:
        return None
    if scene.has_atlas and pick.region and values.n == len(scene.atlas.regions):
        side: Literal["left"] | None = "left" if pick.xyz[0] < 0 and scene.atlas.regions.is_lateralised else None
        return scene.atlas.regions.row(pick.region, hemisphere=side)
    return pick.index if pick.index is not None and pick.index < values.n else None


def _voxel(layer: ImageVolume, pick: Pick | None) -> int | None:
    """Return which of the voxels in a row was picked."""
    if pick is None or layer.image is None:
        return None
    place = np.round((np.array(pick.xyz) - layer.origin) / layer.spacing).astype(int)
    shape = layer.image.shape[-3:]
    inside = bool(np.all((place >= 0) & (place < shape)))
    return int(np.ravel_multi_index(place.tolist(), shape)) if inside else None


def _title(layer: Layer, pick: Pick) -> str:
    element = pick.label or pick.region or (f"{pick.index:,}" if pick.index is not None else "")
    return f"{layer.name} · {element}" if element else layer.name
