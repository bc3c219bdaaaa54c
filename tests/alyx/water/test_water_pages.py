"""The page of weights and water: who sees it, what it says, and what its forms write."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.colony.water.state import doubt_weight
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.water import load_water_of


def path(world: Any, tail: str = "") -> str:
    return f"/colony/subjects/{world.subject.pk}/water/{tail}"


PEOPLE = ["root", "stock", "alice", "dora", "bob", "charlie", "visitor", "anonymous"]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("tail", ["", "due/?weight=20", "chart.json"])
def test_members_read_weights_and_water(person: str, tail: str, enter: Any, world: Any) -> None:
    expected = {"visitor": 404, "anonymous": 302}.get(person, 200)
    assert enter(person).get(path(world, tail)).status_code == expected


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("tail", ["weigh/", "give/", "restrict/"])
def test_only_those_who_may_write_enter(person: str, tail: str, enter: Any, world: Any) -> None:
    expected = {"charlie": 403, "visitor": 404, "anonymous": 302}.get(person, 200)
    assert enter(person).get(path(world, tail)).status_code == expected
    values = {"weight": 25, "water_administered": 1, "reference_weight": 25}
    expected = {"charlie": 403, "visitor": 404}.get(person, 302)
    assert enter(person).post(path(world, tail), values).status_code == expected
    written = person not in ("charlie", "visitor", "anonymous")
    rows = {"weigh/": Weighing, "give/": WaterAdministration, "restrict/": WaterRestriction}[tail]
    assert rows.objects.count() == int(written)


def test_the_page_says_what_is_due(enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world)
    page = enter("alice").get(path(world)).content.decode()
    assert "0.92 mL" in page  # 4 % of 24.5 g less the implant
    assert "not weighed today" in page
    assert "96 %" not in page
    assert f"{100 * 23 / 25.5:.0f} %" in page


def test_the_page_of_a_new_mouse_teaches(enter: Any, world: Any) -> None:
    page = enter("alice").get(path(world)).content.decode()
    assert "was never weighed" in page
    assert "Each day with a weight or water becomes a line here" in page


def test_the_page_costs_the_same_whatever_its_days(enter: Any, world: Any, thirsty: Any) -> None:
    client = enter("alice")
    counts = []
    for n_days in (3, 60):
        Weighing.objects.all().delete()
        WaterRestriction.objects.all().delete()
        thirsty(world, n_days)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path(world)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_amount_follows_the_weight_that_is_typed(enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world)
    client = enter("alice")
    assert b"0.90 mL due" in client.get(path(world, "due/?weight=24")).content
    assert b"0.90 mL due" in client.get(path(world, "due/?weight=24,0")).content
    light = client.get(path(world, "due/?weight=19")).content
    assert b"0.88 mL due" in light
    assert b"badge-bad" in light
    assert b"less than the 24.5 g" in light
    for nothing in ("", "?weight=", "?weight=x", "?weight=-1", "?weight=inf", "?weight=nan"):
        assert b"Type the weight" in client.get(path(world, f"due/{nothing}")).content


def test_a_form_sent_twice_enters_once(enter: Any, world: Any) -> None:
    values = {"weight": "24.5", "id": str(uuid.uuid4())}
    for _ in range(2):
        assert enter("alice").post(path(world, "weigh/"), values).status_code == 302
    assert Weighing.objects.get().weight == 24.5
    answer = enter("alice").post(path(world, "weigh/"), {**values, "weight": "25"})
    assert answer.status_code == 422
    assert b"entered already with another weight" in answer.content


def test_a_moment_is_by_the_clock_of_the_lab(enter: Any, world: Any) -> None:
    world.lab.timezone = "America/New_York"
    world.lab.save()
    enter("alice").post(path(world, "weigh/"), {"weight": "24.5", "date_time": "2024-01-31T20:00"})
    assert Weighing.objects.get().date_time.isoformat() == "2024-02-01T01:00:00+00:00"


def test_a_strange_weight_is_entered_with_a_warning(enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world)
    page = enter("alice").post(path(world, "weigh/"), {"weight": "34.5"}, follow=True).content.decode()
    assert "41% more than the 24.5 g" in page
    assert Weighing.objects.filter(weight=34.5).exists()


def test_a_likely_weight_raises_no_doubt(world: Any, thirsty: Any) -> None:
    thirsty(world)
    water = load_water_of(world.subject)
    assert doubt_weight(water, 24) == ""
    assert doubt_weight(water, 19.5).startswith("20% less")


@pytest.mark.parametrize("weight", ["0", "-1", "", "heavy"])
def test_an_impossible_weight_is_explained(weight: str, enter: Any, world: Any) -> None:
    page = enter("alice").post(path(world, "weigh/"), {"weight": weight})
    assert page.status_code == 422
    assert b'aria-invalid="true"' in page.content


def test_a_dead_mouse_gets_no_forms_and_no_days(enter: Any, world: Any, thirsty: Any) -> None:
    mouse = thirsty(world)
    Subject.objects.filter(pk=mouse.pk).update(death_date=timezone.now().date() - timedelta(days=4))
    page = enter("alice").get(path(world)).content.decode()
    assert "What is below ends there" in page
    assert "Enter weight" not in page
    assert page.count('<th scope="row"') == 6


def test_a_restriction_is_begun_changed_and_ended(enter: Any, world: Any) -> None:
    client = enter("alice")
    refused = client.post(path(world, "restrict/"), {})
    assert b"was not weighed in the week before" in refused.content
    assert client.post(path(world, "restrict/"), {"reference_weight": "25"}).status_code == 302
    row = WaterRestriction.objects.get()
    assert client.get(path(world, f"restrictions/{row.pk}/")).status_code == 200
    client.post(path(world, f"restrictions/{row.pk}/"), {"reference_weight": "26"})
    row.refresh_from_db()
    assert (row.reference_weight, row.end_time) == (26, None)
    assert client.get(path(world, f"restrictions/{row.pk}/end/")).status_code == 200
    assert client.post(path(world, f"restrictions/{row.pk}/end/"), {}).status_code == 302
    row.refresh_from_db()
    assert row.end_time is not None
    assert Subject.objects.get().protocol_number == "1"


@pytest.mark.parametrize("person", ["charlie", "visitor"])
def test_strangers_change_no_restriction(person: str, enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world)
    row = WaterRestriction.objects.get()
    for tail in (f"restrictions/{row.pk}/", f"restrictions/{row.pk}/end/"):
        assert enter(person).post(path(world, tail), {}).status_code in (403, 404)
    row.refresh_from_db()
    assert row.end_time is None


def test_entries_are_corrected_and_deleted(enter: Any, world: Any) -> None:
    mouse, client = world.subject, enter("alice")
    weighing = Weighing.objects.create(subject=mouse, weight=20)
    drink = WaterAdministration.objects.create(subject=mouse, water_administered=1)
    assert client.get(path(world, f"weighing/{weighing.pk}/")).status_code == 200
    assert client.post(path(world, f"weighing/{weighing.pk}/"), {"weight": "21"}).status_code == 302
    assert Weighing.objects.get().weight == 21
    assert client.get(path(world, f"water/{drink.pk}/")).status_code == 200
    assert client.post(path(world, f"water/{drink.pk}/"), {"water_administered": "0.5"}).status_code == 302
    assert WaterAdministration.objects.get().water_administered == 0.5
    assert client.get(path(world, f"water/{drink.pk}/delete/")).status_code == 200
    assert client.post(path(world, f"water/{drink.pk}/delete/")).status_code == 302
    assert not WaterAdministration.objects.exists()


def test_strangers_correct_nothing(enter: Any, world: Any) -> None:
    weighing = Weighing.objects.create(subject=world.subject, weight=20)
    for tail in (f"weighing/{weighing.pk}/", f"weighing/{weighing.pk}/delete/"):
        assert enter("charlie").post(path(world, tail), {"weight": "21"}).status_code == 403
    other = Subject.objects.create(nickname="other", lab=world.lab)
    elsewhere = f"/colony/subjects/{other.pk}/water/weighing/{weighing.pk}/"
    assert enter("alice").get(elsewhere).status_code == 404


def test_the_chart_draws_all_that_is_known(enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world)
    chart = enter("alice").get(path(world, "chart.json")).json()
    sets = chart["datasets"]
    assert len(sets["weighings"]["weight"]) == 9
    assert set(sets["lines"]["line"]) == {"reference", "expected", "least", "stop"}
    assert set(sets["given"]["kind"]) == {"reward", "supplement"}
    assert sets["implants"]["grams"] == [1.5]
    assert sets["restrictions"]["label"][0].startswith("since ")
    assert chart["spec"]["layer"][0]["params"][0]["bind"] == "scales"


def test_the_chart_of_nothing_says_so(enter: Any, world: Any) -> None:
    chart = enter("alice").get(path(world, "chart.json")).json()
    assert chart["spec"] is None
    assert "first weighing" in chart["message"]


def test_the_chart_shows_the_days_asked_for(enter: Any, world: Any, thirsty: Any) -> None:
    thirsty(world, 60)
    chart = enter("alice").get(path(world, "chart.json?days=28")).json()
    assert len(chart["datasets"]["weighings"]["weight"]) == 27
    first = date.fromisoformat(chart["datasets"]["weighings"]["time"][0][:10])
    assert first == timezone.now().date() - timedelta(days=27)
