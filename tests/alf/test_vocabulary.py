"""The dataset types that ship with bregma."""

import pytest

from bregma.alf import UnknownDatasetType, dataset_types, find_dataset_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("trials.table", "trials.table"),
        ("TRIALS.Table", "trials.table"),
        ("alf/_ibl_trials.table.pqt", "trials.table"),
        ("spikes.times_ephysClock.raw.npy", "spikes.times"),
        ("_ibl_leftCamera.times.npy", "camera.times"),
        ("_spikeglx_ephysData_g0_t0.imec0.ap.cbin", "ephysData.raw.ap"),
        ("clusters.waveformsChannels.npy", "clusters.waveformsChannels"),
    ],
)
def test_a_type_is_found_by_its_name_and_by_its_files(name, expected):
    assert find_dataset_type(name).name == expected


def test_of_an_unknown_type_those_of_the_object_are_named():
    with pytest.raises(UnknownDatasetType, match=r"trials\.choice"):
        find_dataset_type("trials.nothing")


def test_keys_and_names_are_unique_and_described_in_few_words():
    types = dataset_types()
    assert len({one.id for one in types}) == len({one.name.lower() for one in types}) == len(types)
    assert find_dataset_type("spikes.times").description == "When each spike was fired, in seconds"
    assert all(len(one.description) < 120 for one in types)
