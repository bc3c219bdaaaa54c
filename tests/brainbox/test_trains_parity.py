"""Grouping of spikes by unit, beside the reference's."""

import numpy as np
import pytest
from tests.brainbox.reference import Reference

from bregma.brainbox.spikes.trains import read_spikes

pytestmark = pytest.mark.peer

CODE = """
import numpy as np
from brainbox.processing import get_units_bunch
from iblutil.util import Bunch
units = get_units_bunch(Bunch(times=times, clusters=clusters), ["times"])
result = {int(unit): np.asarray(values) for unit, values in units["times"].items()}
"""


def test_spikes_of_each_unit_are_those_of_the_reference(reference: Reference) -> None:
    rng = np.random.default_rng(3)
    times, clusters = np.sort(rng.uniform(0, 100, 5000)), rng.integers(0, 20, 5000)
    expected = reference(CODE, times=times, clusters=clusters)
    trains = read_spikes(times, clusters)
    starts = trains.by_unit.starts
    for unit, cluster in enumerate(trains.cluster_ids):
        np.testing.assert_array_equal(trains.by_unit.times[starts[unit] : starts[unit + 1]], expected[cluster])
