"""An atlas of your own, of any species: a table of regions, and a volume of their identifiers."""

import numpy as np

from bregma.atlas import Placement, make_atlas, make_regions
from bregma.viewer import Scene

acronyms = ("root", "OL", "MB", "CX")
names = ("Brain", "Optic lobe", "Mushroom body", "Central complex")
regions = make_regions([1, 2, 3, 4], acronyms, parents=[None, 1, 1, 1], names=names)


def find_ellipsoid(centre: tuple[float, float, float], radii: tuple[float, float, float]) -> np.ndarray:
    """Return the voxels inside an ellipsoid and its mirror image, in a made-up fly."""
    x, y, z = np.meshgrid(np.linspace(-1, 1, 120), np.linspace(-1, 1, 60), np.linspace(-1, 1, 60), indexing="ij")
    places = np.stack([np.abs(x), y, z], axis=-1)
    return (((places - centre) / radii) ** 2).sum(axis=-1) < 1


ids = np.where(find_ellipsoid((0, 0, 0), (0.6, 0.8, 0.8)) | find_ellipsoid((0.68, 0, 0), (0.3, 0.75, 0.75)), 1, 0)
ids[find_ellipsoid((0.7, 0, 0), (0.22, 0.6, 0.6))] = 2
ids[find_ellipsoid((0.25, 0, 0.25), (0.1, 0.5, 0.35))] = 3
ids[find_ellipsoid((0, 0.1, 0), (0.16, 0.3, 0.2))] = 4
fly = make_atlas(ids, regions, Placement(5.0, orientation="lpi"), name="A made-up fly, 5 µm")
scene = Scene(fly).add_regions("OL", "MB", "CX")
scene.add_region("root", opacity=0.15, rgb=(200, 210, 225)).look_from("anterior")
scene.save("brain_of_another_species.png", size=(640, 420))
