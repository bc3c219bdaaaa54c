"""Draw the picture on the cover: half a brain in its regions, and where probes have recorded in the other half.

    python docs/pictures/make_cover.py UNITS [ANNOTATION]

UNITS is ``demo/units.npz`` in the home folder of the demo lab (`make demo`); ANNOTATION Allen's annotation at 25 µm,
which is downloaded once unless a file is named.
"""

import sys
from pathlib import Path

import numpy as np

from bregma.atlas import load_atlas
from bregma.viewer import Camera, Scene

_CAMERA = Camera(
    position=(-0.030, 0.012, 0.020), focus=(0.0, -0.0012, -0.0037), up=(0, 0, 1), height=0.0098, perspective=True
)


def draw(units: Path, annotation: Path | None) -> Scene:
    """Return the scene of the cover."""
    atlas = load_atlas(annotation, resolution_um=25)
    recorded = np.load(units)
    xyz = recorded["xyz"]
    drawn = (xyz[:, 0] < 0) & (atlas.rows_at(xyz) > 0)
    n_probes = len(np.unique(recorded["insertion"][drawn]))
    scene = Scene(atlas, title=f"Where {n_probes} Neuropixels probes recorded")
    scene.add_regions(hemisphere="right", detail_um=50)
    scene.add_region("root", opacity=0.1, rgb=(200, 210, 225), hemisphere="left")
    scene.add_points(xyz[drawn], name="Recording sites", size=3.5)
    return scene.change(camera=_CAMERA)


if __name__ == "__main__":
    units, *annotation = map(Path, sys.argv[1:])
    scene = draw(units, annotation[0] if annotation else None)
    scene.save(Path(__file__).with_name("cover.png"), size=(1040, 600))
