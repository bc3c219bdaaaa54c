"""Dataset types, revisions, and datasets that belong to no session."""

import hashlib
from uuid import UUID

import numpy as np
import pytest

from bregma.alf import UnknownDatasetType
from bregma.one import AmbiguousDataset, DatasetNotFound, ServerUnavailable


def test_a_type_is_described_by_its_name_or_that_of_a_file(anywhere):
    for name in ("spikes.times", "spikes.times.npy", "alf/probe00/spikes.times.npy"):
        described = anywhere.describe_dataset(name)
        assert described["name"] == "spikes.times"
        assert described["description"]
    with pytest.raises(UnknownDatasetType):
        anywhere.describe_dataset("nothing.like_this.npy")


def test_all_types_are_listed(anywhere):
    assert "spikes.times" in [one["name"] for one in anywhere.describe_dataset()]


def test_a_file_has_a_type(anywhere, offline, alyx):
    assert anywhere.dataset2type("_ibl_trials.table.pqt") == "trials.table"
    dataset_id = next(key for key, one in alyx.datasets.items() if one["name"] == "spikes.clusters.npy")
    assert offline.dataset2type(dataset_id) == "spikes.clusters"
    assert offline.describe_dataset(UUID(dataset_id))["name"] == "spikes.clusters"


def test_files_of_a_type_are_listed(anywhere, eid):
    assert anywhere.type2datasets(eid, "wheel.position") == ["alf/_ibl_wheel.position.npy"]
    assert len(anywhere.type2datasets(eid, ["spikes.times", "spikes.clusters"])) == 5
    frame = anywhere.type2datasets(eid, "spikes.times", details=True)
    assert frame.index.names == ["eid", "id"]
    assert set(frame["rel_path"].str.rpartition("/")[2]) == {"spikes.times.npy"}


def test_a_revision_is_described_by_the_server_only(one, offline):
    assert one.describe_revision("2024-05-06") == "sorted again"
    assert one.describe_revision("2024-05-06", full=True)["name"] == "2024-05-06"
    with pytest.raises(ServerUnavailable, match="mode='remote'"):
        offline.describe_revision("2024-05-06")


def add_aggregate(alyx, folder, name: str, values: np.ndarray) -> None:
    np.save(folder / "made.npy", values)
    content, key = (folder / "made.npy").read_bytes(), str(UUID(int=len(alyx.of_no_session) + 1))
    stem, _, extension = name.rpartition(".")
    url = f"http://alyx.test/store/public/aggregates/{stem}.{key}.{extension}"
    alyx.files[url.removeprefix("http://alyx.test")] = content
    copy = {"data_url": url, "exists": True, "relative_path": name}
    alyx.of_no_session.append(
        {"id": key, "session": None, "file_size": len(content), "hash": hashlib.md5(content).hexdigest()}
        | {"qc": "NOT_SET", "default_dataset": True, "name": name.rpartition("/")[2], "file_records": [copy]}
    )


def test_aggregates_are_listed_and_loaded(one, alyx, tmp_path):
    for subject in ("KS014", "KS015"):
        add_aggregate(alyx, tmp_path, f"Subjects/mylab/{subject}/_ibl_subjectTrials.table.npy", np.arange(3))
    add_aggregate(alyx, tmp_path, "Tags/2024_Q1/_ibl_subjectTrials.table.npy", np.arange(4))
    frame = one.list_aggregates("subjects")
    assert sorted(frame["identifier"]) == ["mylab/KS014", "mylab/KS015"]
    assert frame["rel_path"].iloc[0] == "aggregates/Subjects/mylab/KS014/_ibl_subjectTrials.table.npy"
    assert one.list_aggregates("subjects", dataset={"object": "trials"}).empty
    assert len(one.load_aggregate("tags", "2024", "_ibl_subjectTrials.table")) == 4
    path = one.load_aggregate("subjects", "KS015", download_only=True)
    assert path == tmp_path / "cache/aggregates/Subjects/mylab/KS015/_ibl_subjectTrials.table.npy"
    with pytest.raises(DatasetNotFound, match="KS016"):
        one.load_aggregate("subjects", "KS016")
    with pytest.raises(AmbiguousDataset):
        one.load_aggregate("subjects", "KS01")
    with pytest.raises(AmbiguousDataset):
        one.list_aggregates("subjects", assert_unique=True)


def test_aggregates_need_a_server(offline):
    with pytest.raises(ServerUnavailable, match="mode='remote'"):
        offline.list_aggregates("subjects")
