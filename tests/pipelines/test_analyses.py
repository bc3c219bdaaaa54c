"""What the tables compute, and that no result outlives its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pytest

from bregma.brainbox import compute_performance_easy, compute_psychometric, compute_reaction_times
from bregma.pipelines import populate_once, results, retry_errors
from bregma.pipelines.errors import UnknownAnalysis

if TYPE_CHECKING:
    from bregma.pipelines.tables import Pipeline

SUBJECT = str(uuid4())


def analyse(pipeline: Pipeline, source: Any) -> None:
    while populate_once(pipeline, source).made:
        pass


def states(lab: Any) -> dict[tuple[str, str], int]:
    return {(state.table, state.status): state.n for state in results.load_job_states(lab.database)}


def test_a_session_gets_its_curves_reaction_times_and_status(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    analyse(pipeline, source)
    trials = source.load_trials(eid)
    found = results.load_psychometrics(lab.database, eid)
    assert [fit.block for fit in found] == ["all", "0.2", "0.5", "0.8"]
    for fit, block in zip(found, (None, 0.2, 0.5, 0.8), strict=True):
        expected = compute_psychometric(trials, block)
        assert fit.bias == expected.fit.bias
        assert fit.threshold == expected.fit.threshold
        np.testing.assert_array_equal(fit.contrasts, expected.contrasts)
        np.testing.assert_array_equal(fit.p_right, expected.p_right)
    times = results.load_reaction_times(lab.database, eid)
    assert times is not None
    np.testing.assert_array_equal(times.median, compute_reaction_times(trials).median)
    [day] = results.load_training(lab.database, SUBJECT)
    assert (day.eid, day.status, day.n_trials) == (eid, "in training", 400)
    assert day.performance_easy == compute_performance_easy(trials)


def test_an_insertion_gets_metrics_drift_correlograms_and_responses(lab: Any, pipeline: Pipeline, source: Any) -> None:
    pid = lab.add_insertion(lab.add_trials(SUBJECT))
    analyse(pipeline, source)
    spikes = source.load_spikes(pid)
    assert sum(unit["n_spikes"] for unit in results.load_unit_metrics(lab.database, pid)) == spikes.times.size
    drift = results.load_drift_map(lab.database, pid)
    assert drift is not None
    assert drift.counts.sum() == spikes.times.size
    assert drift.counts.shape == (drift.depths_um.size, drift.times.size)
    assert (drift.row_kind, drift.cluster_ids.size) == (results.RowKind.DEPTH, 0)
    correlograms = results.load_autocorrelograms(lab.database, pid)
    assert correlograms is not None
    assert correlograms.counts.shape == (5, correlograms.lags.size)
    responses = results.load_psths(lab.database, pid)
    assert responses is not None
    assert responses.event == "stimOn_times"
    assert responses.rate.mean() == pytest.approx(4000 / 200 / 5, rel=0.1)


def test_an_insertion_without_trials_waits_for_them_with_its_responses_only(
    lab: Any, pipeline: Pipeline, source: Any
) -> None:
    eid = lab.add_session(SUBJECT)
    pid = lab.add_insertion(eid)
    analyse(pipeline, source)
    assert results.load_psths(lab.database, pid) is None
    assert results.load_drift_map(lab.database, pid) is not None
    assert results.wait_until_idle(lab.database, timeout=1)
    lab.add_file(eid, "_ibl_trials.table.pqt", "alf")
    analyse(pipeline, source)
    assert results.load_psths(lab.database, pid) is not None


def test_events_without_choices_give_responses_and_no_behaviour(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid = lab.add_session(SUBJECT)
    pid = lab.add_insertion(eid)
    lab.add_file(eid, "trials.stimOn_times.npy", "alf")
    analyse(pipeline, source)
    responses = results.load_psths(lab.database, pid)
    assert responses is not None
    assert (responses.event, responses.n_events) == ("stimOn_times", 400)
    assert results.load_psychometrics(lab.database, eid) == []
    assert ("TrialSet", "done") not in states(lab)
    lab.change_file(eid, "trials.stimOn_times.npy")
    assert results.load_psths(lab.database, pid) is None
    assert states(lab)["Psth", "pending"] == 1


def test_a_recording_without_depths_has_a_map_of_its_units(lab: Any, pipeline: Pipeline, source: Any) -> None:
    pid = lab.add_insertion(lab.add_session(SUBJECT))
    source.without_depths.add(pid)
    analyse(pipeline, source)
    spikes, found = source.load_spikes(pid), results.load_drift_map(lab.database, pid)
    assert found is not None
    assert (found.row_kind, found.depths_um.size) == (results.RowKind.UNIT, 0)
    assert found.cluster_ids.tolist() == [0, 1, 2, 3, 4]
    assert found.counts.sum(axis=1).tolist() == np.bincount(spikes.clusters).tolist()
    assert found.counts.shape[1] == found.times.size


def test_nothing_is_computed_twice(lab: Any, pipeline: Pipeline, source: Any) -> None:
    lab.add_insertion(lab.add_trials(SUBJECT))
    analyse(pipeline, source)
    assert populate_once(pipeline, source).total == 0


def test_a_new_hash_removes_the_results_and_they_are_computed_anew(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid, other = lab.add_trials(SUBJECT), lab.add_trials(SUBJECT, 2)
    pid = lab.add_insertion(eid)
    analyse(pipeline, source)
    lab.change_file(eid, "_ibl_trials.table.pqt")
    assert results.load_psychometrics(lab.database, eid) == []
    assert results.load_psths(lab.database, pid) is None
    assert results.load_drift_map(lab.database, pid) is not None  # the spikes are the same
    assert results.load_psychometrics(lab.database, other) != []
    assert states(lab)["TrialSet", "pending"] == 1
    analyse(pipeline, source)
    assert results.load_psychometrics(lab.database, eid) != []
    assert results.load_psths(lab.database, pid) is not None


def test_deleting_a_session_deletes_its_results_and_renews_the_status(
    lab: Any, pipeline: Pipeline, source: Any
) -> None:
    eid, other = lab.add_trials(SUBJECT), lab.add_trials(SUBJECT, 2)
    pid = lab.add_insertion(eid)
    analyse(pipeline, source)
    lab.delete_session(eid)
    assert results.load_psychometrics(lab.database, eid) == []
    assert results.load_unit_metrics(lab.database, pid) == []
    analyse(pipeline, source)
    assert [day.eid for day in results.load_training(lab.database, SUBJECT)] == [other]
    assert all(status == "done" for _, status in states(lab))


def test_an_earlier_session_that_arrives_late_changes_the_status_of_later_ones(
    lab: Any, pipeline: Pipeline, source: Any
) -> None:
    for day in (2, 3):
        lab.add_trials(SUBJECT, day)
    analyse(pipeline, source)
    before = [day.status for day in results.load_training(lab.database, SUBJECT)]
    assert before == ["in training"] * 2
    lab.add_trials(SUBJECT, 1)
    analyse(pipeline, source)
    after = [day.status for day in results.load_training(lab.database, SUBJECT)]
    assert after == ["in training", "in training", "trained 1a"]


def test_a_corrected_date_or_subject_renews_the_status(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eids = [lab.add_trials(SUBJECT, day) for day in (1, 2, 3)]
    analyse(pipeline, source)
    assert results.load_training(lab.database, SUBJECT)[-1].status == "trained 1a"
    other = str(uuid4())
    lab.database.execute("update actions_session set subject_id = %s where id = %s", (other, eids[0]))
    analyse(pipeline, source)
    assert results.load_training(lab.database, SUBJECT)[-1].status == "in training"
    trainings = results.load_trainings(lab.database, [SUBJECT, other])
    assert {subject: len(days) for subject, days in trainings.items()} == {SUBJECT: 2, other: 1}


def test_sessions_of_unknown_tasks_have_no_status(lab: Any, pipeline: Pipeline, source: Any) -> None:
    lab.add_trials(SUBJECT, protocol="passiveStimulation")
    analyse(pipeline, source)
    assert [day.status for day in results.load_training(lab.database, SUBJECT)] == [""]


def test_a_failure_keeps_its_traceback_and_leaves_the_rest_alone(lab: Any, pipeline: Pipeline, source: Any) -> None:
    bad, good = lab.add_trials(SUBJECT, 1), lab.add_trials(SUBJECT, 2)

    def fail(eid: str) -> None:
        if eid == bad:
            raise ValueError("the file is broken: é")

    source.before = fail
    analyse(pipeline, source)
    [error] = results.load_errors(lab.database)
    assert (error.table, error.key) == ("TrialSet", {"session_uuid": bad})
    assert error.message == "ValueError: the file is broken: é"
    assert 'raise ValueError("the file is broken: é")' in error.traceback
    assert results.load_psychometrics(lab.database, good) != []
    assert results.wait_until_idle(lab.database, timeout=1)
    assert populate_once(pipeline, source).total == 0, "a failed key is not tried again by itself"


def test_a_failure_is_tried_again_when_its_data_change(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    source.before = lambda _: 1 / 0
    analyse(pipeline, source)
    source.before = lambda _: None
    lab.change_file(eid, "_ibl_trials.table.pqt")
    analyse(pipeline, source)
    assert results.load_errors(lab.database) == []
    assert results.load_psychometrics(lab.database, eid) != []


def test_a_failure_is_tried_again_on_request(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    source.before = lambda _: 1 / 0
    analyse(pipeline, source)
    source.before = lambda _: None
    assert retry_errors(lab.database, "PsychometricFit") == 0
    assert retry_errors(lab.database) == 1
    analyse(pipeline, source)
    assert results.load_psychometrics(lab.database, eid) != []


def test_retrying_an_unknown_analysis_names_those_there_are(lab: Any, pipeline: Pipeline) -> None:
    with pytest.raises(UnknownAnalysis, match="no analysis 'Fit'; there are TrialSet, PsychometricFit"):
        retry_errors(lab.database, "Fit")


def test_a_long_queue_of_sessions_is_read_before_their_mouse_is_judged(
    lab: Any, pipeline: Pipeline, source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bregma.pipelines.worker.BATCH", 2)
    for day in (1, 2, 3):
        lab.add_trials(SUBJECT, day)
    populate_once(pipeline, source)
    assert results.load_training(lab.database, SUBJECT)[0].status == ""
    populate_once(pipeline, source)
    assert [day.status for day in results.load_training(lab.database, SUBJECT)][-1] == "trained 1a"


def test_a_server_that_is_down_is_no_failure_of_the_analysis(lab: Any, pipeline: Pipeline, source: Any) -> None:
    lab.add_trials(SUBJECT)

    def refuse(_: str) -> None:
        raise ConnectionRefusedError("no server yet")

    source.before = refuse
    assert populate_once(pipeline, source).later == 1
    assert states(lab) == {("TrialSet", "pending"): 1}


def test_data_that_change_during_the_analysis_give_no_result_of_the_old_data(
    lab: Any, pipeline: Pipeline, source: Any
) -> None:
    eid = lab.add_trials(SUBJECT)
    changed = []

    def change(_: str) -> None:
        if not changed:
            changed.append(lab.change_file(eid, "_ibl_trials.table.pqt"))

    source.before = change
    tally = populate_once(pipeline, source)
    assert (tally.made, tally.later) == (0, 1)
    assert results.load_psychometrics(lab.database, eid) == []
    analyse(pipeline, source)
    assert results.load_psychometrics(lab.database, eid) != []


def test_a_session_deleted_during_its_analysis_leaves_nothing(lab: Any, pipeline: Pipeline, source: Any) -> None:
    eid = lab.add_trials(SUBJECT)
    source.before = lambda _: lab.delete_session(eid)
    assert populate_once(pipeline, source).later == 1
    source.before = lambda _: None
    assert populate_once(pipeline, source).total == 0
    assert states(lab) == {}


def test_users_may_derive_tables_that_follow_ours(lab: Any, pipeline: Pipeline, source: Any) -> None:
    from bregma.pipelines import declare
    from bregma.pipelines.engine import dj

    class Lapse(dj.Computed):
        definition = """
        -> PsychometricFit
        ---
        lapse : float64
        """

        def make(self, key: dict[str, Any]) -> None:
            block = (pipeline["PsychometricFit"].Block & key & "block = 'all'").fetch1()
            self.insert1({**key, "lapse": block["lapse_low"] + block["lapse_high"]})

    schema = pipeline.instance.Schema("user_table_test")
    schema(Lapse, context={"PsychometricFit": pipeline["PsychometricFit"]})
    try:
        declare(pipeline.instance)  # makes the user's foreign key cascade as well
        eid = lab.add_trials(SUBJECT)
        analyse(pipeline, source)
        Lapse.populate()
        assert len(Lapse()) == 1
        lab.delete_session(eid)
        assert len(Lapse()) == 0
    finally:
        schema.drop(prompt=False)
