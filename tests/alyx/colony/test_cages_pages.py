"""The pages of the colony: what they show, what they cost, who may open them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bregma.alyx.accounts import create_user
from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.services import clean_cage, enter_rack
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.models import LabLocation, LabMembership, Note
from bregma.alyx.subjects.models import Line, Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World

TODAY = timezone.now().date()


def make_cages(world: World, n: int, *, animals: int = 2) -> list[Cage]:
    line = Line.objects.get_or_create(nickname="C57", name="C57BL/6J")[0]
    bob, found = world.people["bob"], []
    for i in range(n):
        cage = housing.open_cage(lab=world.lab, name=f"C{i:03d}", by=bob, cage_cleaning_frequency_days=7)
        born = TODAY - timedelta(days=100 + i)
        mice = [
            Subject.objects.create(
                nickname=f"m{i}_{j}", lab=world.lab, birth_date=born, sex="MF"[i % 2], line=line, responsible_user=bob
            )
            for j in range(animals)
        ]
        housing.move_subjects(mice, cage, when=timezone.now() - timedelta(days=i), by=bob)
        found.append(cage)
    return found


def make_rack(world: World, **values: Any) -> Rack:
    room = LabLocation.objects.get_or_create(name="room 1", lab=world.lab)[0]
    given = {"name": "R1", "location": room, "n_rows": 3, "n_columns": 4, **values}
    return enter_rack(given, by=world.people["bob"])


def at(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(name, args=args), query)


@pytest.fixture
def visit(world: World) -> Any:
    """Return a maker of browsers: by the name of a person."""

    def make(name: str) -> Client:
        client = Client()
        if name == "guest":
            guest = create_user("guest", "correct horse battery")
            LabMembership.objects.create(user=guest, lab=world.lab, role="guest")
            client.force_login(guest)
        elif name != "anonymous":
            client.force_login(world.people[name])
        return client

    return make


@pytest.mark.parametrize("n", [1, 30])
def test_pages_cost_at_most_twelve_queries_however_many_cages(
    world: World, visit: Any, n: int, django_assert_max_num_queries: Any
) -> None:
    cages, rack, client = make_cages(world, n), make_rack(world), visit("alice")
    for number, cage in enumerate(cages[:12]):
        housing.place_cage(cage, housing.Place(rack, number // 4 + 1, number % 4 + 1), by=world.people["bob"])
    at(client, "cage", cages[0].pk)  # kinds of content are read once for all
    pages = [("colony",), ("cages",), ("racks",), ("cage", cages[0].pk), ("rack", rack.pk)]
    for name, *args in [*pages, ("cage-move-in", cages[0].pk), ("cage-move-out", cages[0].pk)]:
        with django_assert_max_num_queries(12, info=name):
            assert at(client, name, *args).status_code == 200
    with django_assert_max_num_queries(12, info="cards"):
        assert at(client, "cage-cards", cage=[cage.pk for cage in cages]).status_code == 200


READ = ("colony", "cages", "racks", "cage", "rack", "cage-cards", "cage-scan")
WRITE = ("cage-move-in", "cage-move-out", "cage-conditions", "cage-place")


@pytest.mark.parametrize(
    ("person", "reads", "writes"),
    [
        ("root", 200, 200),
        ("alice", 200, 200),
        ("bob", 200, 200),
        ("charlie", 200, 403),
        ("guest", 200, 403),
        ("visitor", 403, 403),
        ("anonymous", 302, 302),
    ],
)
def test_members_and_guests_read_and_those_who_keep_the_lab_write(
    world: World, visit: Any, person: str, reads: int, writes: int
) -> None:
    (cage,), rack, client = make_cages(world, 1), make_rack(world), visit(person)
    args = {"cage": [cage.pk], "rack": [rack.pk], "cage-scan": [cage.pk]}
    for name in READ:
        query = {"cage": cage.pk} if name == "cage-cards" else {}
        expected = 302 if name == "cage-scan" else reads
        assert at(client, name, *args.get(name, []), **query).status_code == expected, name
    for name in WRITE:
        assert at(client, name, cage.pk).status_code == writes, name
    for name in ("cage-clean", "cage-close", "cage-note"):
        answer = client.post(reverse(name, args=[cage.pk]), {"text": "x"})
        assert answer.status_code == (302 if writes == 200 else writes), name
    cage.refresh_from_db()
    assert (cage.cleaned_on is not None) is (writes == 200)
    assert Note.objects.exists() is (writes == 200)


def test_a_guest_of_another_lab_finds_no_cage(world: World, visit: Any) -> None:
    (cage,), client = make_cages(world, 1), visit("anonymous")
    guest = create_user("elsewhere", "correct horse battery")
    LabMembership.objects.create(user=guest, lab=world.other_lab, role="guest")
    client.force_login(guest)
    assert at(client, "cage", cage.pk).status_code == 404
    assert "C000" not in at(client, "cages").content.decode()
    assert at(client, "cage-cards", cage=cage.pk).status_code == 404


def test_strangers_move_nothing_by_post(world: World, visit: Any) -> None:
    (cage,), rack, client = make_cages(world, 1), make_rack(world), visit("charlie")
    client.post(reverse("rack-put", args=[rack.pk]), {"cage": cage.pk, "place": "1,1"})
    assert client.post(reverse("cage-move-in", args=[cage.pk]), {"subjects": world.subject.pk}).status_code == 403
    assert client.post(reverse("cage-new"), {"name": "X", "lab": world.lab.pk, "capacity": 5}).status_code == 422
    cage.refresh_from_db()
    world.subject.refresh_from_db()
    assert (cage.rack, world.subject.cage) == (None, None)
    assert Cage.objects.count() == 1


def test_the_code_of_a_card_leads_to_the_record(world: World, visit: Any) -> None:
    (cage,) = make_cages(world, 1)
    answer = at(visit("alice"), "cage-scan", cage.pk)
    assert answer["Location"] == reverse("cage", args=[cage.pk])
    assert reverse("login") in at(visit("anonymous"), "cage-scan", cage.pk)["Location"]


def test_a_cage_is_opened_with_the_conditions_of_the_lab(world: World, visit: Any) -> None:
    world.lab.cage_cleaning_frequency_days = 14
    world.lab.save()
    client = visit("bob")
    assert 'value="1"' in at(client, "cage-new").content.decode()
    answer = client.post(reverse("cage-new"), {"name": "77", "lab": world.lab.pk, "capacity": 3})
    cage = Cage.objects.get(name="77")
    assert answer["Location"] == reverse("cage", args=[cage.pk])
    assert (cage.capacity, cage.cage_cleaning_frequency_days) == (3, 14)
    again = client.post(reverse("cage-new"), {"name": "77", "lab": world.lab.pk, "capacity": 3})
    assert again.status_code == 422
    assert "open cage of this name" in again.content.decode()


def test_chosen_animals_stay_chosen_while_others_are_sought(world: World, visit: Any) -> None:
    (cage,) = make_cages(world, 1)
    other = Subject.objects.create(nickname="ZZ9", lab=world.lab)
    answer = at(visit("bob"), "cage-move-in", cage.pk, q="ZZ", subjects=str(world.subject.pk))
    page = answer.content.decode()
    assert f'value="{world.subject.pk}" checked' in page
    assert f'value="{other.pk}"' in page
    assert "m0_0" not in page  # who lives there is not offered


def test_animals_move_in_and_out_by_the_pages(world: World, visit: Any) -> None:
    (one, two), client = make_cages(world, 2, animals=1), visit("bob")
    client.post(reverse("cage-move-in", args=[one.pk]), {"subjects": [world.subject.pk]})
    world.subject.refresh_from_db()
    assert world.subject.cage == "C000"
    out = reverse("cage-move-out", args=[one.pk])
    client.post(out, {"subjects": [world.subject.pk], "to": str(two.pk)})
    world.subject.refresh_from_db()
    assert world.subject.cage == "C001"
    client.post(reverse("subject-move", args=[world.subject.pk]), {"to": "none"})
    world.subject.refresh_from_db()
    assert world.subject.cage is None


def test_a_full_cage_says_so_on_the_form(world: World, visit: Any) -> None:
    one, two = make_cages(world, 2, animals=1)
    housing.change_conditions(two, {"capacity": 1}, by=world.people["bob"])
    mouse = Subject.objects.get(nickname="m0_0")
    answer = visit("bob").post(reverse("cage-move-out", args=[one.pk]), {"subjects": [mouse.pk], "to": str(two.pk)})
    assert answer.status_code == 422
    assert "2 adults would live in cage C001, which holds 1" in answer.content.decode()


def test_a_split_opens_the_cage_that_is_named(world: World, visit: Any) -> None:
    (cage,) = make_cages(world, 1)
    mouse = Subject.objects.get(nickname="m0_0")
    data = {"subjects": [mouse.pk], "to": "new", "name": "900"}
    visit("bob").post(reverse("cage-move-out", args=[cage.pk]), data)
    mouse.refresh_from_db()
    assert mouse.cage == "900"


def test_the_map_puts_swaps_and_takes_out(world: World, visit: Any) -> None:
    (one, two), rack, client = make_cages(world, 2), make_rack(world), visit("bob")
    put = reverse("rack-put", args=[rack.pk])
    client.post(put, {"cage": one.pk, "place": "1,1"})
    client.post(put, {"cage": two.pk, "place": "2,2"})
    client.post(put, {"cage": one.pk, "place": "2,2"})
    one.refresh_from_db()
    two.refresh_from_db()
    assert ((one.row, one.column), (two.row, two.column)) == ((2, 2), (1, 1))
    client.post(put, {"cage": one.pk, "place": "out"})
    one.refresh_from_db()
    assert one.rack is None
    assert client.post(put, {"cage": "x", "place": "9;9"}).status_code == 404


def test_a_cage_in_hand_offers_every_place_by_a_button(world: World, visit: Any) -> None:
    (cage,), rack = make_cages(world, 1), make_rack(world)
    page = at(visit("bob"), "rack", rack.pk, cage=str(cage.pk)).content.decode()
    assert page.count("Put cage C000 into row") == 12
    assert "Put cage" not in at(visit("charlie"), "rack", rack.pk, cage=str(cage.pk)).content.decode()


def test_the_map_marks_cages_by_their_animals(world: World, visit: Any) -> None:
    cages, rack = make_cages(world, 3), make_rack(world)
    for number, cage in enumerate(cages):
        housing.place_cage(cage, housing.Place(rack, 1, number + 1), by=world.people["bob"])
    page = at(visit("alice"), "rack", rack.pk, q="M1_1").content.decode()
    assert "1 cage marked" in page
    assert page.count(" found") == 1


def test_cleaning_is_due_so_many_days_after_the_last(world: World, visit: Any) -> None:
    cages = make_cages(world, 9)  # since 0 to 8 days ago; to be cleaned every 7
    client = visit("alice")
    page = at(client, "cages", state="clean").content.decode()
    assert [name for name in (f"C{i:03d}" for i in range(9)) if f">{name}<" in page] == ["C007", "C008"]
    clean_cage(cages[8], by=world.people["bob"])
    assert ">C008<" not in at(client, "cages", state="clean").content.decode()
    assert "Cleaned on" in at(client, "cage", cages[8].pk).content.decode()


def test_bulk_actions_clean_place_and_close(world: World, visit: Any) -> None:
    cages, rack, client = make_cages(world, 2, animals=0), make_rack(world), visit("bob")
    rows = {"rows": [str(cage.pk) for cage in cages], "confirmed": "1"}
    client.post(reverse("cages-bulk"), {**rows, "action": "clean"})
    client.post(reverse("cages-bulk"), {**rows, "action": "place", "rack": rack.pk})
    assert set(Cage.objects.values_list("cleaned_on", "row", "column")) == {(TODAY, 1, 1), (TODAY, 1, 2)}
    answer = client.post(reverse("cages-bulk"), {**rows, "action": "cards"}, follow=True)
    assert f'href="{reverse("cage-cards")}?cage={cages[0].pk}' in answer.content.decode()
    client.post(reverse("cages-bulk"), {**rows, "action": "close"})
    assert not Cage.objects.filter(closed_on=None).exists()


def test_a_cage_in_use_is_not_closed_in_bulk_nor_any_other(world: World, visit: Any) -> None:
    full, _ = make_cages(world, 1)[0], housing.open_cage(lab=world.lab, name="free", by=world.people["bob"])
    rows = {"rows": [str(pk) for pk in Cage.objects.values_list("pk", flat=True)], "confirmed": "1"}
    answer = visit("bob").post(reverse("cages-bulk"), {**rows, "action": "close"})
    assert answer.status_code == 422
    assert f"still live in cage {full}" in answer.content.decode()
    assert Cage.objects.filter(closed_on=None).count() == 2


def test_the_record_tells_moves_and_conditions_in_their_order(world: World, visit: Any) -> None:
    (cage,) = make_cages(world, 1)
    housing.change_conditions(cage, {"light_cycle": 1}, by=world.people["bob"])
    housing.empty_cage(cage, by=world.people["bob"])
    page = at(visit("alice"), "cage", cage.pk).content.decode()
    assert page.index("Moved out") < page.index("Kept under new conditions: inverted light") < page.index("Moved in")


def test_the_front_page_counts_what_waits(world: World, visit: Any) -> None:
    make_cages(world, 9)
    world.subject.to_be_culled = True
    world.subject.save()
    page = " ".join(at(visit("alice"), "colony").content.decode().split())
    assert ">2</span> cages to clean" in page
    assert ">1</span> animal to cull" in page
    assert ">1</span> living animal in no cage" in page
