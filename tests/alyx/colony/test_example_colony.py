"""A simulated colony: work for today, all of it marked, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import WaterAdministration, Weighing
from bregma.alyx.colony.example import WORDS, Example, keep_colony
from bregma.alyx.colony.models import AdverseEvent, Cage
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.misc.models import Lab, LabMember, Note
from bregma.alyx.subjects.models import Litter, Subject

pytestmark = pytest.mark.django_db
ON_WATER = {"w1": 23.4, "w2": 25.1, "w3": 24.2}
LITTER = "litter 1"
EXAMPLE = Example(lab="home", experimenter="eve", technician="tom", on_water=ON_WATER, water=0.96, litter=LITTER)


@pytest.fixture
def visitor(db: None) -> LabMember:
    Lab.objects.create(name="home", reference_weight_pct=0.85)
    for name in ("eve", "tom"):
        create_user(name, None)
    found = create_user("visitor", None, superuser=True)
    keep_colony(EXAMPLE, username="visitor")
    return found


def read(visitor: LabMember, address: str) -> str:
    client = Client()
    client.force_login(visitor)
    answer: Any = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_there_is_work_today(visitor: LabMember) -> None:
    page = read(visitor, "/today/")
    assert all(name in page for name in (*ON_WATER, LITTER))


def test_the_pages_of_the_colony_have_something_to_show(visitor: LabMember) -> None:
    assert "demo rack" in read(visitor, "/colony/racks/")
    assert Cage.objects.count() == 3
    assert LITTER in read(visitor, "/colony/litters/?weaned=soon")
    assert Note.objects.count() == AdverseEvent.objects.count() == 1
    assert Delivery.objects.filter(user=visitor, read_at=None).exists()


def test_everything_is_marked_as_simulated(visitor: LabMember) -> None:
    assert not Subject.objects.exclude(json__simulated=["colony"], description=WORDS).exists()
    assert WORDS in Litter.objects.get().description
    assert all(WORDS in text for text in Note.objects.values_list("text", flat=True))


def test_a_second_run_enters_nothing(visitor: LabMember) -> None:
    before = [model.objects.count() for model in (Subject, Weighing, WaterAdministration, Cage, Delivery)]
    assert not keep_colony(EXAMPLE, username="visitor")
    assert [model.objects.count() for model in (Subject, Weighing, WaterAdministration, Cage, Delivery)] == before


def test_days_that_were_missed_are_entered(visitor: LabMember) -> None:
    last = Weighing.objects.filter(subject__nickname="w1").order_by("date_time").last()
    assert last is not None
    last.delete()
    assert keep_colony(EXAMPLE, username="visitor") == {"weighings": 1}
