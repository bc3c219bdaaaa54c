"""Water over REST, and the loader behind it: constant queries, the words of the wire, who may read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.water import load_water, load_water_today

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)


def make_mice(world: Any, n: int) -> list[Subject]:
    """Make restricted mice with five days of weights and water, every other one without a reference weight."""
    mice = []
    for i in range(n):
        lab = (world.lab, world.other_lab)[i % 2]
        mouse = Subject.objects.create(nickname=f"W{i}", lab=lab, birth_date=date(2023, 12, 1))
        for day in range(5):
            when = NOW - timedelta(days=day)
            Weighing.objects.create(subject=mouse, weight=20 + i + day, date_time=when)
            WaterAdministration.objects.create(subject=mouse, water_administered=0.5, date_time=when)
        start = NOW - timedelta(days=3)
        WaterRestriction.objects.create(subject=mouse, start_time=start, reference_weight=25 * (i % 2))
        Surgery.objects.create(subject=mouse, implant_weight=1.5, start_time=start - timedelta(days=9))
        mice.append(mouse)
    return mice


def count(function: Any, n: int) -> int:
    subjects = list(Subject.objects.filter(nickname__startswith="W")[:n])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        function(subjects, now=NOW)
    return len(queries)


@pytest.mark.parametrize("loader", [load_water, load_water_today])
def test_any_number_of_subjects_costs_the_same_queries(loader: Any, world: Any) -> None:
    world.other_lab.timezone = "Pacific/Auckland"
    world.other_lab.save()
    make_mice(world, 8)
    assert count(loader, 8) == count(loader, 2) <= 3


def test_figures_of_today_need_no_history(world: Any) -> None:
    world.other_lab.timezone = "America/New_York"
    world.other_lab.save()
    make_mice(world, 6)
    mice = list(Subject.objects.filter(nickname__startswith="W"))
    whole, today = load_water(mice, now=NOW), load_water_today(mice, now=NOW)
    for mouse in mice:
        assert today[mouse.pk].record() == whole[mouse.pk].record()
    assert whole[mice[0].pk].given_water_total() == 0.5


def test_a_list_of_subjects_costs_the_same_whatever_its_length(client_of: Any, world: Any) -> None:
    make_mice(world, 8)
    client = client_of("alice")
    counts = []
    for limit in (2, 9):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/subjects?limit={limit}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_requirement_says_each_day(client_of: Any, world: Any) -> None:
    make_mice(world, 1)
    found = client_of("alice").get("/water-requirement/W0?start_date=2024-03-07&end_date=2024-03-09").json()
    assert [*found] == ["subject", "implant_weight", "reference_weight_pct", "zscore_weight_pct", "records"]
    assert (found["subject"], found["implant_weight"], found["reference_weight_pct"]) == ("W0", 1.5, 0.8)
    assert [day["date"] for day in found["records"]] == ["2024-03-07", "2024-03-08", "2024-03-09"]
    assert [day["weighing_at"] for day in found["records"]] == [23, 22, 21]


@pytest.mark.parametrize("query", ["start_date=bad", "start_date=2024-02-30", "start_date=1950-01-01"])
def test_a_date_that_is_none_is_refused(query: str, client_of: Any, world: Any) -> None:
    answer = client_of("alice").get(f"/water-requirement/KS014?{query}")
    assert answer.status_code == 400
    assert "start_date" in answer.json()["detail"]


def test_restricted_subjects_are_listed_while_they_live(client_of: Any, world: Any) -> None:
    mice = make_mice(world, 3)
    Subject.objects.filter(pk=mice[0].pk).update(death_date=date(2024, 3, 9))
    found = client_of("alice").get("/water-restricted-subjects").json()
    assert [row["nickname"] for row in found["results"]] == ["W1", "W2"]
    assert [*found["results"][0]] == [
        *("nickname", "url", "expected_water", "remaining_water", "reference_weight", "last_water_restriction"),
        *("reference_weight_pct", "zscore_weight_pct"),
    ]
    assert found["results"][0]["reference_weight"] == 23.5


@pytest.mark.parametrize(("person", "status"), [("charlie", 200), ("visitor", 404), ("anonymous", 403)])
def test_the_public_reads_no_water(person: str, status: int, client_of: Any, world: Any) -> None:
    assert client_of(person).get("/water-requirement/KS014").status_code == status


def test_the_public_sees_no_restricted_subject(client_of: Any, world: Any) -> None:
    make_mice(world, 1)
    assert client_of("visitor").get("/water-restricted-subjects").json()["results"] == []


def test_a_subject_shows_its_water_of_the_day_of_its_lab(client_of: Any, world: Any) -> None:
    world.lab.timezone = "Pacific/Kiritimati"
    world.lab.save()
    WaterRestriction.objects.create(subject=world.subject, reference_weight=25)
    Weighing.objects.create(subject=world.subject, weight=24)
    long_ago = timezone.now() - timedelta(hours=25)
    WaterAdministration.objects.create(subject=world.subject, water_administered=0.5, date_time=long_ago)
    found = client_of("alice").get("/subjects/KS014").json()
    assert found["remaining_water"] == pytest.approx(0.04 * 24)
