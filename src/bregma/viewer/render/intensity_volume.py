"""The voxels of an image volume: where they are, those of a moment, and as VTK sees them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bregma.atlas.grid import Grid
from bregma.viewer.errors import NoAtlas
from bregma.viewer.render.drawn import Hit, World
from bregma.viewer.render.geometry import MM, make_image
from bregma.viewer.render.intensities import find_limits
from bregma.viewer.scene.layers.volumes import ImageVolume
from bregma.viewer.scene.stage import Pick


class IntensityVolume:
    """The intensities of a layer, shared with it where the order of their axes allows it.

    Parameters
    ----------
    layer : ImageVolume
        The volume; without an image of its own, the template of the atlas.
    world : World
        Has the atlas.

    Raises
    ------
    NoAtlas
        If the atlas has no template.
    """

    def __init__(self, layer: ImageVolume, world: World) -> None:
        self._times = layer.times
        self._step_at = layer.step_at
        self._step = 0
        if layer.image is None:
            self._images, self.grid = find_template(world), world.atlas.grid
        else:
            n_x, n_y, n_z = layer.image.shape[-3:]
            self._images, self.grid = layer.image, Grid((n_x, n_y, n_z), layer.origin, layer.spacing)
        self.limits = find_limits(self._images)

    @property
    def now(self) -> npt.NDArray[Any]:
        """The (n_x, n_y, n_z) intensities of the moment."""
        array: npt.NDArray[Any] = self._images if self._times is None else self._images[self._step]
        return array

    def go_to(self, moment: float) -> bool:
        """Choose the volume of a moment; returns whether it is another one."""
        before = self._step
        self._step = 0 if self._times is None else self._step_at(moment)
        return self._step != before

    def make_image(self) -> Any:
        """Return the volume of the moment as a VTK image; NaN becomes the lowest intensity there is a colour for."""
        array = self.now
        array = array.astype(np.float32 if array.dtype == np.float16 else array.dtype.newbyteorder("="), copy=False)
        if array.dtype.kind == "f" and np.isnan(array.sum()):
            array = np.nan_to_num(array, nan=self.limits[0])
        return make_image(array, np.array(self.grid.origin) * MM, np.array(self.grid.spacing) * MM)

    def describe(self, name: str, world: World, hit: Hit) -> Pick:
        """Return the intensity at a place of a layer of this name, and the region where the scene has an atlas."""
        region = str(world.atlas.acronyms_at(hit.xyz)) if world.has_atlas() else "void"
        value = float(self.grid.look_up(self.now, hit.xyz))
        known = None if np.isnan(value) else value
        return Pick(layer=name, xyz=hit.xyz, region="" if region == "void" else region, value=known)


def find_template(world: World) -> npt.NDArray[Any]:
    """Return the template of the atlas, or raise NoAtlas."""
    template = world.atlas.template
    if template is None:
        raise NoAtlas(f"{world.atlas.name} came without its template: load_atlas(…, template=True) brings it along")
    return template
