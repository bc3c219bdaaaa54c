from typing import Any

import numpy as np

from bregma.atlas import phantom_atlas
from bregma.sessions.channels import REGIONS
from bregma.sessions.histology import ask_histology


class NothingEntered:
    """An Alyx that knows no trajectory of the probe."""

    def rest(self, endpoint: str, action: str, **filters: Any) -> list[Any]:
        return []


def test_a_traced_track_on_the_left_has_the_identifiers_of_whole_structures() -> None:
    picks = [[-2000.0, 500.0, -1000.0], [-2000.0, 500.0, -4500.0]]  # right through the left striatum
    channels = {"localCoordinates": np.stack([np.zeros(8), np.arange(8) * 200.0], axis=1)}
    found = ask_histology(NothingEntered(), {"id": 1, "json": {"xyz_picks": picks}}, channels, phantom_atlas())
    assert found is not None
    assert found.provenance == "traced"
    assert found.channels[REGIONS].min() > 0
    assert 672 in found.channels[REGIONS]
