import numpy as np
import pytest

from bregma.viewer.render.boxes import Boxes
from bregma.viewer.render.camera import Placement
from bregma.viewer.render.sight import Sight

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("perspective", [False, True])
@pytest.mark.parametrize("shape", ["cloud", "plane", "one place"])
def test_all_points_near_a_line_of_sight_are_found(perspective: bool, shape: str) -> None:
    turned = np.linalg.qr(RANDOM.normal(size=(3, 3)))[0]
    placement = Placement(np.zeros(3), *turned, half_height=6.0, distance=14.0, perspective=perspective)
    places = (RANDOM.uniform(-2, 2, (40_000, 3)) * {"cloud": 3.0, "plane": [3, 3, 0], "one place": 0.0}[shape]).astype(
        np.float32
    )
    boxes = Boxes(places)
    for place in RANDOM.uniform(0, 300, (20, 2)):
        sight = Sight(placement, (300, 300), (place[0], place[1]))
        seen = placement.project(places, (300, 300))
        near = np.flatnonzero((np.linalg.norm(seen[:, :2] - place, axis=1) <= 5.0) & (seen[:, 2] > 0))
        found = boxes.find_near(sight, 5.0)
        assert np.isin(near, found).all()
        assert shape != "cloud" or len(found) < len(places) / 2
