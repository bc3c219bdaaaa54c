"""A replay enters what is missing, and nothing twice."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bregma.alf import write_object
from bregma.demo.records import Plan, SessionRecord, SubjectRecord, Water, Weighing
from bregma.demo.registrar import Registrar

STAGES = ("enter_lab", "enter_subjects", "enter_sessions", "enter_files", "enter_weights")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    folder = tmp_path / "labx" / "Subjects" / "m1" / "2024-01-01" / "001"
    write_object(folder / "alf" / "probe00", "spikes", {"times": np.arange(3.0), "clusters": np.arange(3)})
    (folder / ".hidden").touch()
    session = SessionRecord(
        "labx",
        "m1",
        "2024-01-01",
        1,
        str(folder),
        "training",
        "2024-01-01T10:00:00",
        n_trials=7,
        narrative="about",
        insertions=("probe00",),
        json={"notes": ["a note"], "source": "somewhere", "simulated": ["staff"]},
    )
    mouse = SubjectRecord(
        "m1",
        "labx",
        "a mouse",
        restricted_from="2024-01-01T08:00:00",
        reference_weight=24.0,
        weighings=(Weighing("2024-01-01T09:00:00", 24.0),),
        water=(
            Water("2024-01-01T15:00:00", 0.5, "Water 10% Sucrose"),
            Water("2024-01-01T18:00:00", 0.5, "Water"),
        ),
    )
    return Plan((mouse,), (session,))


def another_day(session: SessionRecord, root: Path, day: str) -> SessionRecord:
    folder = root / "labx" / "Subjects" / "m1" / day / "001"
    write_object(folder / "alf" / "probe00", "spikes", {"times": np.arange(3.0), "clusters": np.arange(3)})
    return dataclasses.replace(session, date=day, start_time=f"{day}T10:00:00", folder=str(folder))


def enter(server: Any, plan: Plan) -> Registrar:
    registrar = Registrar(server, server, lambda stage, done, total: None)
    for stage in STAGES:
        getattr(registrar, stage)(plan)
    return registrar


def test_everything_is_entered(server: Any, plan: Plan) -> None:
    registrar = enter(server, plan)
    assert [row["name"] for row in server.rows["labs"]] == ["labx"]
    assert {row["username"] for row in server.rows["users"]} == {"demo_experimenter", "demo_technician"}
    (session,) = server.rows["sessions"]
    assert (session["n_trials"], session["narrative"]) == (7, "about")
    assert session["json"]["source"] == "somewhere"
    assert server.rows["insertions"][0]["name"] == "probe00"
    assert {place[1:] for place in server.files} == {
        ("alf/probe00", "spikes.times.npy"),
        ("alf/probe00", "spikes.clusters.npy"),
    }
    assert len(server.rows["weighings"]) == 1
    assert server.rows["water-restriction"][0]["reference_weight"] == 24.0
    assert (registrar.n_files, registrar.n_bytes) == (2, sum(map(len, server.files.values())))


def test_second_replay_writes_nothing(server: Any, plan: Plan) -> None:
    enter(server, plan)
    rows = {name: list(rows) for name, rows in server.rows.items()}
    server.calls.clear()
    again = enter(server, plan)
    assert not again.new
    assert {action for action, _ in server.calls} == {"list"}
    assert {name: list(rows) for name, rows in server.rows.items() if rows} == {k: v for k, v in rows.items() if v}


def test_number_of_questions_does_not_grow_with_sessions(server: Any, plan: Plan, tmp_path: Path) -> None:
    more = tuple(another_day(plan.sessions[0], tmp_path, f"2024-01-{day:02d}") for day in range(2, 9))
    enter(server, plan)
    server.calls.clear()
    enter(server, plan)
    few = len(server.calls)
    larger = Plan(plan.subjects, plan.sessions + more)
    enter(server, larger)
    server.calls.clear()
    enter(server, larger)
    assert len(server.calls) == few


def test_reward_belongs_to_its_session_and_supplement_to_none(server: Any, plan: Plan) -> None:
    enter(server, plan)
    (session,) = server.rows["sessions"]
    reward, supplement = server.rows["water-administrations"]
    assert (reward["session"], supplement["session"]) == (session["id"], None)
    assert (reward["water_administered"], "millilitres" in reward) == (0.5, False)


def test_interrupted_replay_is_completed(server: Any, plan: Plan) -> None:
    enter(server, plan)
    server.rows["datasets"].pop()
    server.rows["water-administrations"].pop()
    again = enter(server, plan)
    assert dict(again.new) == {"files": 1, "water-administrations": 1}


def test_changed_file_is_sent_again(server: Any, plan: Plan) -> None:
    enter(server, plan)
    folder = Path(plan.sessions[0].folder) / "alf" / "probe00"
    write_object(folder, "spikes", {"times": np.arange(3.0) + 1, "clusters": np.arange(3)})
    assert dict(enter(server, plan).new) == {"files": 1}


def test_file_that_never_arrived_is_sent_again(server: Any, plan: Plan) -> None:
    enter(server, plan)
    server.rows["datasets"][0]["file_records"] = [{"exists": False}]
    assert dict(enter(server, plan).new) == {"files": 1}


def test_dataset_type_is_entered_only_where_no_pattern_covers_it(server: Any, plan: Plan) -> None:
    enter(server, plan)
    assert [row["name"] for row in server.rows["dataset-types"]] == ["spikes.times", "spikes.clusters"]


def test_progress_ends_at_the_total(server: Any, plan: Plan) -> None:
    seen: dict[str, tuple[int, int]] = {}
    registrar = Registrar(server, server, lambda stage, done, total: seen.update({stage: (done, total)}))
    for stage in STAGES:
        getattr(registrar, stage)(plan)
    assert set(seen) == {"lab", "subjects", "sessions", "files", "weights"}
    assert all(done == total for done, total in seen.values())


def test_refusal_of_one_session_ends_the_replay(server: Any, plan: Plan, tmp_path: Path) -> None:
    def refuse(*args: Any, **kwargs: Any) -> str:
        raise PermissionError("not yours")

    server.register_session = refuse
    with pytest.raises(PermissionError, match="not yours"):
        enter(server, plan)


def test_simulated_staff_answers_only_for_what_says_so(server: Any, plan: Plan) -> None:
    enter(server, plan)
    assert server.rows["sessions"][0]["users"] == ["demo_experimenter"]
    assert "responsible_user" not in server.rows["subjects"][0]
