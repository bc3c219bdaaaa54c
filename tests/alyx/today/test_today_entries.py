"""Entries of the day as a phone and a form send them: kept once, refused with words, and only by whom they are of."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from tests.alyx.factories import PASSWORD

from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import WaterAdministration, Weighing
from bregma.alyx.actions.services import weigh
from bregma.alyx.misc.models import LabMembership, Note

if TYPE_CHECKING:
    from bregma.alyx.subjects.models import Subject

KEY = uuid.UUID(int=11)
URL = "/today/enter/"


def visit(person: Any, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(person)
    return client


def entry(mouse: Subject, person: Any, **changes: Any) -> dict[str, Any]:
    told = {"id": str(KEY), "kind": "weight", "subject": str(mouse.pk), "amount": 24.5, "by": str(person.pk)}
    return {**told, "at": timezone.now().isoformat(), **changes}


def send(client: Client, told: Any) -> Any:
    return client.post(URL, told, content_type="application/json")


def test_an_entry_is_kept_with_its_key_moment_and_person(world: Any, restricted: Any) -> None:
    alice, mouse = world.people["alice"], restricted()
    moment = timezone.now() - timedelta(hours=3)
    answer = send(visit(alice), entry(mouse, alice, at=moment.isoformat()))
    assert (answer.status_code, answer.json()) == (200, {"state": "kept", "id": str(KEY)})
    row = Weighing.objects.get(pk=KEY)
    assert (row.weight, row.date_time, row.user) == (24.5, moment, alice)


def test_the_same_entry_twice_is_one_row(world: Any, restricted: Any) -> None:
    alice = world.people["alice"]
    told = entry(restricted(grams=None), alice, kind="water", amount=0.8)
    client = visit(alice)
    assert [send(client, told).status_code for _ in range(3)] == [200, 200, 200]
    assert WaterAdministration.objects.get().water_administered == 0.8


def test_another_entry_under_the_same_key_is_refused(world: Any, restricted: Any) -> None:
    alice = world.people["alice"]
    told, client = entry(restricted(grams=None), alice), visit(alice)
    send(client, told)
    answer = send(client, {**told, "amount": 20})
    assert answer.status_code == 409
    assert "was entered already with another weight" in answer.json()["words"]
    assert Weighing.objects.get().weight == 24.5


@pytest.mark.parametrize(
    ("person", "status"),
    [
        *(("alice", 200), ("dora", 200), ("bob", 200), ("root", 200), ("stock", 200), ("tech", 200)),
        *(("charlie", 403), ("guest", 403), ("visitor", 403)),
    ],
)
def test_entries_are_of_those_who_may_write_the_mouse(world: Any, restricted: Any, person: str, status: int) -> None:
    people = dict(world.people)
    for name, role in (("tech", "technician"), ("guest", "guest")):
        people[name] = create_user(name, PASSWORD)
        LabMembership.objects.create(user=people[name], lab=world.lab, role=role)
    answer = send(visit(people[person]), entry(restricted(grams=None), people[person]))
    assert answer.status_code == status
    assert Weighing.objects.count() == (status == 200)


def test_a_phone_that_is_logged_out_is_told_so_and_keeps_the_entry(world: Any, restricted: Any) -> None:
    answer = send(Client(), entry(restricted(grams=None), world.people["alice"]))
    assert (answer.status_code, answer.json()["state"]) == (401, "log in")
    assert Weighing.objects.count() == 0


def test_the_entry_of_one_person_is_not_kept_under_the_name_of_another(world: Any, restricted: Any) -> None:
    answer = send(visit(world.people["bob"]), entry(restricted(grams=None), world.people["alice"]))
    assert (answer.status_code, answer.json()["state"]) == (403, "person")
    assert Weighing.objects.count() == 0


def test_other_sites_make_no_entries(world: Any, restricted: Any) -> None:
    alice = world.people["alice"]
    answer = send(visit(alice, csrf=True), entry(restricted(grams=None), alice))
    assert answer.status_code == 403
    assert Weighing.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"amount": "heavy"}, 400, "is no number"),
        ({"amount": "NaN"}, 422, "is not possible"),
        ({"amount": -1}, 422, "more than 0"),
        ({"kind": "session"}, 400, "neither weight nor water"),
        ({"id": "x"}, 400, "Id is no uuid"),
        ({"at": "noon"}, 400, "is no moment"),
        ({"at": "2026-01-01T10:00:00"}, 400, "has no time zone"),
        ({"subject": str(KEY)}, 404, "not in the database any more"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    world: Any, restricted: Any, changes: dict[str, Any], status: int, words: str
) -> None:
    alice = world.people["alice"]
    answer = send(visit(alice), entry(restricted(grams=None), alice, **changes))
    assert (answer.status_code, answer.json()["state"]) == (status, "refused")
    assert words in answer.json()["words"]


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null"])
def test_a_body_that_is_no_entry_is_refused(world: Any, body: str) -> None:
    assert send(visit(world.people["alice"]), body).status_code == 400


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        (timedelta(minutes=-4), 200),
        (timedelta(minutes=-6), 422),
        (timedelta(days=6, hours=23), 200),
        (timedelta(days=7, minutes=1), 422),
    ],
)
def test_moments_are_of_the_last_week(world: Any, restricted: Any, ago: timedelta, status: int) -> None:
    alice = world.people["alice"]
    told = entry(restricted(grams=None), alice, at=(timezone.now() - ago).isoformat())
    assert send(visit(alice), told).status_code == status


def test_an_old_entry_that_is_there_already_is_not_refused(world: Any, restricted: Any) -> None:
    alice, mouse, moment = world.people["alice"], restricted(grams=None), timezone.now() - timedelta(days=9)
    weigh(mouse, 24.5, by=alice, when=moment, id=KEY)
    assert send(visit(alice), entry(mouse, alice, at=moment.isoformat())).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_phones_at_one_moment_keep_one_row_of_each_entry(restricted: Any, world: Any) -> None:
    alice, mouse = world.people["alice"], restricted(grams=None)
    client = visit(alice)
    entries = [entry(mouse, alice, id=str(uuid.UUID(int=n)), kind="water", amount=0.1 * (n + 1)) for n in range(5)]

    def post(n: int) -> int:
        try:
            phone = Client()
            phone.cookies = client.cookies
            return int(send(phone, entries[n % 5]).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(post, range(50))) == {200}
    assert sorted(row.water_administered for row in WaterAdministration.objects.all()) == [
        pytest.approx(0.1 * (n + 1)) for n in range(5)
    ]


def form(mouse: Subject, **fields: str) -> dict[str, str]:
    keys = {"weight_id": str(uuid.UUID(int=1)), "water_id": str(uuid.UUID(int=2))}
    return {"subject": str(mouse.pk), "do": "water", **keys, **fields}


def test_without_javascript_a_form_sent_twice_is_one_entry(world: Any, restricted: Any) -> None:
    mouse, client = restricted(grams=None), visit(world.people["alice"])
    for _ in range(2):
        answer = client.post(URL, form(mouse, weight="24,5", water="0.8", next="/today/?cage=C1"))
    assert answer.headers["Location"] == f"/today/?cage=C1#mouse-{mouse.pk}"
    assert Weighing.objects.get().weight == 24.5
    assert WaterAdministration.objects.get().water_administered == 0.8


def test_the_button_for_the_weight_gives_no_water(world: Any, restricted: Any) -> None:
    mouse = restricted(grams=None)
    visit(world.people["alice"]).post(URL, form(mouse, do="weigh", weight="24.5", water="0.8"))
    assert (Weighing.objects.count(), WaterAdministration.objects.count()) == (1, 0)


def test_without_javascript_an_implausible_weight_is_kept_and_named(world: Any, restricted: Any) -> None:
    mouse = restricted(grams=24)
    answer = visit(world.people["alice"]).post(URL, form(mouse, weight="42"), follow=True)
    assert Weighing.objects.filter(subject=mouse, weight=42).exists()
    assert "M1: 42 g is " in answer.content.decode()


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org/", "/today/../x\n"])
def test_a_form_leads_nowhere_else(world: Any, restricted: Any, away: str) -> None:
    answer = visit(world.people["alice"]).post(URL, form(restricted(), water="0.8", next=away))
    assert answer.headers["Location"].startswith("/today/")


def test_the_water_that_a_weight_asks_for_is_told(world: Any, restricted: Any) -> None:
    mouse = restricted(grams=24, reference=25)
    client = visit(world.people["alice"])
    told = client.get(f"/today/due/{mouse.pk}/", {"weight": "19"}).json()
    assert told["due"] == pytest.approx(0.05 * 19)
    assert (told["percent"], told["status"]) == (pytest.approx(76), "light")
    assert visit(world.people["charlie"]).get(f"/today/due/{mouse.pk}/", {"weight": "19"}).status_code == 404


def test_an_entry_is_corrected_and_undone_by_those_who_may(world: Any, restricted: Any) -> None:
    alice, mouse = world.people["alice"], restricted(grams=None)
    row = weigh(mouse, 42.5, by=alice)
    url = f"/today/weight/{row.pk}/"
    assert visit(world.people["charlie"]).post(url, {"amount": "1"}).status_code == 403
    assert visit(world.people["charlie"]).post(f"{url}undo/").status_code == 403
    client = visit(alice)
    assert client.post(url, {"amount": "-1"}).status_code == 422
    assert client.post(url, {"amount": "24.5"}).headers["Location"] == f"/today/#mouse-{mouse.pk}"
    assert Weighing.objects.get().weight == 24.5
    client.post(f"{url}undo/")
    assert Weighing.objects.count() == 0
    assert client.get(url).status_code == 404


def test_why_a_mouse_is_not_trained_is_written_down_once(world: Any, restricted: Any) -> None:
    mouse, client = restricted(), visit(world.people["alice"])
    told = {"id": str(KEY), "reason": "Day off", "other": ""}
    for _ in range(2):
        client.post(f"/today/not-trained/{mouse.pk}/", told)
    assert Note.objects.get(object_id=mouse.pk).text == "Not trained today: Day off"
    visit(world.people["charlie"]).post(f"/today/not-trained/{mouse.pk}/", {**told, "id": str(uuid.UUID(int=5))})
    assert Note.objects.count() == 1


def test_the_worker_answers_only_below_the_page(client: Any, db: None) -> None:
    answer = client.get("/today/worker.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert b'url.pathname === "/today/"' in b"".join(answer.streaming_content)


def test_no_proxy_keeps_the_page(client: Any, world: Any) -> None:
    client.force_login(world.people["alice"])
    assert "no-store" in client.get("/today/").headers["Cache-Control"]
