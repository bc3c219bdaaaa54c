"""Culls: of one or many, with what they end; and taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from tests.alyx.factories import make_dataset

from bregma.alyx.actions.models import Cull, CullMethod, CullReason, WaterRestriction
from bregma.alyx.colony.culls.services import CullFacts, cull_subjects, undo_cull
from bregma.alyx.colony.housing import cage_named, move_subjects
from bregma.alyx.data.models import Tag
from bregma.alyx.misc.models import HousingSubject
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def facts(**more: Any) -> CullFacts:
    values = {"day": timezone.now().date(), "reason": CullReason.objects.first(), "method": CullMethod.objects.first()}
    return CullFacts(**{**values, "severity": 2, **more})


def test_a_cull_ends_restriction_and_stay(world: World) -> None:
    bob, subject = world.people["bob"], world.subject
    move_subjects([subject], cage_named(world.lab, "C1"), by=bob)
    WaterRestriction.objects.create(subject=subject, start_time=timezone.now() - timedelta(days=3), reference_weight=20)
    cull_subjects([subject], facts(), by=bob)
    subject.refresh_from_db()
    assert subject.death_date == timezone.now().date()
    assert (subject.actual_severity, subject.to_be_culled) == (2, False)
    assert subject.cull.user == bob
    assert not WaterRestriction.objects.filter(subject=subject, end_time__isnull=True).exists()
    assert not HousingSubject.objects.filter(subject=subject, end_datetime__isnull=True).exists()


def test_a_cull_without_a_day_of_death_is_not_doubled(world: World) -> None:
    Cull.objects.create(subject=world.subject, date=date(2024, 1, 1))
    with pytest.raises(ValidationError, match="has a cull of 2024-01-01"):
        cull_subjects([world.subject], facts(), by=world.people["bob"])


def test_the_public_reads_no_culls(world: World, client: Any) -> None:
    make_dataset(world.session, tag=Tag.objects.create(name="public", public=True))
    cull_subjects([world.subject], facts(description="was ill"), by=world.people["bob"])
    seen = {}
    for person in ("visitor", "alice"):
        client.force_login(world.people[person])
        seen[person] = b"".join(client.get("/colony/culls/export.csv").streaming_content).count(b"was ill")
    assert seen == {"visitor": 0, "alice": 1}


def test_of_many_all_or_none_are_culled(world: World) -> None:
    other = Subject.objects.create(nickname="late", lab=world.lab, birth_date=timezone.now().date())
    yesterday = timezone.now().date() - timedelta(days=1)
    with pytest.raises(ValidationError, match="was born on"):
        cull_subjects([world.subject, other], facts(day=yesterday), by=world.people["bob"])
    assert not Cull.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [({"day": date(2100, 1, 1)}, "is to come"), ({"severity": None}, "how severe")],
)
def test_what_is_missing_or_wrong_is_named(world: World, more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        cull_subjects([world.subject], facts(**more), by=world.people["bob"])


def test_severity_is_never_lowered(world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(actual_severity=4)
    cull_subjects([world.subject], facts(severity=1), by=world.people["bob"])
    world.subject.refresh_from_db()
    assert world.subject.actual_severity == 4


def test_a_cull_is_taken_back_as_a_whole(world: World) -> None:
    bob = world.people["bob"]
    cull_subjects([world.subject], facts(), by=bob)
    with pytest.raises(ValidationError, match="take back its cull"):
        change_subject(Subject.objects.get(pk=world.subject.pk), {"death_date": None}, by=bob)
    undo_cull(world.subject, by=bob)
    world.subject.refresh_from_db()
    assert world.subject.death_date is None
    assert not Cull.objects.exists()


def test_the_day_of_the_cull_follows_the_day_of_death(world: World) -> None:
    bob = world.people["bob"]
    cull_subjects([world.subject], facts(), by=bob)
    subject = Subject.objects.get(pk=world.subject.pk)
    change_subject(subject, {"death_date": date(2024, 2, 3)}, by=bob)
    assert Cull.objects.get(subject=subject).date == date(2024, 2, 3)


def test_strangers_cull_nothing(world: World) -> None:
    with pytest.raises(PermissionDenied):
        cull_subjects([world.subject], facts(), by=world.people["charlie"])


def test_animals_are_culled_from_the_list_and_from_their_record(client: Any, world: World) -> None:
    client.force_login(world.people["bob"])
    other = Subject.objects.create(nickname="X2", lab=world.lab, to_be_culled=True)
    said = {
        "day": "2024-02-03",
        "reason": CullReason.objects.earliest("name").pk,
        "method": CullMethod.objects.earliest("name").pk,
        "severity": "3",
    }
    chosen = {"action": "cull", "rows": [str(other.pk)], "confirmed": "1", **said}
    assert client.post(reverse("culls-bulk"), chosen).status_code == 302
    assert client.post(reverse("subject-cull", args=[world.subject.pk]), said).status_code == 302
    assert Cull.objects.filter(date=date(2024, 2, 3)).count() == 2
    page = client.get(reverse("culls"))
    assert page.status_code == 200
    assert b"X2" in page.content


@pytest.mark.parametrize(("name", "status"), [("bob", 200), ("charlie", 403), ("visitor", 404), ("anonymous", 302)])
def test_the_form_is_for_those_who_care_for_the_animal(client: Any, world: World, name: str, status: int) -> None:
    if name != "anonymous":
        client.force_login(world.people[name])
    assert client.get(reverse("subject-cull", args=[world.subject.pk])).status_code == status


def test_the_list_costs_the_same_queries_however_long(
    client: Any, world: World, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.people["bob"])
    dead = datetime(2024, 2, 3, tzinfo=UTC).date()
    for i in range(30):
        one = Subject.objects.create(nickname=f"C{i}", lab=world.lab, death_date=dead)
        Cull.objects.create(subject=one, date=dead, cull_reason=CullReason.objects.first())
    with django_assert_max_num_queries(12):
        assert client.get(reverse("culls")).status_code == 200
