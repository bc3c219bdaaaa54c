"""The admin: every table, as the policy lets, in a constant number of queries."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.alyx.admin_rows import fill_admin
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx.actions.models import Session, Weighing
from bregma.alyx.data.models import Tag
from bregma.alyx.misc.models import LabMember

APPS = (
    *("misc", "subjects", "actions", "data", "experiments", "jobs", "colony", "inbox", "notebook", "access"),
    *("web", "history"),
)
NOT_LISTED = {"ProtectedTagLink", "ChronicRecording"}
"""A trigger's handle on a table of links, and the table below chronic insertions."""


def address(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def models() -> list[type]:
    found = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model.__name__ not in NOT_LISTED]


def test_every_table_has_a_page_with_a_search_and_a_place_in_the_sidebar() -> None:
    from bregma.alyx.admin_site.sidebar import GROUPS

    placed = [label for group in GROUPS for label in group.tables]
    for model in models():
        assert admin.site.is_registered(model), model
        assert admin.site.get_model_admin(model).search_fields, model
        assert model._meta.label in placed, model
    assert len(placed) == len(set(placed))


def test_lists_cost_the_same_few_queries_however_long(enter: Any, world: World) -> None:
    client = enter("alice")
    counts: list[dict[str, int]] = []
    for n in (2, 17):
        fill_admin(world, n)
        counts.append({model.__name__: queries_of(client, address(model, "changelist")) for model in models()})
    short, long = counts
    assert {name: n for name, n in long.items() if n > 12} == {}
    assert {name: (short[name], n) for name, n in long.items() if n != short[name]} == {}


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, {"all": ""}).status_code == 200, url
    return len(queries)


def test_the_public_and_anonymous_visitors_do_not_enter(enter: Any, world: World) -> None:
    assert enter("visitor").get("/admin/").status_code == 302
    assert Client().get("/admin/").status_code == 302


@pytest.mark.parametrize(("name", "may"), [("alice", True), ("bob", True), ("dora", True), ("charlie", False)])
def test_a_session_can_be_changed_by_those_whom_the_policy_lets(enter: Any, world: World, name: str, may: bool) -> None:
    client, url = enter(name), address(Session, "change", world.session.pk)
    page = client.get(url)
    assert (page.status_code, page.context["has_change_permission"]) == (200, may)
    sent = {"subject": world.subject.pk, "narrative": "changed", "qc": 0, "start_time_0": "2024-01-31"}
    sent |= {"start_time_1": "10:00:00", "json": "null", "extended_qc": "null", "number": 1}
    assert client.post(url, sent).status_code == (302 if may else 403)
    world.session.refresh_from_db()
    assert (world.session.narrative == "changed") is may


def test_a_row_cannot_be_moved_to_a_subject_one_may_not_write(enter: Any, world: World) -> None:
    from bregma.alyx.subjects.models import Subject

    other = Subject.objects.create(nickname="X1", lab=world.other_lab, responsible_user=world.people["charlie"])
    weighing = Weighing.objects.create(subject=world.subject, weight=20)
    sent = {"subject": other.pk, "weight": 20, "json": "null", "date_time_0": "2024-01-31", "date_time_1": "10:00"}
    answer = enter("bob").post(address(Weighing, "change", weighing.pk), sent)
    assert answer.status_code == 200
    assert b"may not write" in answer.content
    assert Weighing.objects.get(pk=weighing.pk).subject == world.subject


def test_a_protected_session_is_not_deleted(enter: Any, world: World) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="published", protected=True))
    make_session(world.subject, number=2)
    page = enter("root").post(address(Session, "delete", world.session.pk), {"post": "yes"})
    assert page.status_code == 302
    assert Session.objects.filter(pk=world.session.pk).exists()


def test_roles_are_given_by_superusers_only_and_hashes_are_not_shown(enter: Any, world: World) -> None:
    alice = world.people["alice"]
    own = enter("alice").get(address(LabMember, "change", alice.pk))
    assert "is_superuser" not in own.context["adminform"].form.fields
    others = enter("alice").get(address(LabMember, "change", world.people["bob"].pk)).content.decode()
    assert "md5$" not in others
    assert world.people["bob"].password not in others
    root = enter("root").get(address(LabMember, "change", alice.pk))
    assert "is_superuser" in root.context["adminform"].form.fields


def test_autocomplete_finds_subjects(enter: Any, world: World) -> None:
    query = {"app_label": "actions", "model_name": "session", "field_name": "subject", "term": "KS"}
    found = enter("alice").get(reverse("admin:autocomplete"), query).json()
    assert [row["text"] for row in found["results"]] == ["KS014"]


def test_the_form_of_a_weighing_asks_first_what_people_enter(enter: Any, world: World) -> None:
    form = enter("alice").get(address(Weighing, "add")).context["adminform"]
    asked, more = ([field.field.name for line in part for field in line] for part in form)
    assert asked == ["user", "subject", "date_time", "weight"]
    assert more == ["name", "json"]
    assert form.form.initial["user"] == world.people["alice"].pk


def test_the_names_of_rows_that_go_by_them_are_asked_first(enter: Any, world: World) -> None:
    from bregma.alyx.misc.models import Lab

    asked, more = enter("root").get(address(Lab, "add")).context["adminform"]
    assert "name" in asked.fields
    assert "json" in more.fields


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("misc.LabMember", "auth_token__key__startswith"),
        ("misc.LabMember", "auth_token"),
        ("misc.LabMember", "password__startswith"),
        ("subjects.Subject", "responsible_user__auth_token__key__startswith"),
        ("subjects.Subject", "responsible_user__password__startswith"),
        ("data.DataRepository", "json__key__startswith"),
    ],
)
def test_lists_cannot_be_asked_for_secrets_letter_by_letter(enter: Any, model: str, name: str) -> None:
    url = address(apps.get_model(model), "changelist")
    assert enter("charlie").get(url, {name: "0"}).status_code in (302, 400)


def test_lists_are_still_filtered_by_what_they_show(enter: Any, world: World) -> None:
    url = address(Session, "changelist")
    assert b"KS014" in enter("charlie").get(url, {"lab__id__exact": str(world.lab.pk)}).content
    assert enter("charlie").get(url, {"number__exact": "1"}).status_code == 200
