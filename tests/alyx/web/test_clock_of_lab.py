"""Pages go by the clock of the lab: what is today there, and when it is dark here."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from bregma.alyx import changes
from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.services import clean_cage
from bregma.alyx.misc.models import Lab, LabMember, LabMembership
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject

LATE = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)
"""The first of July in New York, the second in Tokyo."""


@pytest.fixture
def late(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    LabMembership.objects.update(start_date="2020-01-01")
    monkeypatch.setattr(timezone, "now", lambda: LATE)


def live_in(zone: str) -> None:
    Lab.objects.update(timezone=zone)


def read(client: Any, address: str) -> str:
    return str(client.get(address).content.decode())


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize(("zone", "n_due"), [("America/New_York", 0), ("Asia/Tokyo", 1)])
def test_a_weaning_is_late_when_its_day_has_passed_in_the_lab(zone: str, n_due: int, enter: Any, world: Any) -> None:
    litter = Litter.objects.create(name="L1", birth_date=date(2024, 6, 10), n_males=3)
    live_in(zone)
    assert read(enter("bob"), "/colony/litters/?weaned=late").count(f'href="/colony/litters/{litter.pk}/"') == n_due


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize(("zone", "is_due"), [("America/New_York", False), ("Asia/Tokyo", True)])
def test_a_cage_is_to_be_cleaned_on_the_day_of_the_lab(zone: str, is_due: bool, enter: Any, world: Any) -> None:
    bob = world.people["bob"]
    live_in(zone)
    cage = housing.open_cage(lab=Lab.objects.get(pk=world.lab.pk), name="7", by=bob, cage_cleaning_frequency_days=7)
    subject = Subject.objects.get(pk=world.subject.pk)
    housing.move_subjects([subject], cage, when=datetime(2024, 6, 20, 12, tzinfo=UTC), by=bob)
    clean_cage(cage, on=date(2024, 6, 25), by=bob)
    assert (f'href="/colony/cages/{cage.pk}/"' in read(enter("bob"), "/colony/cages/?state=clean")) is is_due


@pytest.mark.usefixtures("late")
def test_a_pair_is_current_through_the_day_of_the_lab(enter: Any, world: Any) -> None:
    pair = BreedingPair.objects.create(name="P1", father=world.subject, end_date=date(2024, 7, 2))
    for zone, state in (("America/New_York", "current"), ("Asia/Tokyo", "past")):
        live_in(zone)
        assert f"/colony/breeding/{pair.pk}/" in read(enter("bob"), f"/colony/breeding/?status={state}")


@pytest.mark.usefixtures("late")
def test_rest_stays_in_utc(enter: Any, world: Any) -> None:
    live_in("Asia/Tokyo")
    assert enter("alice").get(f"/sessions/{world.session.pk}").json()["start_time"] == "2024-01-31T10:00:00"


@pytest.mark.usefixtures("late")
def test_people_work_in_a_lab_by_its_own_days(enter: Any, world: Any) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(start_date=date(2024, 7, 2))
    for zone, labs in (("America/New_York", []), ("Asia/Tokyo", ["mainenlab"])):
        live_in(zone)
        assert enter("alice").get("/users/bob").json()["lab"] == labs


def test_the_person_who_asks_can_be_changed_as_any_row(world: Any) -> None:
    alice = LabMember.objects.get(username="alice")
    asking = SimpleLazyObject(lambda: alice)
    changes.change_row(asking, {"first_name": "Alice", "allowed_users": []}, by=world.people["root"])
    assert LabMember.objects.get(username="alice").first_name == "Alice"
    assert not LabMember.objects.get(username="alice").allowed_users.exists()
