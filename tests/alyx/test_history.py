"""Every change of every row is kept, whichever way it came, and nobody rewrites it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from pghistory.models import Context
from tests.alyx.factories import make_dataset, make_session

from bregma.alyx.accounts import sign_in_link
from bregma.alyx.data.models import Dataset, Tag
from bregma.alyx.history.models import Event
from bregma.alyx.history.triggers import watched_models
from bregma.alyx.misc.models import LabMember
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def test_a_change_by_sql_is_an_event(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subjects_subject SET cage = 'B12' WHERE id = %s", [world.subject.pk])
    event = Event.objects.filter(table="subjects_subject", kind="U").get()
    assert (event.before, event.after) == ({"cage": None}, {"cage": "B12"})
    assert event.subject_id == world.subject.pk


def test_a_change_through_rest_names_its_person(world: World, client_of: Any) -> None:
    answer = client_of("alice").patch(f"/subjects/{world.subject.nickname}", {"description": "curious"}, format="json")
    assert answer.status_code == 200, answer.content
    event = Event.objects.filter(table="subjects_subject", kind="U").latest("id")
    assert event.after == {"description": "curious"}
    assert event.context is not None
    assert event.context.metadata["user"] == str(world.people["alice"].pk)


def test_history_keeps_no_link_that_signs_in(world: World) -> None:
    link = sign_in_link("alice", "")
    assert Client().post(link).status_code == 302
    kept = [row.metadata["url"] for row in Context.objects.all()]
    assert kept == ["/sign-in/…"]


def test_a_change_of_no_column_is_no_event(world: World) -> None:
    Event.objects.filter(kind="U").count()
    world.session.save()
    assert not Event.objects.filter(table="actions_session", kind="U").exists()


def test_many_rows_at_once_make_an_event_each(world: World) -> None:
    Subject.objects.bulk_create(Subject(nickname=f"bulk{i}", lab=world.lab) for i in range(5))
    Subject.objects.filter(nickname__startswith="bulk").update(description="x")
    assert Event.objects.filter(table="subjects_subject", kind="U").count() == 5


def test_events_of_what_hangs_on_a_subject_name_it(world: World) -> None:
    session = make_session(world.subject, number=2)
    session.users.add(world.people["bob"])
    tables = set(Event.objects.filter(session_id=session.pk).values_list("table", flat=True))
    assert tables == {"actions_session", "actions_session_users"}
    session.delete()
    assert Event.objects.filter(table="actions_session", kind="D", subject_id=world.subject.pk).exists()


def test_a_password_is_never_in_the_history(world: World) -> None:
    alice = world.people["alice"]
    alice.set_password("another horse battery")
    alice.save()
    event = Event.objects.filter(table="misc_labmember", kind="U").latest("id")
    assert event.after == {"password": "(hidden)"}
    assert "pbkdf2" not in str(Event.objects.filter(table="misc_labmember").values_list("after", flat=True))


def test_history_is_not_rewritten(world: World) -> None:
    with pytest.raises(DatabaseError, match="append_only"):
        Event.objects.all().delete()


def test_every_table_of_alyx_has_its_triggers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_insert'")
        watched = {row[0].strip('"') for row in cursor.fetchall()}
    assert watched == {model._meta.db_table for model in watched_models()}
    assert LabMember._meta.db_table in watched


@pytest.fixture
def protected(world: World) -> Dataset:
    return make_dataset(world.session, tag=Tag.objects.create(name="paper", protected=True))


def test_sql_does_not_delete_a_protected_dataset(protected: Dataset) -> None:
    with pytest.raises(DatabaseError, match="protected by tag paper"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM data_dataset WHERE id = %s", [protected.pk])


@pytest.mark.parametrize("what", ["dataset", "session", "subject"])
def test_no_cascade_deletes_a_protected_dataset(what: str, world: World, protected: Dataset) -> None:
    row = {"dataset": protected, "session": world.session, "subject": world.subject}[what]
    row.delete()
    with pytest.raises(DatabaseError, match="is protected"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_dataset_without_its_tag_is_deleted(protected: Dataset) -> None:
    protected.tags.clear()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    protected.delete()
    assert not Dataset.objects.filter(pk=protected.pk).exists()
