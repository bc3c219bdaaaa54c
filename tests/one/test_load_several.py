"""Loading several datasets, by id, by revision, and keeping a record of what was loaded; from a folder, offline."""

import csv
import pickle
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
import pytest

from bregma.alf import QC, ALFWarning
from bregma.one import (
    ONE,
    AmbiguousCollection,
    AmbiguousRevision,
    DatasetNotFound,
    FileNotDownloaded,
    RevisionWarning,
    write_tables,
)

EID = UUID("22222222-2222-4222-8222-222222222222")
ROWS = [
    ("alf/spikes.times.npy", "NOT_SET", False),
    ("alf/#2023-01-01#/spikes.times.npy", "PASS", True),
    ("alf/#2024-01-01#/spikes.times.npy", "PASS", False),
    ("alf/spikes.clusters.npy", "NOT_SET", True),
    ("alf/#2023-01-01#/wheel.position.npy", "NOT_SET", True),
    ("alf/#2024-01-01#/wheel.position.npy", "NOT_SET", True),
    ("alf/licks.times.npy", "CRITICAL", True),
    ("raw/licks.times.npy", "NOT_SET", True),
    ("raw/#2020#/pupil.area.npy", "NOT_SET", False),
    ("raw/#2021#/pupil.area.npy", "NOT_SET", False),
]


@pytest.fixture
def lab(tmp_path) -> ONE:
    """One session on disk, whose files hold their row's number; no server."""
    place = tmp_path / "mylab/Subjects/KS014/2023-05-05/001"
    for i, (path, _, _) in enumerate(ROWS):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        np.save(place / path, np.full(3, i))
    session = {"id": str(EID), "lab": "mylab", "subject": "KS014", "date": "2023-05-05", "number": 1}
    rows = [
        {"eid": str(EID), "id": str(UUID(int=i + 1)), "rel_path": path, "qc": qc, "default_revision": default}
        for i, (path, qc, default) in enumerate(ROWS)
    ]
    write_tables(tmp_path, pd.DataFrame([session]), pd.DataFrame(rows), origin="lab")
    return ONE(cache_dir=tmp_path, mode="local", token="none")


@pytest.mark.parametrize(
    ("revision", "row"), [(None, 1), ("2022", 0), ("2023-01-01", 1), ("2023-06-01", 1), ("2024-02", 2)]
)
def test_a_revision_is_the_last_before_or_the_default(lab, revision, row):
    assert lab.load_dataset(EID, "spikes.times", "alf", revision)[0] == row


def test_a_default_revision_of_all_loads_can_be_set(lab, monkeypatch):
    lab.default_revision = "2022"
    assert lab.load_dataset(EID, "spikes.times", "alf")[0] == 0
    lab.default_revision = None
    monkeypatch.setenv("ONE_REVISION_LAST_BEFORE", "2024-12-31")
    assert lab.load_dataset(EID, "spikes.times", "alf")[0] == 2
    assert lab.load_dataset(EID, "spikes.times", "alf", "2023-01-01")[0] == 1


def test_two_default_revisions_are_refused_or_warned_of(lab):
    with pytest.raises(AmbiguousRevision, match="several revisions are the default"):
        lab.load_dataset(EID, "wheel.position")
    with pytest.warns(RevisionWarning, match="not just one of which is the default"):
        assert lab.load_object(EID, "wheel")["position"][0] == 5


def test_where_no_revision_is_the_default_the_last_is_loaded(lab):
    with pytest.warns(ALFWarning, match="not just one of which is the default"):
        assert lab.load_dataset(EID, "pupil.area")[0] == 9
    with pytest.raises(DatasetNotFound):
        lab.load_dataset(EID, "pupil.area", revision="2019")


def test_a_path_names_its_revision_and_may_be_shortened(lab):
    assert lab.load_dataset(EID, "alf/#2024-01-01#/spikes.times.npy")[0] == 2
    assert lab.load_dataset(EID, "alf/spikes.clusters")[0] == 3
    with pytest.raises(ValueError, match="part of the path"):
        lab.load_dataset(EID, "alf/spikes.times.npy", revision="2022")


def test_parts_name_a_dataset(lab):
    assert lab.load_dataset(EID, {"object": "spikes", "attribute": "clusters"})[0] == 3
    assert lab.load_dataset(EID, {"object": "licks", "collection": "raw"})[0] == 7


def test_critical_files_are_loaded_when_asked_for(lab):
    assert lab.load_dataset(EID, "licks.times")[0] == 7
    with pytest.raises(AmbiguousCollection):
        lab.load_dataset(EID, "licks.times", qc=QC.CRITICAL)
    assert lab.load_object(EID, "licks", "alf", qc="CRITICAL")["times"][0] == 6
    assert set(lab.load_collection(EID, "alf", "licks", qc=50)) == {"licks"}


def test_a_collection_is_loaded_with_a_revision_and_objects(lab):
    with pytest.warns(RevisionWarning):
        loaded = lab.load_collection(EID, "alf", ["spikes", "wheel"], "2023-12-31")
    assert (loaded.spikes["times"][0], loaded.wheel["position"][0]) == (1, 4)
    assert len(lab.load_collection(EID, "raw", "licks", None, None, True)) == 1
    with pytest.raises(DatasetNotFound):
        lab.load_collection(EID, "nowhere")


def test_several_datasets_come_with_their_records(lab):
    data, records = lab.load_datasets(EID, ["spikes.times", "licks.times.npy"], ["alf", "raw"], ["2022", None])
    assert [array[0] for array in data] == [0, 7]
    assert (records[0].rel_path, records[0].qc, records[0].revision) == ("alf/spikes.times.npy", "NOT_SET", "")
    data, records = lab.load_datasets(EID, ["no.such.npy", "spikes.clusters"], assert_present=False)
    assert (data[0], records[0], data[1][0]) == (None, None, 3)
    assert lab.load_datasets(EID, []) == ([], [])


def test_several_datasets_come_by_path_or_table_with_exact_revisions(lab):
    with pytest.warns(RevisionWarning, match="not the default") as warned:
        data, _ = lab.load_datasets(EID, ["alf/#2024-01-01#/spikes.times.npy", "alf/spikes.clusters.npy"])
    assert warned[0].filename == __file__, "a warning names the script, not a line of ours"
    assert [array[0] for array in data] == [2, 3]
    table = lab.list_datasets(EID, "spikes.*", details=True, default_revisions_only=True, keep_eid_index=True)
    paths, _ = lab.load_datasets(EID, table, download_only=True)
    assert {path.name for path in paths} == {"spikes.times.npy", "spikes.clusters.npy"}


@pytest.mark.parametrize(
    ("names", "options", "kind"),
    [
        ("spikes.times", {}, TypeError), (["spikes.times", {"object": "licks"}], {}, ValueError),
        (["alf/spikes.times.npy"], {"collections": "alf"}, ValueError), (["no.such.npy"], {}, DatasetNotFound),
        (["spikes.times", "licks.times"], {"collections": ["alf"]}, ValueError),
    ],
)  # fmt: skip
def test_names_that_make_no_sense_together_are_refused(lab, names, options, kind):
    with pytest.raises(kind):
        lab.load_datasets(EID, names, **options)


def test_a_table_of_another_session_is_refused(lab):
    table = lab.list_datasets(EID, details=True, keep_eid_index=True)
    table.index = pd.MultiIndex.from_tuples([(uuid4(), key) for _, key in table.index], names=["eid", "id"])
    with pytest.raises(ValueError, match="other sessions"):
        lab.load_datasets(EID, table)


def test_a_dataset_is_loaded_by_its_id(lab):
    data, record = lab.load_dataset_from_id(str(UUID(int=4)), details=True)
    assert (data[0], record["rel_path"], record.name) == (3, "alf/spikes.clusters.npy", (EID, UUID(int=4)))
    with pytest.raises(DatasetNotFound, match="no dataset"):
        lab.load_dataset_from_id(uuid4())


def test_what_is_not_here_is_said_or_left_out(lab):
    lab.load_dataset(EID, "spikes.clusters", download_only=True).unlink()
    with pytest.warns(ALFWarning, match=r"not loaded: alf/spikes\.clusters\.npy"):
        assert set(lab.load_object(EID, "spikes", "alf", "2022")) == {"times"}
    with pytest.raises(FileNotDownloaded):
        lab.load_object(EID, "spikes", attribute="clusters")
    data, (record,) = lab.load_datasets(EID, ["spikes.clusters"], assert_present=False)
    assert (data, record.exists) == ([None], False)


def test_what_is_loaded_is_recorded_when_asked(lab):
    with pytest.warns(UserWarning, match="nothing was recorded"):
        assert lab.save_loaded_ids() == ([], None)
    lab.load_dataset(EID, "spikes.clusters")
    lab.record_loaded = True
    for name in ("spikes.clusters", "raw/licks.times.npy", "spikes.clusters"):
        lab.load_dataset(EID, name)
    again = pickle.loads(pickle.dumps(lab))
    assert [dataset.id for _, dataset in again.recorder.entries] == [UUID(int=4), UUID(int=8)]
    assert lab.save_loaded_ids(sessions_only=True, clear_list=False)[0] == [EID]
    ids, path = lab.save_loaded_ids()
    assert ids == [UUID(int=4), UUID(int=8)]
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [["dataset_uuid"], *([str(key)] for key in ids)]
    assert lab.recorder.entries == []
