"""Weighings, water and restrictions as services: who may, what is refused, and entries sent twice."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from bregma.alyx.actions import services
from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, WaterType, Weighing
from bregma.alyx.errors import EntryConflict
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.water import load_water_of

WHEN = datetime(2024, 3, 4, 9, tzinfo=UTC)
KEY = uuid.UUID(int=7)


def test_an_entry_sent_twice_is_kept_once(world: Any) -> None:
    alice = world.people["alice"]
    first = services.weigh(world.subject, 24.5, by=alice, when=WHEN, id=KEY)
    again = services.weigh(world.subject, 24.5, by=alice, when=WHEN, id=KEY)
    assert first == again
    assert Weighing.objects.get().weight == 24.5


def test_a_retry_without_a_moment_is_the_same_entry(world: Any) -> None:
    alice = world.people["alice"]
    assert services.give_water(world.subject, 1, by=alice, id=KEY) == services.give_water(
        world.subject, 1, by=alice, id=KEY
    )
    assert WaterAdministration.objects.count() == 1


@pytest.mark.parametrize("change", [{"weight": 20}, {"when": WHEN + timedelta(hours=1)}])
def test_another_entry_with_the_same_key_is_a_conflict(change: dict[str, Any], world: Any) -> None:
    told = {"weight": 24.5, "when": WHEN, "by": world.people["alice"], "id": KEY}
    services.weigh(world.subject, **told)
    with pytest.raises(EntryConflict, match="entered already with another"):
        services.weigh(world.subject, **{**told, **change})
    assert Weighing.objects.get().weight == 24.5


def test_a_key_of_another_subject_is_a_conflict(world: Any) -> None:
    other = Subject.objects.create(nickname="other", lab=world.lab)
    services.weigh(other, 24.5, by=world.people["root"], when=WHEN, id=KEY)
    with pytest.raises(EntryConflict, match="another subject"):
        services.weigh(world.subject, 24.5, by=world.people["alice"], when=WHEN, id=KEY)


@pytest.mark.parametrize("person", ["charlie", "visitor"])
def test_strangers_enter_nothing(person: str, world: Any) -> None:
    who = world.people[person]
    with pytest.raises(PermissionDenied):
        services.weigh(world.subject, 20, by=who)
    with pytest.raises(PermissionDenied):
        services.give_water(world.subject, 1, by=who)
    with pytest.raises(PermissionDenied):
        services.restrict_water(world.subject, by=who, terms=services.RestrictionTerms(25))


@pytest.mark.parametrize("grams", [0, -1, float("nan"), float("inf")])
def test_impossible_weights_are_refused(grams: float, world: Any) -> None:
    with pytest.raises(ValidationError, match="is not possible"):
        services.weigh(world.subject, grams, by=world.people["alice"])


@pytest.mark.parametrize("millilitres", [-0.1, float("nan")])
def test_impossible_water_is_refused(millilitres: float, world: Any) -> None:
    with pytest.raises(ValidationError, match="is not possible"):
        services.give_water(world.subject, millilitres, by=world.people["alice"])


def test_nothing_happens_before_birth_or_after_death(world: Any) -> None:
    mouse, alice = world.subject, world.people["alice"]
    mouse.birth_date, mouse.death_date = date(2024, 3, 1), date(2024, 3, 10)
    with pytest.raises(ValidationError, match="was born on 2024-03-01"):
        services.weigh(mouse, 20, by=alice, when=WHEN - timedelta(days=9))
    with pytest.raises(ValidationError, match="died on 2024-03-10"):
        services.give_water(mouse, 1, by=alice, when=WHEN + timedelta(days=9))
    with pytest.raises(ValidationError, match="enter an end"):
        services.restrict_water(mouse, by=alice, start=WHEN, terms=services.RestrictionTerms(25))


def test_the_evening_of_the_last_day_is_still_life(world: Any) -> None:
    world.lab.timezone = "America/New_York"
    mouse = world.subject
    mouse.lab, mouse.death_date = world.lab, date(2024, 3, 4)
    late = datetime(2024, 3, 5, 3, tzinfo=UTC)
    assert services.weigh(mouse, 20, by=world.people["alice"], when=late).date_time == late


def test_a_restriction_takes_the_weight_of_the_week_before(world: Any) -> None:
    mouse, alice = world.subject, world.people["alice"]
    with pytest.raises(ValidationError, match="was not weighed in the week before"):
        services.restrict_water(mouse, by=alice, start=WHEN)
    services.weigh(mouse, 24.5, by=alice, when=WHEN - timedelta(days=7))
    assert services.restrict_water(mouse, by=alice, start=WHEN).reference_weight == 24.5


def test_a_weight_of_eight_days_ago_is_too_old(world: Any) -> None:
    services.weigh(world.subject, 24.5, by=world.people["alice"], when=WHEN - timedelta(days=8))
    with pytest.raises(ValidationError, match="give its reference weight"):
        services.restrict_water(world.subject, by=world.people["alice"], start=WHEN)


def test_one_restriction_is_open_at_a_time(world: Any) -> None:
    alice, terms = world.people["alice"], services.RestrictionTerms(25)
    services.restrict_water(world.subject, by=alice, terms=terms)
    with pytest.raises(ValidationError, match="on water restriction already"):
        services.restrict_water(world.subject, by=alice, terms=terms)
    assert WaterRestriction.objects.count() == 1


def test_a_restriction_sent_twice_is_kept_once(world: Any) -> None:
    alice, terms = world.people["alice"], services.RestrictionTerms(25)
    first = services.restrict_water(world.subject, by=alice, terms=terms, id=KEY)
    assert services.restrict_water(world.subject, by=alice, terms=terms, id=KEY) == first


def test_a_restriction_ends_after_it_began(world: Any) -> None:
    alice = world.people["alice"]
    terms = services.RestrictionTerms(25, WHEN - timedelta(days=1))
    with pytest.raises(ValidationError, match="before the start"):
        services.restrict_water(world.subject, by=alice, start=WHEN, terms=terms)
    row = services.restrict_water(world.subject, by=alice, start=WHEN, terms=services.RestrictionTerms(25))
    with pytest.raises(ValidationError, match="end it after that"):
        services.end_restriction(row, by=alice, when=WHEN - timedelta(hours=1))


def test_a_technician_ends_a_restriction_once(world: Any) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="technician")
    alice, bob = world.people["alice"], world.people["bob"]
    row = services.restrict_water(world.subject, by=alice, start=WHEN, terms=services.RestrictionTerms(25))
    end = WHEN + timedelta(days=3)
    services.end_restriction(row, by=bob, when=end)
    assert services.end_restriction(row, by=bob, when=end).end_time == end
    with pytest.raises(ValidationError, match="ended at 2024-03-07"):
        services.end_restriction(row, by=bob)
    with pytest.raises(PermissionDenied):
        services.end_restriction(row, by=world.people["charlie"])


def test_the_protocol_number_follows_water_and_surgery(world: Any) -> None:
    mouse, alice = world.subject, world.people["alice"]
    row = services.restrict_water(mouse, by=alice, terms=services.RestrictionTerms(25))
    assert Subject.objects.get().protocol_number == "3"
    services.end_restriction(row, by=alice)
    assert Subject.objects.get().protocol_number == "1"
    services.apply_surgery(Surgery.objects.create(subject=mouse, implant_weight=0), by=world.people["alice"])
    assert Subject.objects.get().protocol_number == "2"
    again = services.restrict_water(mouse, by=alice, terms=services.RestrictionTerms(25))
    services.delete_restriction(again, by=alice)
    assert Subject.objects.get().protocol_number == "2"


def test_a_surgery_makes_mild_severity_moderate(world: Any) -> None:
    world.subject.actual_severity = 2
    services.apply_surgery(Surgery.objects.create(subject=world.subject, implant_weight=0), by=world.people["alice"])
    assert Subject.objects.get().actual_severity == 3


def test_a_surgery_without_recovery_is_the_death(world: Any) -> None:
    services.restrict_water(world.subject, by=world.people["alice"], start=WHEN, terms=services.RestrictionTerms(25))
    times = {"start_time": WHEN, "end_time": WHEN + timedelta(days=2)}
    surgery = Surgery.objects.create(subject=world.subject, implant_weight=0, outcome_type="n", **times)
    services.apply_surgery(surgery, by=world.people["alice"])
    assert Subject.objects.get().death_date == date(2024, 3, 6)
    assert WaterRestriction.objects.get().end_time == datetime(2024, 3, 6, tzinfo=UTC)


def test_water_is_of_the_type_of_the_restriction(world: Any) -> None:
    alice = world.people["alice"]
    assert str(services.give_water(world.subject, 1, by=alice).water_type) == "Water"
    gel = WaterType.objects.get_or_create(name="Hydrogel 5% Citric Acid")[0]
    services.restrict_water(world.subject, by=alice, terms=services.RestrictionTerms(25, water_type=gel))
    assert services.give_water(world.subject, 1, by=alice).water_type == gel


def test_corrections_follow_the_same_rules(world: Any) -> None:
    alice = world.people["alice"]
    weighing = services.weigh(world.subject, 20, by=alice, when=WHEN)
    drink = services.give_water(world.subject, 1, by=alice, when=WHEN)
    assert services.change_weighing(weighing, {"weight": 21}, by=alice).weight == 21
    with pytest.raises(ValidationError):
        services.change_weighing(weighing, {"weight": 0}, by=alice)
    with pytest.raises(ValidationError):
        services.change_water(drink, {"water_administered": -1}, by=alice)
    with pytest.raises(PermissionDenied):
        services.change_water(drink, {"water_administered": 2}, by=world.people["charlie"])


def test_rest_keeps_an_entry_sent_twice_once(client_of: Any, world: Any) -> None:
    client = client_of("alice")
    told = {"subject": "KS014", "weight": 24.5, "date_time": "2024-03-04T09:00:00", "id": str(KEY)}
    assert [client.post("/weighings", told).status_code for _ in range(2)] == [201, 201]
    assert client.post("/weighings", {**told, "weight": 25}).status_code == 409
    drink = {"subject": "KS014", "water_administered": 0.5, "id": str(KEY)}
    assert [client.post("/water-administrations", drink).status_code for _ in range(2)] == [201, 201]
    assert (Weighing.objects.count(), WaterAdministration.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_entries_at_once_are_neither_lost_nor_doubled() -> None:
    from tests.alyx.factories import make_world

    world = make_world()
    alice, now = world.people["alice"], timezone.now()
    mice = [world.subject, *(Subject.objects.create(nickname=f"M{n}", lab=world.lab) for n in range(4))]
    tasks = [(n, mice[n % 5], uuid.uuid4()) for n in range(200)] * 2

    def send(task: tuple[int, Subject, uuid.UUID]) -> None:
        n, mouse, key = task
        try:
            if n % 2:
                services.give_water(mouse, 0.25, by=alice, when=now, id=key)
            else:
                services.weigh(mouse, 20 + n / 100, by=alice, when=now, id=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(send, tasks))
    assert (Weighing.objects.count(), WaterAdministration.objects.count()) == (100, 100)
    totals = [load_water_of(mouse, now=now).given_water_total() for mouse in mice]
    assert totals == [5.0] * 5
