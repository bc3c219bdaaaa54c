"""Sessions, surgeries, probes and tasks are written by rules that are said before they are broken."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from tests.alyx.factories import make_dataset, make_session

from bregma.alyx.actions.models import ProcedureType, Session, Surgery
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import ProbeInsertion, TrajectoryEstimate
from bregma.alyx.history.selectors import session_timeline, subject_timeline
from bregma.alyx.jobs.models import Task
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.notebook.insertions.services import copy_planned, plan_insertion, set_trajectory
from bregma.alyx.notebook.models import NarrativeTemplate
from bregma.alyx.notebook.sessions.services import enter_session, judge_quality
from bregma.alyx.notebook.surgeries.services import delete_procedure, enter_procedure
from bregma.alyx.notebook.tasks.services import set_status
from bregma.alyx.notebook.templates_of import templates_for
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]

DAY = datetime(2024, 1, 31, 15, tzinfo=UTC)
PLACE = {"x": -2000.0, "y": 1000.0, "z": 0.0, "depth": 4000.0, "theta": 15.0, "phi": 180.0}


def test_a_session_takes_the_next_number_of_its_day(world: World) -> None:
    alice = world.people["alice"]
    assert enter_session({"subject": world.subject, "start_time": DAY}, by=alice).number == 2
    assert enter_session({"subject": world.subject, "start_time": DAY}, by=alice).number == 3
    assert enter_session({"subject": world.subject, "start_time": DAY.replace(month=2, day=1)}, by=alice).number == 1


def test_no_session_begins_after_death(world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(death_date=date(2024, 1, 1))
    world.subject.refresh_from_db()
    with pytest.raises(ValidationError, match="died on"):
        enter_session({"subject": world.subject, "start_time": DAY}, by=world.people["alice"])


def test_the_form_reads_times_where_the_lab_is(visit: Visit, world: World) -> None:
    world.lab.timezone = "America/New_York"
    world.lab.save()
    url = reverse("subject-session", args=["KS014"])
    answer = visit("alice").post(url, {"start_time": "2024-03-01T09:00", "narrative": "x"})
    assert answer.status_code == 302
    session = Session.objects.latest("start_time")
    assert session.start_time == datetime(2024, 3, 1, 14, tzinfo=UTC)
    assert list(session.users.all()) == [world.people["alice"]]


def test_a_bad_verdict_needs_a_reason_and_keeps_it(visit: Visit, world: World) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        judge_quality(world.session, 40, " ", by=world.people["bob"])
    url = reverse("session-quality", args=[world.session.pk])
    assert visit("bob").post(url, {"qc": 50, "reason": "camera was off"}).status_code == 302
    shown = visit("alice").get(reverse("session", args=[world.session.pk])).content.decode()
    assert "camera was off" in shown
    assert visit("charlie").post(url, {"qc": 10}).status_code == 403


def test_a_session_with_protected_files_is_kept_and_the_page_says_why(visit: Visit, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="paper", protected=True))
    answer = visit("alice").post(reverse("session-delete", args=[world.session.pk]))
    assert answer.status_code == 422
    assert b"protected tag" in answer.content
    assert Session.objects.filter(pk=world.session.pk).exists()


def test_a_template_of_the_lab_comes_before_that_of_every_lab(visit: Visit, world: World) -> None:
    procedure = ProcedureType.objects.get(name="Craniotomy")
    NarrativeTemplate.objects.create(name="all", procedure=procedure, text="of all")
    NarrativeTemplate.objects.create(name="own", procedure=procedure, text="of <us>", lab=world.lab)
    assert [one.text for one in templates_for(world.lab)] == ["of <us>"]
    assert [one.text for one in templates_for(world.other_lab)] == ["of all"]
    shown = visit("alice").get(reverse("subject-surgery", args=["KS014"])).content.decode()
    assert f'<template data-procedure="{procedure.pk}">of &lt;us&gt;</template>' in shown


def test_a_surgery_has_its_effects_on_the_subject(world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(actual_severity=2)
    world.subject.refresh_from_db()
    room = LabLocation.objects.create(name="Surgery Room", lab=world.lab)
    values = {"subject": world.subject, "start_time": DAY, "implant_weight": 1.5}
    surgery = enter_procedure(Surgery, values, by=world.people["alice"])
    world.subject.refresh_from_db()
    assert (world.subject.protocol_number, world.subject.actual_severity) == ("2", 3)
    assert surgery.location == room
    delete_procedure(surgery, by=world.people["alice"])
    world.subject.refresh_from_db()
    assert world.subject.protocol_number == "1"


def test_an_acute_surgery_that_ended_is_a_death(visit: Visit, world: World) -> None:
    posted = {
        "start_time": "2024-02-01T09:00",
        "end_time": "2024-02-01T12:00",
        "outcome_type": "a",
        "implant_weight": "0",
    }
    assert visit("alice").post(reverse("subject-surgery", args=["KS014"]), posted).status_code == 302
    world.subject.refresh_from_db()
    assert world.subject.death_date == date(2024, 2, 1)


def test_technicians_and_strangers_write_no_surgery(world: World) -> None:
    with pytest.raises(PermissionDenied):
        enter_procedure(Surgery, {"subject": world.subject, "implant_weight": 0}, by=world.people["charlie"])


def test_what_was_planned_becomes_what_the_manipulator_read(world: World) -> None:
    alice = world.people["alice"]
    probe = plan_insertion(world.session, {"name": "probe00"}, PLACE, by=alice)
    copied = copy_planned(probe, by=alice)
    assert (copied.provenance, copied.x, copied.theta) == (30, -2000.0, 15.0)
    with pytest.raises(ValidationError, match="already"):
        copy_planned(probe, by=alice)
    with pytest.raises(ValidationError, match="from 0 to 180"):
        set_trajectory(probe, 10, {**PLACE, "theta": 200.0}, by=alice)
    with pytest.raises(ValidationError, match="comes from the analysis"):
        set_trajectory(probe, TrajectoryEstimate.Provenance.HISTOLOGY, PLACE, by=alice)
    with pytest.raises(PermissionDenied):
        set_trajectory(probe, 10, PLACE, by=world.people["charlie"])


def test_a_probe_is_planned_and_copied_on_the_pages(visit: Visit, world: World) -> None:
    url = reverse("insertion-new", args=[world.session.pk])
    assert visit("alice").post(url, {"name": "probe01", **PLACE, "theta": 190}).status_code == 422
    assert visit("alice").post(url, {"name": "probe01", **PLACE}).status_code == 302
    probe = ProbeInsertion.objects.get()
    assert visit("alice").post(reverse("insertion-copy", args=[probe.pk])).status_code == 302
    assert probe.trajectory_estimate.count() == 2
    page = visit("alice").get(reverse("trajectory", args=[probe.pk, 30]))
    assert page.status_code == 200
    assert visit("alice").get(reverse("trajectory", args=[probe.pk, 70])).status_code == 404


def test_tasks_are_set_all_or_none(world: World) -> None:
    mine = Task.objects.create(session=world.session, name="A", status=40)
    stranger = Subject.objects.create(nickname="S1", lab=world.other_lab)
    other = Task.objects.create(session=make_session(stranger), name="B", status=40)
    with pytest.raises(PermissionDenied, match="B of S1"):
        set_status([mine, other], Task.Status.WAITING, by=world.people["bob"])
    mine.refresh_from_db()
    assert mine.status == 40
    assert set_status([mine], Task.Status.WAITING, by=world.people["bob"]) == 1
    with pytest.raises(ValueError, match="set by workers"):
        set_status([mine], Task.Status.COMPLETE, by=world.people["bob"])


def test_tasks_are_set_from_the_list(visit: Visit, world: World) -> None:
    task = Task.objects.create(session=world.session, name="A", status=40)
    posted = {"action": "status", "rows": [str(task.pk)], "confirmed": "1", "status": "25"}
    assert visit("bob").post(reverse("tasks-bulk"), posted).status_code == 302
    task.refresh_from_db()
    assert task.status == 25


def test_the_matrix_costs_the_same_however_many_tasks(
    visit: Visit, world: World, django_assert_max_num_queries: Any
) -> None:
    for i in range(30):
        session = make_session(world.subject, number=i + 2)
        Task.objects.bulk_create(Task(session=session, name=f"T{j}", graph="g", level=j) for j in range(4))
    client = visit("bob")
    with django_assert_max_num_queries(11):
        shown = client.get(reverse("task-matrix") + "?graph=g&lab=mainenlab").content.decode()
    assert shown.count("task-log") == 0
    assert shown.count("badge") >= 120


def test_the_timeline_tells_who_changed_what_through_which_way(visit: Visit, world: World) -> None:
    url = reverse("session-narrative", args=[world.session.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE actions_session SET n_trials = 7 WHERE id = %s", [world.session.pk])
    assert visit("alice").post(url, {"narrative": "written <b>down</b>"}).status_code == 302
    entries = session_timeline(world.session, world.people["bob"]).entries
    assert [(one.label, one.before, one.after) for one in entries[1].changes] == [("n trials", "", "7")]
    assert entries[1].through == "directly in the database, or by a command"
    assert entries[0].by == "alice"
    assert entries[0].through == f"a page ({url})"
    page = visit("bob").get(reverse("session-history", args=[world.session.pk])).content.decode()
    assert "written &lt;b&gt;down&lt;/b&gt;" in page


def test_the_timeline_is_for_members(visit: Visit, world: World) -> None:
    assert subject_timeline(world.subject, world.people["visitor"]).entries == []
    assert visit("visitor").get(reverse("subject-history", args=[world.subject.pk])).status_code == 404


def test_pages_of_a_timeline_tell_everything_once(world: World) -> None:
    for i in range(120):
        Subject.objects.filter(pk=world.subject.pk).update(description=f"change {i}")
    seen: list[str] = []
    before = None
    for _ in range(10):
        page = subject_timeline(world.subject, world.people["bob"], before=before)
        seen += [change.after for entry in page.entries for change in entry.changes if change.label == "description"]
        before = page.older
        if before is None:
            break
    assert seen == [f"change {i}" for i in reversed(range(120))]
