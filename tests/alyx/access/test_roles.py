"""Lab managers, technicians, guests and delegates with dates; every table has a rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx import policy
from bregma.alyx.access import delegations
from bregma.alyx.access.models import Delegation
from bregma.alyx.actions.models import Session, Surgery, Weighing
from bregma.alyx.colony.models import Cage, Licence
from bregma.alyx.data.models import Dataset
from bregma.alyx.misc.days import lab_today, today_in
from bregma.alyx.misc.models import Lab, LabLocation, LabMembership
from bregma.alyx.notebook.models import Comment
from bregma.alyx.policy import LabRole, Role
from bregma.alyx.subjects.models import Line, Litter, Project, Subject

if TYPE_CHECKING:
    from bregma.alyx.misc.models import LabMember

OWN_MODELS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("bregma.alyx.")
    for model in config.get_models()
    if model._meta.app_label != "history"
]


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_every_table_has_a_rule(model: type) -> None:
    assert policy.rule_of(model) is not None, "add a line to bregma/alyx/policy/rules.py"


@pytest.mark.parametrize("label", policy.RULES)
def test_every_rule_is_of_a_table_and_its_paths_exist(label: str) -> None:
    model, rule = apps.get_model(label), policy.RULES[label]
    for path in (rule.subject or (), *rule.labs):
        found = model
        for step in path:
            found = found._meta.get_field(step).related_model
    assert not rule.person or model._meta.get_field(rule.person)


def test_a_table_without_a_rule_is_for_administrators(world: World) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="x")
    assert not policy.may_read(world.people["alice"], group)
    assert not policy.may_write(world.people["stock"], group)
    assert policy.may_write(world.people["root"], group)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Manager", "manager"),
        (" technician ", "technician"),
        ("GUEST", "guest"),
        ("", "experimenter"),
        ("PI", "experimenter"),
    ],
)
def test_the_role_is_read_from_the_words_of_the_membership(text: str, role: str) -> None:
    assert LabRole.read(text) is LabRole(role)


def become(world: World, name: str, role: str) -> LabMember:
    LabMembership.objects.filter(user=world.people[name]).update(role=role)
    return world.people[name]


def test_a_technician_keeps_animals_and_touches_no_science(world: World) -> None:
    tech = become(world, "bob", "technician")
    assert policy.role_of(tech, world.subject) is Role.TECHNICIAN
    may = [world.subject, Weighing(subject=world.subject), Cage(name="1", lab=world.lab), Litter()]
    may_not = [
        world.session,
        Surgery(subject=world.subject),
        make_dataset(world.session),
        LabLocation(name="x", lab=world.lab),
        LabMembership(user=tech, lab=world.lab),
        Licence(number="1", lab=world.lab),
        Line(name="x", lab=world.lab),
        Cage(name="1", lab=world.other_lab),
    ]
    assert [policy.may_write(tech, row) for row in may] == [True] * len(may)
    assert [policy.may_write(tech, row) for row in may_not] == [False] * len(may_not)
    assert not policy.may_add(tech, Session)
    assert not policy.may_entrust(tech, world.subject)
    assert policy.may_read(tech, world.session)


def test_a_lab_manager_writes_all_of_the_lab_and_nothing_of_another(world: World) -> None:
    manager = become(world, "bob", "Manager")

    def rows(lab: Lab) -> list[object]:
        return [
            Subject(nickname="x", lab=lab),
            LabMembership(user=manager, lab=lab),
            LabLocation(name="x", lab=lab),
            Cage(name="1", lab=lab),
            Line(name="x", lab=lab),
            Licence(number="1", lab=lab),
        ]

    assert {policy.may_write(manager, row) for row in rows(world.lab)} == {True}
    assert {policy.may_write(manager, row) for row in rows(world.other_lab)} == {False}
    assert not policy.may_write(manager, world.lab)
    assert not policy.may_write(manager, Line(name="shared"))
    assert policy.may_entrust(manager, world.subject)
    assert not policy.may_write(manager, world.people["alice"])


def test_a_guest_reads_the_lab_that_is_visited_and_writes_only_comments(world: World) -> None:
    guest = become(world, "bob", "guest")
    hidden = Subject.objects.create(nickname="H1", lab=world.other_lab)
    seen, unseen = make_dataset(world.session), make_session(hidden)
    Weighing.objects.create(subject=world.subject, weight=20)
    assert list(policy.readable(guest, Subject.objects.all())) == [world.subject]
    assert list(policy.readable(guest, Session.objects.all())) == [world.session]
    assert list(policy.readable(guest, Dataset.objects.all())) == [seen]
    assert policy.readable(guest, Weighing.objects.all()).count() == 1
    assert not policy.may_read(guest, unseen)
    assert not policy.is_member(guest)
    assert not any(policy.may_write(guest, row) for row in (world.subject, world.session, seen))
    assert policy.may_write(guest, guest)
    assert policy.may_write(guest, Comment(user=guest, content_object=world.subject))
    assert not policy.may_write(guest, Comment(user=guest, content_object=hidden))
    assert not policy.may_write(guest, Comment(user=world.people["alice"], content_object=world.subject))


def test_a_guest_reads_the_subjects_of_projects_that_list_him_also_after_the_visit(world: World) -> None:
    guest = become(world, "charlie", "guest")
    project = Project.objects.create(name="shared")
    project.users.add(guest)
    world.subject.projects.add(project)
    assert world.subject in policy.readable(guest, Subject.objects.all())
    LabMembership.objects.filter(user=guest).update(start_date=date(2020, 1, 1), end_date=date(2020, 2, 1))
    Subject.objects.create(nickname="O1", lab=world.other_lab)
    assert list(policy.readable(guest, Subject.objects.all())) == [world.subject]


def test_one_who_worked_here_and_comes_back_as_a_guest_is_a_guest(world: World) -> None:
    bob = world.people["bob"]
    LabMembership.objects.filter(user=bob).update(start_date=date(2020, 1, 1), end_date=date(2021, 1, 1))
    assert policy.is_member(bob)
    LabMembership.objects.create(user=bob, lab=world.lab, role="guest", start_date=None)
    assert not policy.is_member(bob)


def test_a_delegation_counts_from_its_first_to_its_last_day(world: World) -> None:
    today = lab_today(world.lab)
    charlie = world.people["charlie"]
    row = Delegation.objects.create(owner=world.people["alice"], delegate=charlie, start_date=today, end_date=today)
    assert policy.role_of(charlie, world.subject) is Role.DELEGATE
    for start, end in [(today + timedelta(days=1), None), (today - timedelta(days=9), today - timedelta(days=1))]:
        Delegation.objects.filter(pk=row.pk).update(start_date=start, end_date=end)
        assert policy.role_of(charlie, world.subject) is Role.STRANGER


def test_nobody_delegates_to_oneself_or_backwards_or_to_the_public(world: World) -> None:
    alice, day = world.people["alice"], date(2024, 1, 2)
    with pytest.raises(ValidationError, match="choose another person"):
        delegations.delegate(alice, alice, start=day)
    with pytest.raises(ValidationError, match="must not be before"):
        delegations.delegate(alice, world.people["bob"], start=day, end=date(2024, 1, 1))
    with pytest.raises(ValueError, match="no account of a member"):
        delegations.delegate(alice, world.people["visitor"], start=day)


def test_today_is_the_day_where_the_lab_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2024, 5, 1, 23, 30, tzinfo=UTC))
    assert today_in("Asia/Tokyo") == date(2024, 5, 2)
    assert today_in("nowhere/land") == date(2024, 5, 1)
    LabMembership.objects.filter(user=world.people["bob"]).update(start_date=date(2024, 5, 2), end_date=None)
    assert not policy.works_in(world.people["bob"], world.lab.pk)
    Lab.objects.filter(pk=world.lab.pk).update(timezone="Asia/Tokyo")
    assert policy.works_in(world.people["bob"], world.lab.pk)


def test_the_subjects_one_may_write_are_those_one_by_one(world: World) -> None:
    Subject.objects.create(nickname="C1", lab=world.other_lab, responsible_user=world.people["charlie"])
    become(world, "bob", "technician")
    for person in world.people.values():
        for capability in (policy.Capability.HUSBANDRY, policy.Capability.SCIENCE):
            found = set(policy.writable_subjects(person, Subject.objects.all(), capability=capability))
            assert found == {
                row for row in Subject.objects.all() if capability in policy.role_of(person, row).capabilities
            }


def test_within_a_request_memberships_are_read_once(world: World, django_assert_num_queries: object) -> None:
    with policy.remembered_standings(), django_assert_num_queries(1):  # type: ignore[operator]
        assert policy.is_member(world.people["bob"])
        assert policy.works_in(world.people["bob"], world.lab.pk)
        assert policy.may_add(world.people["bob"], Weighing)
