"""Volumes of a scene as a browser can draw them: blocks of coarse voxels."""

from typing import Any

import numpy as np

from bregma.atlas import Atlas
from bregma.viewer.export.vtkjs import Array, Block
from bregma.viewer.render.geometry import MM
from bregma.viewer.render.intensities import find_limits
from bregma.viewer.scene.layers.regions import AnnotationVolume
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.painting import Painting
from bregma.viewer.scene.scene import Scene
from bregma.viewer.scene.values import colour_table

_MOST_VOXELS = 500_000
_BLENDS = {"composite": 0, "maximum": 1, "minimum": 2, "average": 3}
_WHITE = np.array([[0, 1, 1, 1], [255, 1, 1, 1]])
_RAMP = np.array([[0, 0.0], [255, 1.0]])


def block_of_labels(layer: AnnotationVolume, scene: Scene) -> Block:
    """Return the labels of an atlas as voxels of colour and opacity, thinned out to what a browser can hold."""
    atlas = _thin_out(scene.atlas)
    painted = Painting.of(layer).paint(atlas.regions, scene.state.moment)
    # Cubed, as the window draws it: light passes about a hundred voxels.
    alpha = np.round(255 * layer.opacity**3 * painted.share)
    table = np.c_[painted.rgb, alpha].astype(np.uint8)
    spacing = atlas.spacing * MM
    return Block(
        layer=layer.name,
        voxels=table[atlas.labels],
        origin=_triple(np.array(atlas.origin) * MM),
        spacing=(spacing, spacing, spacing),
        unit=max(layer.detail_um, scene.atlas.resolution_um) / 1e3,
        colours=_WHITE,
        opacities=_RAMP,
    )


def block_of_image(layer: ImageVolume, scene: Scene) -> Block:
    """Return a volume of intensities in 256 steps, thinned out, at the moment of the scene."""
    voxels, origin, spacing = _voxels_of(layer, scene)
    step = max(1, int(np.ceil((voxels.size / _MOST_VOXELS) ** (1 / 3))))
    thin = voxels[::step, ::step, ::step].astype(np.float64)
    low, high = layer.transfer.limits or find_limits(voxels)
    scaled = np.clip((np.nan_to_num(thin, nan=low) - low) / max(high - low, 1e-12), 0, 1)
    return Block(
        layer=layer.name,
        voxels=(scaled * 255).astype(np.uint8),
        origin=_triple(origin * MM),
        spacing=_triple(spacing * step * MM),
        unit=float(spacing.min()) * MM,
        colours=np.c_[np.arange(256), colour_table(layer.transfer.colormap) / 255],
        opacities=np.array(layer.transfer.opacity) * [255, layer.opacity],
        blend=_BLENDS.get(layer.blend, 0),
    )


def _voxels_of(layer: ImageVolume, scene: Scene) -> tuple[Array, Array, Array]:
    if layer.image is not None:
        image = layer.image if layer.times is None else layer.image[layer.step_at(scene.state.moment)]
        return image, np.array(layer.origin), np.array(layer.spacing)
    template: Any = scene.atlas.template
    grid = scene.atlas.grid
    return template, np.array(grid.origin), np.array(grid.spacing)


def _thin_out(atlas: Atlas) -> Atlas:
    step = int(np.ceil((atlas.labels.size / _MOST_VOXELS) ** (1 / 3)))
    return atlas.coarsen(atlas.resolution_um * step) if step > 1 else atlas


def _triple(values: Array) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z
