"""Every page of the notebook answers those who may read it, refuses others, and costs few queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.alyx.factories import make_dataset, make_session

from bregma.alyx.actions.models import (
    OtherAction,
    ProcedureType,
    Surgery,
    VirusInjection,
    WaterAdministration,
    Weighing,
)
from bregma.alyx.experiments.models import BrainRegion, Channel, ProbeInsertion, TrajectoryEstimate
from bregma.alyx.jobs.models import Task
from bregma.alyx.notebook.comments.services import write_comment
from bregma.alyx.notebook.notes.services import write_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]


@pytest.fixture
def rich(world: World, picture: Any) -> dict[str, Any]:
    """Return the world's session with one of everything on it, and the addresses of its pages."""
    alice, session, subject = world.people["alice"], world.session, world.subject
    session.users.add(alice)
    session.narrative = "He **worked** well"
    session.extended_qc = {"_task_iti": 0.9, "video": {"left": "PASS"}}
    session.save()
    surgery = Surgery.objects.create(subject=subject, lab=subject.lab, implant_weight=1.2, outcome_type="r")
    surgery.procedures.add(ProcedureType.objects.get(name="Headplate implant"))
    injection = VirusInjection.objects.create(subject=subject, lab=subject.lab, virus_batch="AAV-7")
    action = OtherAction.objects.create(subject=subject, lab=subject.lab, narrative="handled")
    Weighing.objects.create(subject=subject, weight=24.5, date_time=session.start_time)
    WaterAdministration.objects.create(subject=subject, session=session, water_administered=0.8)
    task = Task.objects.create(session=session, name="Spikes", graph="ephys", status=40, log="Traceback <b>x</b>")
    probe = ProbeInsertion.objects.create(session=session, name="probe00")
    track = TrajectoryEstimate.objects.create(probe_insertion=probe, provenance=70, x=1, y=2, depth=3, theta=10, phi=0)
    region = BrainRegion.objects.filter(pk__gt=0).first()
    Channel.objects.bulk_create(
        Channel(trajectory_estimate=track, axial=i, lateral=0, brain_region=region) for i in range(3)
    )
    note = write_note(session, "a *note*", picture(), by=alice)
    write_note(subject, "on the mouse", by=alice)
    write_comment(note, "well said", by=world.people["bob"])
    write_comment(session, "again on Monday", by=world.people["bob"])
    make_dataset(session)
    return {
        "session": session,
        "subject": subject,
        "note": note,
        "surgery": surgery,
        "injection": injection,
        "action": action,
        "task": task,
        "probe": probe,
    }


READ = [
    ("notebook", None),
    ("session", "session"),
    ("session-files", "session"),
    ("session-history", "session"),
    ("subject-sessions", "subject"),
    ("subject-notes", "subject"),
    ("subject-history", "subject"),
    ("notes", None),
    ("note", "note"),
    ("surgeries", None),
    ("surgery", "surgery"),
    ("injections", None),
    ("injection", "injection"),
    ("other-actions", None),
    ("action", "action"),
    ("insertions", None),
    ("insertion", "probe"),
    ("tasks", None),
    ("task-matrix", None),
    ("task-log", "task"),
]
WRITE = [
    ("session-new", None),
    ("subject-session", "subject"),
    ("subject-surgery", "subject"),
    ("subject-injection", "subject"),
    ("subject-action", "subject"),
    ("subject-note", "subject"),
    ("session-edit", "session"),
    ("session-narrative", "session"),
    ("session-quality", "session"),
    ("session-delete", "session"),
    ("insertion-new", "session"),
    ("surgery-edit", "surgery"),
    ("surgery-delete", "surgery"),
    ("injection-edit", "injection"),
    ("action-edit", "action"),
    ("note-edit", "note"),
]
HEAVY = {"session": 19}
"""Pages that show many kinds of things, and their queries."""


def address(name: str, of: str | None, rich: dict[str, Any]) -> str:
    return reverse(name, args=[rich[of].pk] if of else [])


@pytest.mark.parametrize(("name", "of"), READ, ids=[name for name, _ in READ])
def test_members_read_each_page_at_few_queries(
    visit: Visit, rich: dict[str, Any], name: str, of: str | None, django_assert_max_num_queries: Any
) -> None:
    client = visit("charlie")
    with django_assert_max_num_queries(HEAVY.get(name, 12)):
        answer = client.get(address(name, of, rich))
    assert answer.status_code == 200


@pytest.mark.parametrize(("name", "of"), READ + WRITE, ids=[name for name, _ in READ + WRITE])
def test_strangers_to_the_lab_are_sent_to_the_log_in(
    visit: Visit, rich: dict[str, Any], name: str, of: str | None
) -> None:
    answer = visit("anonymous").get(address(name, of, rich))
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize(("name", "of"), [pair for pair in READ if pair[1]], ids=[a for a, b in READ if b])
def test_accounts_for_the_public_see_no_record_without_a_public_tag(
    visit: Visit, rich: dict[str, Any], name: str, of: str
) -> None:
    assert visit("visitor").get(address(name, of, rich)).status_code == 404


@pytest.mark.parametrize(("name", "of"), [pair for pair in WRITE if pair[1]], ids=[a for a, b in WRITE if b])
def test_forms_open_for_the_owner_and_not_for_strangers(visit: Visit, rich: dict[str, Any], name: str, of: str) -> None:
    assert visit("alice").get(address(name, of, rich)).status_code == 200
    assert visit("charlie").get(address(name, of, rich)).status_code == 403


def test_the_record_of_a_session_costs_the_same_however_much_hangs_on_it(
    visit: Visit, world: World, rich: dict[str, Any], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = visit("alice"), address("session", "session", rich)
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for i in range(6):
        make_dataset(rich["session"], f"trials.times{i}.npy")
        Task.objects.create(session=rich["session"], name=f"Task{i}")
        write_note(rich["session"], f"note {i}", by=world.people["alice"])
        write_comment(rich["session"], f"comment {i}", by=world.people["bob"])
        ProbeInsertion.objects.create(session=rich["session"], name=f"probe1{i}")
    with django_assert_num_queries(len(few)):
        assert client.get(url).status_code == 200


def test_the_history_of_a_subject_costs_the_same_however_long_it_is(
    visit: Visit, world: World, rich: dict[str, Any], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, url = visit("alice"), address("subject-history", "subject", rich)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for i in range(12):
        make_session(world.subject, day=(datetime(2024, 2, 1, tzinfo=UTC) + timedelta(days=i)).date())
        Weighing.objects.create(subject=world.subject, weight=20 + i, date_time=timezone.now())
        world.subject.description = f"change {i}"
        world.subject.save()
    with django_assert_num_queries(len(few)):
        assert client.get(url).status_code == 200


def test_the_record_shows_what_belongs_to_it(visit: Visit, rich: dict[str, Any]) -> None:
    shown = visit("alice").get(address("session", "session", rich)).content.decode()
    for words in ("<strong>worked</strong>", "24.5 g", "0.80 mL", "video.left", "probe00", "Spikes", "again on Monday"):
        assert words in shown
    assert "_ibl_trials.table.pqt" in shown


def test_a_log_is_shown_as_text(visit: Visit, rich: dict[str, Any]) -> None:
    shown = visit("alice").get(address("task-log", "task", rich), headers={"HX-Request": "true"}).content.decode()
    assert "Traceback &lt;b&gt;x&lt;/b&gt;" in shown
    assert "<html" not in shown
