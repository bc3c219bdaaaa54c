"""Searching and listing, on a server and in tables, with the same answers."""

import pickle
from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from bregma.alf import ALFPath
from bregma.one import (
    ONE,
    AmbiguousSession,
    InsertionNotFound,
    SessionNotFound,
    TablesMissing,
)
from bregma.one.catalogue.terms import complete_terms, parse_date_range

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def test_sessions_are_found_newest_first(anywhere):
    found = anywhere.find_sessions(subject="ks014")
    assert [session.reference for session in found] == ["2019-08-31_1_KS014", "2019-08-30_1_KS014"]
    assert anywhere.search(subject="KS014") == [session.eid for session in found]


def test_details_come_second(anywhere, eid):
    eids, details = anywhere.search(details=True, subject="KS014", date="2019-08-30")
    assert eids == [eid]
    assert details[0]["subject"] == "KS014"
    assert details[0]["date"] == date(2019, 8, 30)
    assert details[0].task_protocol == "trainingChoiceWorld7.1"


@pytest.mark.parametrize(
    ("terms", "n"),
    [
        ({}, 3),
        ({"date_range": ["2019-08-31", None]}, 1),
        ({"date_range": [None, date(2019, 8, 30)]}, 2),
        ({"date": datetime(2019, 8, 30, 12)}, 2),  # noqa: DTZ001 - clocks of labs are naive
        ({"number": 2}, 1),
        ({"sub": "KS015"}, 1),
        ({"subject": "ks01"}, 3),
        ({"subject": "^ks014$"}, 2),
        ({"subject": ["014", "5$"]}, 3),
        ({"subject": []}, 3),
        ({"subject": "KS(014|015)"}, 3),
        ({"subject": "KS014", "lab": "MYLAB", "task": "choice.orld"}, 2),
        ({"project": "^learning$"}, 2),
        ({"projects": "learning,other"}, 0),
        ({"number": ["1", 2]}, 3),
        ({"date_range": ["2019-08-31"]}, 1),
        ({"date_range": ["2019-08-31", "2019-08-30"]}, 0),
        ({"date_range": "08/30/2019"}, 2),
        ({"limit": 2}, 2),
        ({"limit": 2, "offset": 2}, 1),
        ({"subject": None}, 3),
    ],
)
def test_terms_may_be_shortened_and_combined(anywhere, terms, n):
    assert len(anywhere.search(**terms)) == n


def test_an_unknown_term_suggests_those_there_are(anywhere):
    with pytest.raises(ValueError, match="did you mean subject"):
        anywhere.search(subjekt="KS014")
    assert "subject" in anywhere.search_terms()


def test_ambiguous_and_doubled_terms_are_refused():
    with pytest.raises(ValueError, match="ambiguous"):
        complete_terms({"da": 1}, ["datasets", "date_range"])
    with pytest.raises(ValueError, match="given twice"):
        complete_terms({"lab": "a", "laboratory": "b"}, ["laboratory"])


def test_a_senseless_date_is_refused():
    with pytest.raises(ValueError, match="not a day"):
        parse_date_range(20190830)
    with pytest.raises(ValueError, match="neither a day"):
        parse_date_range(["2019-08-30"] * 3)


@pytest.mark.parametrize(
    ("terms", "n"),
    [
        ({"laboratory": "MyLab"}, 3),
        ({"projects": "learn"}, 2),
        ({"projects": ["learning", "other"]}, 3),
        ({"task_protocol": "EPHYS"}, 1),
        ({"subject": ["KS014", "KS015"]}, 3),
        ({"number": [1, 2]}, 3),
        ({"datasets": "_ibl_trials.table.pqt"}, 1),
        ({"datasets": ["_ibl_trials.table.pqt", "spikes.times.npy"]}, 1),
        ({"datasets": ["_ibl_trials.table.pqt", "nothing.at_all.npy"]}, 0),
        ({"dataset_qc_lte": "PASS"}, 1),
    ],
)
def test_tables_answer_what_a_server_answers(offline, terms, n):
    assert len(offline.search(**terms)) == n


def test_files_are_listed_and_chosen_by_pattern(anywhere, eid):
    assert anywhere.list_datasets(eid, "*trials*") == ["alf/_ibl_trials.table.pqt"]
    assert anywhere.list_datasets(eid, collection="alf/probe0?", filename="spikes.times*") == [
        "alf/probe00/#2024-05-06#/spikes.times.npy",
        "alf/probe00/spikes.times.npy",
        "alf/probe01/spikes.times.npy",
    ]
    assert anywhere.list_datasets(eid, {"object": "wheel"}) == ["alf/_ibl_wheel.position.npy"]
    assert anywhere.list_datasets(eid, collection="") == []
    assert anywhere.list_datasets(eid, revision="2024-05-06") == ["alf/probe00/#2024-05-06#/spikes.times.npy"]
    assert len(anywhere.list_datasets(eid)) == 7
    assert len(anywhere.list_datasets(eid, default_revisions_only=True)) == 6


def test_collections_and_revisions_are_listed(anywhere, eid):
    assert anywhere.list_collections(eid) == ["alf", "alf/probe00", "alf/probe01"]
    assert anywhere.list_collections(eid, "spikes.*") == ["alf/probe00", "alf/probe01"]
    assert anywhere.list_revisions(eid) == ["", "2024-05-06"]


def test_details_of_datasets_are_a_frame(anywhere, eid):
    frame = anywhere.list_datasets(eid, "*trials*", details=True)
    assert frame.index.name == "id"
    assert frame.iloc[0].rel_path == "alf/_ibl_trials.table.pqt"
    assert len(frame.iloc[0].hash) == 32
    assert len(anywhere.list_datasets(eid, "nothing", details=True)) == 0


def test_without_wildcards_names_are_regular_expressions_and_searches_literal(alyx, make_client, tmp_path, eid):
    alyx.make_tables(tmp_path)
    exact = ONE(client=make_client(token=TOKEN), cache_dir=tmp_path, wildcards=False)
    for query_type in ("remote", "local"):
        assert exact.list_datasets(eid, ".*trials.*", query_type=query_type) == ["alf/_ibl_trials.table.pqt"]
        assert len(exact.search(subject="KS014", query_type=query_type)) == 2
        assert exact.search(subject="KS01.", query_type=query_type) == []
        assert len(exact.search(subject=["KS014", "ks015"], query_type=query_type)) == 3


def test_a_session_has_many_names(anywhere, eid, tmp_path):
    path = tmp_path / "cache/mylab/Subjects/KS014/2019-08-30/001"
    for name in (
        eid, str(eid), f"http://alyx.test/sessions/{eid}", path, str(path / "alf/a.b.npy"), "KS014/2019-08-30/1",
        "2019-08-30_1_KS014", "2019-08-30_001_KS014", {"subject": "KS014", "date": "2019-08-30", "number": 1},
        {"subject": "KS014", "date": date(2019, 8, 30), "sequence": 1},
    ):  # fmt: skip
        assert anywhere.to_eid(name) == eid
    assert anywhere.eid2path(eid) == ALFPath(path)
    assert anywhere.path2eid(path / "alf") == eid
    assert anywhere.eid2ref(eid, as_dict=False) == "2019-08-30_1_KS014"
    assert anywhere.ref2eid("2019-08-30_1_KS014") == eid


@pytest.mark.parametrize(
    "name", ["KS014/2019-01-01/001", "2019-01-01_1_KS014", {"subject": "KS014", "date": "2019-01-01"}]
)
def test_a_session_that_is_not_there_is_named(anywhere, name):
    with pytest.raises(SessionNotFound, match="no session KS014/2019-01-01/001"):
        anywhere.to_eid(name)


@pytest.mark.parametrize("name", ["nonsense", {"subject": "KS014"}, "KS014/2019-13-45/001"])
def test_what_names_no_session_says_what_does(anywhere, name):
    with pytest.raises(SessionNotFound, match="give an id, a path"):
        anywhere.to_eid(name)


def test_an_unknown_id_is_said_clearly(anywhere):
    with pytest.raises(SessionNotFound, match=r"have no session|has no session"):
        anywhere.list_datasets(uuid4())


def test_a_session_of_two_labs_is_ambiguous(one, alyx):
    alyx.sessions["22222222-2222-4222-8222-222222222222"] = {
        **next(iter(alyx.sessions.values())),
        "id": "22222222-2222-4222-8222-222222222222",
        "lab": "otherlab",
    }
    with pytest.raises(AmbiguousSession, match="mylab, otherlab"):
        one.to_eid("KS014/2019-08-30/001")


def test_insertions_lead_to_sessions_and_back(anywhere, eid):
    pids, names = anywhere.eid2pid(eid)
    assert names == ["probe00", "probe01"]
    assert anywhere.pid2eid(pids[1]) == (eid, "probe01")
    assert anywhere.pid2eid(str(pids[0])) == (eid, "probe00")
    with pytest.raises(InsertionNotFound, match="no insertion"):
        anywhere.pid2eid(uuid4())


def test_insertions_are_searched(offline, eid):
    assert len(offline.search_insertions(subject="KS014")) == 2
    assert offline.search_insertions(subject="KS015") == []
    pids, details = offline.search_insertions(details=True, name="probe01")
    assert (len(pids), details[0]["serial"], details[0]["session"]) == (1, "s1", eid)


def test_details_of_a_server_are_dicts(one, alyx, eid, tmp_path):
    found = one.get_details(eid)
    assert (found["subject"], found.projects, found["date"]) == ("KS014", "learning", date(2019, 8, 30))
    assert found["local_path"] == tmp_path / "cache/mylab/Subjects/KS014/2019-08-30/001"
    assert len(one.get_details(str(eid), full=True)["data_dataset_session_related"]) == 7
    alyx.requests.clear()
    eids = [UUID(one) for one in alyx.sessions]
    assert [str(each["number"]) for each in one.get_details([*eids, eid])] == ["1", "1", "2", "1"]
    assert len(alyx.requests) == 1
    with pytest.raises(SessionNotFound, match="no session"):
        one.get_details([eid, uuid4()])


def test_details_of_tables_are_rows(offline, eid):
    row = offline.get_details("KS014/2019-08-30/001")
    assert (row.name, row["subject"], row.projects) == (eid, "KS014", "learning")
    files = offline.get_details(eid, full=True)
    assert list(files.index.names) == ["eid", "id"]
    assert set(files["subject"]) == {"KS014"}
    assert len(files) == 7
    assert len(offline.get_details([eid, eid])) == 2
    assert offline.list_subjects() == ["KS014", "KS015"]


def test_looking_in_tables_asks_no_server(offline, alyx, eid):
    offline.search(subject="KS014")
    offline.list_datasets(eid)
    assert alyx.requests == []


def test_a_session_with_its_files_is_one_request(one, alyx, eid):
    one.list_datasets(eid)
    assert alyx.asked() == [f"GET /sessions/{eid}"]


def test_the_mode_is_checked_and_said(tmp_path, make_client):
    with pytest.raises(ValueError, match="choose 'remote' or 'local'"):
        ONE(client=make_client(), cache_dir=tmp_path, mode="online")
    assert "mode='local'" in repr(ONE(client=make_client(), cache_dir=tmp_path, mode="local"))


def test_without_tables_the_way_to_get_them_is_said(make_client, tmp_path):
    with pytest.raises(TablesMissing, match="load_cache"):
        ONE(client=make_client(), cache_dir=tmp_path, mode="local").search()


def test_one_question_may_go_elsewhere(one, alyx, tmp_path):
    alyx.make_tables(tmp_path / "cache")
    assert len(one.search(query_type="local", subject="KS014")) == 2
    assert alyx.requests == []


def test_the_default_cache_is_one_folder_per_server(monkeypatch, tmp_path):
    monkeypatch.setenv("BREGMA_HOME", str(tmp_path))
    assert ONE("http://a.test:81", token="t").cache_dir == tmp_path / "cache" / "a.test_81"


def test_an_offline_client_survives_pickling(alyx, tmp_path):
    alyx.make_tables(tmp_path)
    one = ONE("http://x", token="t", cache_dir=tmp_path, mode="local")
    one.search()
    assert len(pickle.loads(pickle.dumps(one)).search()) == 3
