"""The calendar shows what a person may know of, by lab and person, at few queries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.alyx.factories import make_session

from bregma.alyx.actions.models import Surgery, WaterRestriction
from bregma.alyx.colony.models import Licence
from bregma.alyx.notebook.calendar.selectors import Window, load_calendar
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


@pytest.fixture
def busy(world: World) -> World:
    """Give January 2024 one of each."""
    world.session.users.add(world.people["alice"])
    start = datetime(2024, 1, 10, 9, tzinfo=UTC)
    Surgery.objects.create(subject=world.subject, lab=world.lab, start_time=start, implant_weight=0)
    WaterRestriction.objects.create(subject=world.subject, start_time=start, end_time=start.replace(day=20))
    Licence.objects.create(number="PPL-9", lab=world.lab, start_date=date(2020, 1, 1), end_date=date(2024, 1, 15))
    return world


def words(world: World, reader: str, **options: Any) -> dict[int, list[str]]:
    found = load_calendar(world.people[reader], Window(*JANUARY, **options), date(2024, 1, 12))
    return {day.day: [one.words for one in things] for day, things in sorted(found.items())}


def test_each_thing_stands_on_its_day(busy: World) -> None:
    assert words(busy, "bob") == {
        10: ["Surgery KS014", "KS014 water restricted"],
        15: ["Licence PPL-9 ends"],
        20: ["KS014 water free"],
        31: ["KS014"],
    }


def test_a_lab_and_a_person_narrow_it(busy: World) -> None:
    assert words(busy, "bob", lab=busy.other_lab) == {}
    assert words(busy, "bob", person=busy.people["alice"])[31] == ["KS014"]
    assert 31 not in words(busy, "bob", person=busy.people["bob"])


def test_the_days_are_those_of_the_lab(busy: World) -> None:
    busy.lab.timezone = "Pacific/Auckland"
    session = make_session(busy.subject, 2, date(2024, 1, 5))
    session.start_time = datetime(2024, 1, 5, 20, tzinfo=UTC)
    session.save()
    assert words(busy, "bob", lab=busy.lab)[6] == ["KS014"]


def test_many_sessions_of_a_day_are_one_line(busy: World) -> None:
    for i in range(6):
        subject = Subject.objects.create(nickname=f"M{i}", lab=busy.lab)
        make_session(subject, day=date(2024, 1, 8))
    assert words(busy, "bob")[8] == ["6 sessions of 6"]


def test_the_public_sees_nothing_that_is_not_public(busy: World) -> None:
    assert words(busy, "visitor") == {}


@pytest.mark.parametrize(
    "query", ["", "?view=week", "?date=2024-01-31", "?date=x&lab=nope&person=nope", "?date=9999-12-31"]
)
def test_the_page_costs_few_queries(visit: Visit, busy: World, query: str, django_assert_max_num_queries: Any) -> None:
    client = visit("bob")
    with django_assert_max_num_queries(12):
        answer = client.get(f"/notebook/calendar/{query}")
    assert answer.status_code == 200
    if "2024" in query:
        assert b"Licence PPL-9 ends" in answer.content
