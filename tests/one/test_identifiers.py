"""Names of sessions and insertions, and how they lead to each other."""

import pickle
from datetime import date
from uuid import uuid4

import pytest

from bregma.alf import ALFPath
from bregma.one import ONE, DatasetNotFound, SessionNotFound

PATH = "mylab/Subjects/KS014/2019-08-30/001"
REFERENCE = "2019-08-30_1_KS014"
PARTS = {"subject": "KS014", "date": date(2019, 8, 30), "sequence": 1}


def test_a_session_has_many_names(anywhere, eid):
    session = anywhere.find_sessions(subject="KS014", date="2019-08-30")[0]
    path = ALFPath(PATH) / "alf/a.b.npy"
    for name in (eid, str(eid), f"http://x/sessions/{eid}", PATH, path, REFERENCE, PARTS, session):
        assert anywhere.to_eid(name) == eid


def test_many_names_give_a_list(anywhere, eid):
    other = anywhere.to_eid("KS015/2019-08-30/2")
    assert anywhere.to_eid([REFERENCE, "KS015/2019-08-30/2"]) == [eid, other]
    assert anywhere.eid2path((eid, other)) == [anywhere.cache_dir / PATH, anywhere.eid2path(other)]
    assert anywhere.path2eid([PATH, "nowhere/2019-08-30/001"]) == [eid, None]
    assert anywhere.eid2ref([eid, other], as_dict=False) == [REFERENCE, "2019-08-30_2_KS015"]
    assert anywhere.ref2eid([REFERENCE]) == [eid]


def test_paths_and_ids_that_are_not_known_give_nothing(anywhere):
    assert anywhere.path2eid("KS014/2001-01-01/001") is None
    assert anywhere.path2eid("/no/session") is None
    assert anywhere.eid2path(uuid4()) is None
    for name in ("KS014/2001-01-01/001", "nonsense", "2001-01-01_1_KS014"):
        with pytest.raises(ValueError, match="session"):
            anywhere.to_eid(name)


def test_references_come_as_parts_or_text(anywhere, eid):
    assert anywhere.eid2ref(eid) == PARTS
    assert anywhere.eid2ref(eid).subject == "KS014"
    assert anywhere.eid2ref(eid, parse=False) == {"subject": "KS014", "date": "2019-08-30", "sequence": "001"}
    assert anywhere.eid2ref(eid, as_dict=False, parse=False) == "2019-08-30_001_KS014"
    assert anywhere.ref2eid(PARTS) == eid
    assert anywhere.ref2path(REFERENCE) == anywhere.cache_dir / PATH
    with pytest.raises(SessionNotFound):
        anywhere.ref2eid("2001-01-01_1_KS014")


def test_references_are_read_and_written_without_looking_anything_up():
    assert ONE.path2ref(f"/data/{PATH}/alf") == PARTS
    assert ONE.path2ref(PATH, parse=False)["sequence"] == "001"
    assert ONE.path2ref([PATH, "/no/session"], as_dict=False) == ["2019-08-30_001_KS014", None]
    assert ONE.ref2dict(["2019-08-30_001_KS_014"], parse=False) == [
        {"date": "2019-08-30", "sequence": "001", "subject": "KS_014"}
    ]
    assert ONE.ref2dict(REFERENCE) == PARTS
    assert ONE.dict2ref(PARTS) == REFERENCE
    assert ONE.dict2ref([{"subject": "KS014", "start_time": "2019-08-30T10:00:00", "number": 1}]) == [REFERENCE]
    assert ONE.dict2ref({}) is None
    assert ONE.is_exp_ref([REFERENCE, PARTS, "KS014", 3]) == [True, True, False, False]
    with pytest.raises(ValueError, match="no reference"):
        ONE.ref2dict("KS014")
    with pytest.raises(ValueError, match="needs subject"):
        ONE.dict2ref({"subject": "KS014"})


def test_insertions_lead_to_sessions_and_back(anywhere, eid):
    pids, names, details = anywhere.eid2pid(eid, details=True)
    assert names == ["probe00", "probe01"]
    assert [row["serial"] for row in details] == ["s0", "s1"]
    assert anywhere.pid2eid(pids[1]) == (eid, "probe01")
    assert anywhere.pid2path(str(pids[1])) == anywhere.cache_dir / PATH / "alf/probe01"


def test_insertions_of_a_session_are_chosen_by_terms(offline, eid):
    (pid,), (name,) = offline.eid2pid(eid, name="probe01")
    assert offline.eid2pid("KS015/2019-08-30/2") == ([], [])
    assert (offline.pid2eid(pid), name) == ((eid, "probe01"), "probe01")


def test_a_client_survives_pickling(offline, eid):
    again = pickle.loads(pickle.dumps(offline))
    assert again.eid2path(eid) == offline.eid2path(eid)


def test_files_lead_to_rows_and_back(anywhere, eid):
    path = ALFPath(anywhere.cache_dir) / PATH / "alf/_ibl_wheel.position.npy"
    row = anywhere.path2record(path)
    assert row.name[0] == eid
    assert row["rel_path"] == "alf/_ibl_wheel.position.npy"
    assert anywhere.record2path(row) == path
    assert anywhere.path2record(path.with_uuid(row.name[1])).equals(row)
    table = anywhere.list_datasets(eid, details=True, keep_eid_index=True)
    assert path in anywhere.record2path(table)
    assert anywhere.path2record(anywhere.cache_dir / PATH)["subject"] == "KS014"
    assert anywhere.path2record(["KS014/2001-01-01/001", path.with_name("a.b.npy")]) == [None, None]
    with pytest.raises(ValueError, match="keep_eid_index"):
        anywhere.record2path(table.droplevel("eid").iloc[0])


def test_files_have_an_address_on_their_server(one, offline, eid):
    path = one.cache_dir / PATH / "alf/_ibl_wheel.position.npy"
    assert one.path2url(path).startswith("http://alyx.test/store/mylab/")
    with pytest.raises(DatasetNotFound, match="no file"):
        one.path2url(path.with_name("a.b.npy"))
    with pytest.raises(DatasetNotFound, match="no addresses"):
        offline.path2url(path)
