"""Keys and inputs follow Alyx's rows by themselves."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from bregma.pipelines.keys import CHANNEL, INSTALL_SQL

SUBJECT = str(uuid4())


def keys_of(lab: Any, table: str) -> set[str]:
    return {row[0] for row in lab.ask(f"select * from bregma_keys.{table}")}


def test_a_new_session_and_insertion_have_keys_at_once(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    pid = lab.add_insertion(eid, files=())
    assert keys_of(lab, "session") == {eid}
    assert keys_of(lab, "insertion") == {pid}
    assert keys_of(lab, "trials") == keys_of(lab, "spikes") == set()


def test_trials_are_an_input_once_every_registered_file_has_arrived(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    lab.add_file(eid, "_ibl_trials.table.pqt", "alf")
    late = lab.add_file(eid, "_ibl_trials.stimOff_times.npy", "alf", arrived=False)
    assert keys_of(lab, "trials") == set()
    lab.database.execute('update data_filerecord set "exists" = true where dataset_id = %s', (late,))
    assert keys_of(lab, "trials") == {eid}


def test_columns_of_their_own_make_trials_when_the_needed_ones_are_there(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    for name in ("choice", "feedbackType", "contrastLeft"):
        lab.add_file(eid, f"trials.{name}.npy", "alf")
    assert keys_of(lab, "trials") == set()
    lab.add_file(eid, "trials.contrastRight.npy", "alf")
    assert keys_of(lab, "trials") == {eid}
    assert keys_of(lab, "events") == set(), "nothing says when"


@pytest.mark.parametrize(
    "name", ["trials.stimOn_times.npy", "_ibl_trials.feedback_times.npy", "trials.odour_times.npy"]
)
def test_times_of_any_event_are_an_input_without_choices(lab: Any, name: str) -> None:
    eid = lab.add_session(SUBJECT)
    lab.add_file(eid, "trials.contrastLeft.npy", "alf")
    assert keys_of(lab, "events") == set()
    lab.add_file(eid, name, "alf")
    assert keys_of(lab, "events") == {eid}
    assert keys_of(lab, "trials") == set()


def test_a_table_is_trials_and_events(lab: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    assert keys_of(lab, "trials") == keys_of(lab, "events") == {eid}


def test_events_wait_for_every_registered_file_of_their_trials(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    lab.add_file(eid, "trials.stimOn_times.npy", "alf")
    late = lab.add_file(eid, "trials.goCue_times.npy", "alf", arrived=False)
    assert keys_of(lab, "events") == set()
    lab.database.execute('update data_filerecord set "exists" = true where dataset_id = %s', (late,))
    assert keys_of(lab, "events") == {eid}


def test_events_leave_with_their_last_times(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    lab.add_file(eid, "trials.contrastLeft.npy", "alf")
    dataset = lab.add_file(eid, "trials.stimOn_times.npy", "alf")
    with lab.database.transaction():
        lab.database.execute("delete from data_filerecord where dataset_id = %s", (dataset,))
        lab.database.execute("delete from data_dataset where id = %s", (dataset,))
    assert keys_of(lab, "events") == set()


@pytest.mark.parametrize("name", ["_ibl_wheel.position.npy", "_ibl_trialstable.pqt", "_ibl_passiveTrials.table.pqt"])
def test_other_files_are_no_trials(lab: Any, name: str) -> None:
    lab.add_file(lab.add_session(SUBJECT), name, "alf")
    assert keys_of(lab, "trials") == set()


def test_spikes_belong_to_the_probe_of_their_folder(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    first = lab.add_insertion(eid, "probe00", files=())
    second = lab.add_insertion(eid, "probe01", files=())
    for name in ("spikes.times.npy", "spikes.clusters.npy"):
        lab.add_file(eid, name, "alf/probe01/pykilosort")
    assert keys_of(lab, "spikes") == {second}
    assert first not in keys_of(lab, "spikes")


def test_spikes_registered_before_their_insertion_are_found(lab: Any) -> None:
    eid = lab.add_session(SUBJECT)
    for name in ("spikes.times.npy", "spikes.clusters.npy"):
        lab.add_file(eid, name, "alf/probe00")
    pid = lab.add_insertion(eid, files=())
    assert keys_of(lab, "spikes") == {pid}


def test_a_new_hash_gives_a_new_fingerprint(lab: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    before = lab.ask("select fingerprint from bregma_keys.trials")
    lab.change_file(eid, "_ibl_trials.table.pqt")
    assert lab.ask("select fingerprint from bregma_keys.trials") != before


def test_a_file_that_is_lost_takes_the_input_away(lab: Any) -> None:
    lab.add_trials(SUBJECT)
    lab.database.execute('update data_filerecord set "exists" = false')
    assert keys_of(lab, "trials") == set()


def test_deleting_a_session_deletes_its_keys_and_inputs(lab: Any) -> None:
    eid, other = lab.add_trials(SUBJECT), lab.add_trials(SUBJECT, 2)
    lab.add_insertion(eid)
    lab.delete_session(eid)
    assert keys_of(lab, "session") == keys_of(lab, "trials") == {other}
    assert keys_of(lab, "insertion") == keys_of(lab, "spikes") == set()


def test_a_rolled_back_session_leaves_no_key(lab: Any) -> None:
    with lab.database.transaction() as transaction:
        lab.add_trials(SUBJECT)
        raise psycopg.Rollback(transaction)
    assert keys_of(lab, "session") == set()


def test_files_that_arrive_at_the_same_time_are_both_seen(lab: Any, parameters: dict[str, Any]) -> None:
    eid = lab.add_session(SUBJECT)
    with psycopg.connect(**parameters) as one, psycopg.connect(**parameters) as two:
        for database, name in ((one, "_ibl_trials.table.pqt"), (two, "_ibl_trials.stimOff_times.npy")):
            dataset = str(uuid4())
            database.execute("insert into data_dataset values (%s, %s, %s, 'alf', 'x')", (dataset, eid, name))
            database.execute("insert into data_filerecord values (%s, %s, true)", (str(uuid4()), dataset))
        one.commit()
        two.commit()
    fingerprint = lab.ask("select fingerprint from bregma_keys.trials")[0][0]
    assert fingerprint == lab.ask("select bregma_keys.trials_fingerprint(%s)", eid)[0][0]


def test_workers_are_notified_of_a_new_input(lab: Any, parameters: dict[str, Any]) -> None:
    with psycopg.connect(**parameters, autocommit=True) as listener:
        listener.execute(f"listen {CHANNEL}")
        lab.add_trials(SUBJECT)
        assert [note.payload for note in listener.notifies(timeout=10, stop_after=1)] == ["trials", "events"]


def test_installing_again_changes_nothing_and_finds_what_was_there_before(lab: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    pid = lab.add_insertion(eid)
    lab.database.execute("delete from bregma_keys.session")
    lab.database.execute(INSTALL_SQL)
    assert keys_of(lab, "trials") == keys_of(lab, "events") == {eid}
    assert keys_of(lab, "spikes") == {pid}
