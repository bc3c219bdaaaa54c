"""Sessions, insertions and datasets as values, mappings, and tables in a notebook."""

import copy
import pickle
from datetime import date
from uuid import UUID

import pytest

from bregma.one import ONE, Dataset, Session
from bregma.one.records import RecordList


def test_a_session_is_a_mapping_of_what_was_told(one: ONE, eid):
    session = one.find_sessions(subject="KS014", date="2019-08-30")[0]
    assert (session["id"], session["subject"], session["date"]) == (str(eid), "KS014", date(2019, 8, 30))
    assert session["start_time"] == "2019-08-30T10:36:10"
    assert session.get("nothing") is None
    assert "lab" in session
    assert dict(session) == session.to_dict()
    with pytest.raises(KeyError, match="nothing"):
        session["nothing"]


def test_a_session_of_tables_has_their_columns(offline: ONE, eid):
    session = offline.find_sessions(subject="KS014", date="2019-08-30")[0]
    assert (session["id"], session["projects"], session.projects) == (eid, "learning", ("learning",))
    assert list(offline.search(details=True)[1][0]) == ["lab", "subject", "date", "number", "task_protocol", "projects"]


def test_records_are_compared_hashed_and_copied_by_what_they_are(one: ONE, offline: ONE, eid):
    ours, theirs = (each.find_sessions(subject="KS015")[0] for each in (one, offline))
    assert ours == theirs
    assert len({ours, theirs}) == 1
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == ours
    assert one.to_eid(ours) == ours.eid


def test_a_record_names_a_session_to_load(one: ONE):
    session = one.find_sessions(subject="KS014", date="2019-08-30")[0]
    assert one.list_collections(session) == ["alf", "alf/probe00", "alf/probe01"]


def test_insertions_and_datasets_are_mappings_too(offline: ONE, eid):
    insertion = offline.find_insertions(name="probe01")[0]
    assert (insertion["session"], insertion["name"], insertion["serial"]) == (eid, "probe01", "s1")
    dataset = offline.find_datasets(eid, "*trials*")[0]
    assert (dataset["rel_path"], dataset["qc"]) == ("alf/_ibl_trials.table.pqt", "NOT_SET")


def test_what_is_found_is_a_list_that_a_notebook_shows_as_a_table(offline: ONE):
    found = offline.find_sessions()
    assert isinstance(found, list)
    shown = found._repr_html_()
    assert shown.count("<tr>") == 4
    assert "<th>subject</th>" in shown
    assert "told" not in shown
    assert RecordList()._repr_html_() == "<p>nothing found</p>"
    assert found[0]._repr_html_().count("<tr>") == 2


def test_long_lists_are_shown_in_part_and_texts_are_escaped():
    session = Session(UUID(int=1), "lab", "<b>", date(2020, 1, 1), 1)
    shown = RecordList([session] * 30)._repr_html_()
    assert shown.count("<tr>") == 21
    assert "30 in all" in shown
    assert "&lt;b&gt;" in shown


def test_the_collection_of_a_file_is_its_folder_whatever_its_name():
    old, named = (Dataset(UUID(int=1), UUID(int=2), path) for path in ("alf/#2024#/notes", "spikes.times.npy"))
    assert (old.collection, old.revision, old.base, old.folder) == ("alf", "2024", "alf/notes", "alf/#2024#")
    assert (named.collection, named.revision, named.base, named.folder) == ("", "", "spikes.times.npy", "")
