"""Who may read and write what, role by role."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from tests.alyx.factories import World, make_dataset, make_session

from bregma.alyx import policy
from bregma.alyx.actions.models import Session, Weighing
from bregma.alyx.data.models import DataRepository, Dataset, FileRecord, Tag
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import Lab, LabMember, LabMembership
from bregma.alyx.policy import Role
from bregma.alyx.subjects.models import Line, Project, Subject

ROLES = {
    "root": Role.SUPERUSER,
    "stock": Role.STOCK_MANAGER,
    "alice": Role.OWNER,
    "dora": Role.DELEGATE,
    "bob": Role.LAB_MATE,
    "charlie": Role.STRANGER,
    "visitor": Role.PUBLIC,
    "anonymous": Role.ANONYMOUS,
}
WRITERS = {"root", "stock", "alice", "dora", "bob"}
READERS = WRITERS | {"charlie"}


def person(world: World, name: str) -> LabMember | AnonymousUser:
    return world.people.get(name, AnonymousUser())


@pytest.mark.parametrize(("name", "role"), ROLES.items())
def test_everybody_has_one_role_for_a_subject(world: World, name: str, role: Role) -> None:
    assert policy.role_of(person(world, name), world.subject) is role


@pytest.mark.parametrize("name", ROLES)
def test_a_subject_and_all_that_hangs_on_it_share_their_writers(world: World, name: str) -> None:
    dataset = make_dataset(world.session)
    rows = [
        world.subject,
        world.session,
        Weighing(subject=world.subject, weight=20),
        dataset,
        dataset.file_records.get(),
        ProbeInsertion(session=world.session, name="probe00"),
    ]
    assert {policy.may_write(person(world, name), row) for row in rows} == {name in WRITERS}


@pytest.mark.parametrize("name", ROLES)
def test_members_read_everything_and_others_nothing_without_a_public_tag(world: World, name: str) -> None:
    dataset = make_dataset(world.session)
    for row in (world.subject, world.session, dataset, dataset.file_records.get()):
        assert policy.may_read(person(world, name), row) == (name in READERS)


def test_the_public_reads_what_carries_a_public_tag_and_its_subject(world: World) -> None:
    visitor = world.people["visitor"]
    public = make_dataset(world.session, tag=Tag.objects.create(name="release", public=True))
    hidden = make_dataset(world.session, "_ibl_trials.table.csv", tag=Tag.objects.create(name="internal"))
    other = make_session(world.subject, number=2)
    weighed = Weighing.objects.create(subject=world.subject, weight=20)
    Weighing.objects.create(subject=Subject.objects.create(nickname="hidden", lab=world.lab), weight=20)
    assert list(policy.readable(visitor, Dataset.objects.all())) == [public]
    assert list(policy.readable(visitor, Session.objects.all())) == [world.session]
    assert list(policy.readable(visitor, Subject.objects.all())) == [world.subject]
    assert list(policy.readable(visitor, FileRecord.objects.all())) == list(public.file_records.all())
    assert list(policy.readable(visitor, Lab.objects.all())) == [world.lab]
    assert list(policy.readable(visitor, LabMember.objects.all())) == [visitor]
    assert [tag.name for tag in policy.readable(visitor, Tag.objects.all())] == ["release"]
    assert list(policy.readable(visitor, Weighing.objects.all())) == [weighed]
    assert not policy.may_read(visitor, hidden)
    assert not policy.may_read(visitor, other)
    assert not policy.may_write(visitor, public)


def test_a_membership_that_ended_or_has_not_begun_is_none(world: World) -> None:
    today = timezone.now().date()
    bob = world.people["bob"]
    LabMembership.objects.filter(user=bob).update(start_date=date(2020, 1, 1), end_date=today - timedelta(days=1))
    assert policy.role_of(bob, world.subject) is Role.STRANGER
    LabMembership.objects.filter(user=bob).update(start_date=today + timedelta(days=1), end_date=None)
    assert policy.role_of(bob, world.subject) is Role.STRANGER
    LabMembership.objects.filter(user=bob).update(start_date=today, end_date=today)
    assert policy.role_of(bob, world.subject) is Role.LAB_MATE


def test_a_closed_account_is_nobody(world: World) -> None:
    alice = world.people["alice"]
    alice.is_active = False
    assert policy.role_of(alice, world.subject) is Role.ANONYMOUS
    assert not policy.may_write(alice, world.subject)
    assert not policy.readable(alice, Subject.objects.all()).exists()


def test_delegation_goes_one_way(world: World) -> None:
    hers = Subject.objects.create(nickname="D1", lab=world.other_lab, responsible_user=world.people["dora"])
    assert policy.role_of(world.people["alice"], hers) is Role.STRANGER


@pytest.mark.parametrize(("name", "allowed"), [("root", True), ("alice", False), ("stock", False), ("visitor", False)])
def test_only_superusers_write_labs_repositories_and_tags(world: World, name: str, allowed: bool) -> None:
    for row in (Lab(name="new"), DataRepository(name="new"), Tag(name="new")):
        assert policy.may_write(world.people[name], row) is allowed
        assert policy.may_add(world.people[name], type(row)) is allowed


def test_stock_managers_write_lines_and_others_do_not(world: World) -> None:
    assert policy.may_write(world.people["stock"], Line(name="Ai32"))
    assert not policy.may_write(world.people["alice"], Line(name="Ai32"))


def test_people_write_their_own_account_and_projects_they_are_in(world: World) -> None:
    alice, bob = world.people["alice"], world.people["bob"]
    project = Project.objects.create(name="behaviour")
    project.users.add(alice)
    assert policy.may_write(alice, alice)
    assert not policy.may_write(alice, bob)
    assert policy.may_write(alice, project)
    assert not policy.may_write(bob, project)


def test_a_refusal_names_the_row_and_whom_to_ask(world: World) -> None:
    with pytest.raises(
        PermissionDenied, match="charlie may not write subject KS014: ask alice, or someone of mainenlab"
    ):
        policy.check_may_write(world.people["charlie"], world.subject)
