"""Listing files, collections and revisions: of one session or of all, on a server and in tables."""

from uuid import UUID

import pandas as pd
import pytest

from bregma.alf import QC
from bregma.one import ONE


def exact(one: ONE) -> ONE:
    one.wildcards = False
    return one


def test_files_are_listed_sorted_in_the_arguments_order_of_the_reference(anywhere, eid):
    found = anywhere.list_datasets(eid, "spikes.*", "alf/probe00", None, QC.FAIL, False, False, None, True, False)
    assert found == ["alf/probe00/spikes.clusters.npy", "alf/probe00/spikes.times.npy"]


@pytest.mark.parametrize(
    ("filename", "n"),
    [
        ("*spikes*", 5), (["*clusters*", "*wheel*"], 3), ({"object": "wheel"}, 1), ({"object": ["wheel", "trial?"]}, 2),
        ({"namespace": ""}, 5), ({"namespace": "ibl"}, 2), ({"attribute": "time*"}, 3),
        ({"timescale": "", "extra": ""}, 7),
        ({"object": "wheel", "attribute": None}, 1), ("alf/probe01/*", 2), ("probe01/spikes.times.npy", 1),
        ("*SPIKES*", 0),
        ("probe*", 0),
    ],
)  # fmt: skip
def test_names_are_patterns_lists_parts_or_paths(anywhere, eid, filename, n):
    assert len(anywhere.list_datasets(eid, filename)) == n


def test_an_empty_text_stands_for_what_is_absent(anywhere, eid):
    assert anywhere.list_datasets(eid, revision="2024*") == ["alf/probe00/#2024-05-06#/spikes.times.npy"]
    assert len(anywhere.list_datasets(eid, revision="")) == 6
    assert anywhere.list_datasets(eid, collection="") == []
    assert len(anywhere.list_datasets(eid, collection=["alf", ""])) == 2


def test_without_wildcards_patterns_are_regular_expressions(anywhere, eid):
    assert exact(anywhere).list_datasets(eid, r".*\.times\.npy", r"alf/probe\d+") == [
        "alf/probe00/#2024-05-06#/spikes.times.npy",
        "alf/probe00/spikes.times.npy",
        "alf/probe01/spikes.times.npy",
    ]
    with pytest.raises(ValueError, match="not a regular expression"):
        anywhere.list_datasets(eid, "*spikes*")


def test_a_part_that_names_do_not_have_is_refused(anywhere, eid):
    with pytest.raises(ValueError, match="no part 'colour'"):
        anywhere.list_datasets(eid, {"colour": "red"})


def test_quality_chooses(anywhere, eid, alyx, tmp_path):
    first, second, third, *_ = alyx.datasets.values()
    first["qc"], second["qc"], third["qc"] = "CRITICAL", "PASS", "FAIL"
    alyx.make_tables(tmp_path / "cache")
    assert len(anywhere.list_datasets(eid)) == 6
    assert len(anywhere.list_datasets(eid, qc="CRITICAL")) == 7
    assert len(anywhere.list_datasets(eid, qc=30)) == 5
    assert len(anywhere.list_datasets(eid, qc=QC.FAIL, ignore_qc_not_set=True)) == 2


def test_details_are_a_table_indexed_by_ids(anywhere, eid):
    frame = anywhere.list_datasets(eid, details=True)
    assert frame.index.name == "id"
    assert all(isinstance(key, UUID) for key in frame.index)
    assert list(frame.columns) == ["rel_path", "file_size", "hash", "exists", "qc", "default_revision"]
    assert [str(frame.dtypes[name]) for name in ("file_size", "exists", "qc")] == ["UInt64", "bool", "category"]
    assert frame["qc"].cat.ordered
    whole = anywhere.list_datasets(eid, details=True, keep_eid_index=True)
    assert whole.index.names == ["eid", "id"]
    assert set(whole.index.get_level_values("eid")) == {eid}
    pd.testing.assert_frame_equal(whole.droplevel("eid"), frame)
    empty = anywhere.list_datasets(eid, "nothing", details=True)
    pd.testing.assert_series_equal(empty.dtypes, frame.dtypes)


def test_collections_and_revisions_come_with_their_tables(anywhere, eid):
    assert anywhere.list_collections(eid, revision="2024*") == ["alf/probe00"]
    frames = anywhere.list_collections(eid, details=True)
    assert {name: len(frame) for name, frame in frames.items()} == {"alf": 2, "alf/probe00": 3, "alf/probe01": 2}
    assert anywhere.list_revisions(eid, collection="alf") == [""]
    frames = anywhere.list_revisions(eid, "spikes*", details=True)
    assert {name: len(frame) for name, frame in frames.items()} == {"": 4, "2024-05-06": 1}
    assert list(frames[""].columns) == list(anywhere.list_datasets(eid, details=True).columns)


def test_without_a_session_all_tables_are_looked_through(offline, eid):
    assert offline.list_datasets() == offline.list_datasets(eid)
    assert offline.list_collections() == ["alf", "alf/probe00", "alf/probe01"]
    assert offline.list_revisions() == ["", "2024-05-06"]
    frame = offline.list_datasets(filename="*wheel*", details=True)
    assert frame.index.names == ["eid", "id"]
    assert frame["qc"].tolist() == ["NOT_SET"]
    assert len(offline.list_datasets(default_revisions_only=True)) == 6


def test_a_session_without_files_has_none(anywhere):
    empty = anywhere.search(subject="KS015")[0]
    assert anywhere.list_datasets(empty) == []
    assert anywhere.list_datasets(empty, details=True).empty
    assert anywhere.list_collections(empty) == []
