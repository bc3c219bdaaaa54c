"""The brain atlas: regions, coordinates, labels. Arrays in, arrays out.

May import: alf, store.
Read first: atlas.py.
Public names: Atlas, Regions, load_atlas, phantom_atlas, xyz_from_ccf, ccf_from_xyz, BREGMA_UM, AtlasError,
AtlasNotFound, InvalidAtlas, RegionNotFound.
"""

from bregma.atlas.atlas import Atlas
from bregma.atlas.coordinates import BREGMA_UM, ccf_from_xyz, xyz_from_ccf
from bregma.atlas.errors import AtlasError, AtlasNotFound, InvalidAtlas, RegionNotFound
from bregma.atlas.loading import load_atlas
from bregma.atlas.phantom import phantom_atlas
from bregma.atlas.regions import Regions

__all__ = [
    "BREGMA_UM",
    "Atlas",
    "AtlasError",
    "AtlasNotFound",
    "InvalidAtlas",
    "RegionNotFound",
    "Regions",
    "ccf_from_xyz",
    "load_atlas",
    "phantom_atlas",
    "xyz_from_ccf",
]
