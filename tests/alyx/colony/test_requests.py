"""Requests: asked for, given from the stock, closed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from bregma.alyx.actions.models import Notification
from bregma.alyx.colony.requests.services import ask_for_subjects, close_request, give_subjects
from bregma.alyx.subjects.models import Line, Subject, SubjectRequest

if TYPE_CHECKING:
    from tests.alyx.factories import World


@pytest.fixture
def line(world: World) -> Line:
    return Line.objects.create(name="Ai14", nickname="Ai14", lab=world.lab)


@pytest.fixture
def stock(world: World, line: Line) -> list[Subject]:
    owner = world.people["stock"]
    return [
        Subject.objects.create(nickname=f"S{i}", lab=world.lab, line=line, responsible_user=owner) for i in range(3)
    ]


@pytest.fixture
def asked(world: World, line: Line) -> SubjectRequest:
    return ask_for_subjects({"line": line, "count": 2}, by=world.people["bob"])


def test_the_stock_managers_are_told(world: World, asked: SubjectRequest) -> None:
    told = Notification.objects.get()
    assert told.title == "bob asks for 2 Ai14"
    assert world.people["stock"] in told.users.all()


def test_given_animals_are_those_of_who_asked(world: World, asked: SubjectRequest, stock: list[Subject]) -> None:
    give_subjects(asked, stock[:2], by=world.people["stock"])
    for one in stock[:2]:
        one.refresh_from_db()
        assert (one.responsible_user, one.request) == (world.people["bob"], asked)
    with pytest.raises(ValidationError, match="0 are still asked for"):
        give_subjects(asked, stock[2:], by=world.people["stock"])


def test_nobody_takes_animals_of_the_stock(world: World, asked: SubjectRequest, stock: list[Subject]) -> None:
    with pytest.raises(PermissionDenied):
        give_subjects(asked, stock[:1], by=world.people["charlie"])


def test_unfit_animals_are_named(world: World, asked: SubjectRequest, stock: list[Subject]) -> None:
    Subject.objects.filter(pk=stock[0].pk).update(death_date=date(2024, 1, 1))
    with pytest.raises(ValidationError, match="S0 died"):
        give_subjects(asked, stock[:1], by=world.people["stock"])
    Subject.objects.filter(pk=stock[1].pk).update(line=None)
    with pytest.raises(ValidationError, match="S1 is of line None"):
        give_subjects(asked, stock[1:2], by=world.people["stock"])


@pytest.mark.parametrize(("values", "words"), [({"count": 0}, "how many"), ({"due_date": date(2000, 1, 1)}, "before")])
def test_a_request_that_makes_no_sense_is_refused(world: World, line: Line, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ask_for_subjects({"line": line, "count": 2, **values}, by=world.people["bob"])
    assert not Notification.objects.exists()


def test_who_asked_may_ask_for_no_more(world: World, asked: SubjectRequest) -> None:
    with pytest.raises(PermissionDenied):
        close_request(asked, by=world.people["charlie"])
    close_request(asked, by=world.people["bob"])
    asked.refresh_from_db()
    assert asked.count == 0


def test_the_pages_ask_give_and_close(client: Any, world: World, line: Line, stock: list[Subject]) -> None:
    client.force_login(world.people["bob"])
    assert client.post(reverse("request-new"), {"line": line.pk, "count": 1}).status_code == 302
    asked = SubjectRequest.objects.get()
    client.force_login(world.people["stock"])
    page = client.get(reverse("request", args=[asked.pk]))
    assert b"S0" in page.content
    assert client.post(reverse("request", args=[asked.pk]), {"subjects": [stock[0].pk]}).status_code == 302
    assert Subject.objects.get(pk=stock[0].pk).responsible_user == world.people["bob"]
    assert client.post(reverse("request-close", args=[asked.pk])).status_code == 302
    assert client.get(f"{reverse('requests')}?state=done").status_code == 200


@pytest.mark.parametrize(("name", "status"), [("bob", 200), ("charlie", 200), ("visitor", 404), ("anonymous", 302)])
def test_members_see_requests(client: Any, world: World, asked: SubjectRequest, name: str, status: int) -> None:
    if name != "anonymous":
        client.force_login(world.people[name])
    assert client.get(reverse("request", args=[asked.pk])).status_code == status


def test_pages_cost_the_same_queries_however_long(
    client: Any, world: World, line: Line, stock: list[Subject], django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.people["stock"])
    rows = [SubjectRequest.objects.create(user=world.people["bob"], line=line, count=3) for _ in range(30)]
    with django_assert_max_num_queries(12):
        assert client.get(reverse("requests")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("request", args=[rows[0].pk])).status_code == 200
