"""The weaning wizard asks for all pups, sums up, and writes only what was confirmed."""

from __future__ import annotations

import re
from math import ceil
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.alyx.colony.breeding_factories import TODAY, Stock, days_ago, make_stock

from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.proposals import propose_cages
from bregma.alyx.colony.models import Cage
from bregma.alyx.history.models import Event
from bregma.alyx.subjects.models import Litter, Subject


@pytest.fixture
def stock(db: None) -> Stock:
    return make_stock()


@pytest.fixture
def litter(stock: Stock) -> Litter:
    birth = services.Birth(birth_date=days_ago(22), n_males=2, n_females=1)
    return services.record_birth(stock.pair(), birth, by=stock.person("bob"))


def address(litter: Litter) -> str:
    return reverse("litter-wean", args=[litter.pk])


def fields_of(page: str) -> dict[str, Any]:
    """Read what a browser without JavaScript would send back from a page's form."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page.split('<main id="content"')[1]):
        name, value = (re.search(rf'\b{one}="([^"]*)"', tag) for one in ("name", "value"))
        if name and not ('type="checkbox"' in tag and "checked" not in tag):
            found[name[1]] = value[1] if value else "on" if 'type="checkbox"' in tag else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_the_form_proposes_cages_by_sex(stock: Stock, litter: Litter) -> None:
    Cage.objects.create(name="Ai95_L_001_F1", lab=stock.world.lab)
    posted = fields_of(stock.visit("bob").get(address(litter)).content.decode())
    assert [posted[f"pup-{n}-cage"] for n in range(3)] == ["Ai95_L_001_M1", "Ai95_L_001_M1", "Ai95_L_001_F2"]
    assert posted["date"] == f"{TODAY}"
    assert posted["responsible_user"] == str(stock.person("stock").pk)


def test_nothing_is_written_before_it_is_confirmed(stock: Stock, litter: Litter) -> None:
    client = stock.visit("bob")
    posted = {**fields_of(client.get(address(litter)).content.decode()), "pup-0-ear_mark": "1R"}
    summary = client.post(address(litter), {**posted, "step": "look"}).content.decode()
    assert not Subject.objects.filter(litter=litter).exists()
    assert "ear mark 1R" in summary
    assert summary.count("named by the line") == 3
    answer = client.post(address(litter), {**fields_of(summary), "step": "wean"})
    assert answer.url == reverse("litter", args=[litter.pk])
    pups = Subject.objects.filter(litter=litter).order_by("nickname")
    assert [(pup.nickname, pup.sex, pup.ear_mark, pup.cage) for pup in pups] == [
        ("Ai95_0001", "M", "1R", "Ai95_L_001_M1"),
        ("Ai95_0002", "M", "", "Ai95_L_001_M1"),
        ("Ai95_0003", "F", "", "Ai95_L_001_F1"),
    ]
    event = Event.objects.filter(row=pups[0].pk).order_by("at")[0]
    assert event.context.metadata["user"] == str(stock.person("bob").pk)
    assert client.post(address(litter), {**fields_of(summary), "step": "wean"}).status_code == 302
    assert Subject.objects.filter(litter=litter).count() == 3


def test_what_is_wrong_is_said_before_the_summary(stock: Stock, litter: Litter) -> None:
    client = stock.visit("bob")
    posted = fields_of(client.get(address(litter)).content.decode())
    wrong = {**posted, "pup-2-cage": posted["pup-0-cage"], "pup-1-nickname": "a b", "step": "look"}
    answer = client.post(address(litter), wrong)
    assert answer.status_code == 422
    assert "males and females" in answer.content.decode()
    assert "is no nickname" in answer.content.decode()
    assert client.post(address(litter), {**posted, "date": "", "step": "wean"}).status_code == 422
    assert not Subject.objects.filter(litter=litter).exists()


def test_back_keeps_what_was_entered_and_a_row_can_be_added(stock: Stock, litter: Litter) -> None:
    client = stock.visit("bob")
    posted = {**fields_of(client.get(address(litter)).content.decode()), "pup-0-ear_mark": "1R", "pup-1-sex": "F"}
    again = fields_of(client.post(address(litter), {**posted, "step": "back"}).content.decode())
    assert {**posted, "csrfmiddlewaretoken": ""} == {**again, "csrfmiddlewaretoken": ""}
    more = fields_of(client.post(address(litter), {**posted, "step": "add"}).content.decode())
    assert more["pup-TOTAL_FORMS"] == "4"
    assert more["pup-3-cage"] == "Ai95_L_001_U1"
    moved = fields_of(client.post(address(litter), {**posted, "step": "propose"}).content.decode())
    assert moved["pup-1-cage"] == moved["pup-2-cage"] == "Ai95_L_001_F1"


def test_htmx_gets_the_form_alone(stock: Stock, litter: Litter) -> None:
    client = stock.visit("bob")
    posted = fields_of(client.get(address(litter)).content.decode())
    answer = client.post(address(litter), {**posted, "step": "add"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "pup-3-sex" in answer.content.decode()


def test_pups_of_another_litter_cannot_be_weaned_with_this_one(stock: Stock, litter: Litter) -> None:
    client = stock.visit("bob")
    posted = fields_of(client.get(address(litter)).content.decode())
    answer = client.post(address(litter), {**posted, "pup-0-subject": str(stock.father.pk), "step": "wean"})
    assert answer.status_code == 422
    stock.father.refresh_from_db()
    assert stock.father.wean_date is None


def test_pups_with_a_record_keep_their_names(stock: Stock, litter: Litter) -> None:
    for n, sex in enumerate("MMF"):
        stock.mouse(f"early{n}", sex, litter=litter, birth_date=litter.birth_date)
    client = stock.visit("bob")
    page = client.get(address(litter)).content.decode()
    posted = {**fields_of(page), "pup-1-lost": "lost", "step": "wean"}
    assert client.post(address(litter), posted).status_code == 302
    assert sorted(Subject.objects.filter(litter=litter).values_list("nickname", "death_date")) == [
        ("early0", None),
        ("early1", TODAY),
        ("early2", None),
    ]


@given(
    sexes=st.lists(st.sampled_from(["M", "F", "U", ""]), max_size=30),
    capacity=st.integers(1, 8),
    taken=st.sets(st.sampled_from(["L_M1", "L_F1", "L_F2", "L_U3"])),
)
def test_proposed_cages_hold_one_sex_and_are_few(sexes: list[str], capacity: int, taken: set[str]) -> None:
    names = propose_cages(sexes, stem="L", capacity=capacity, taken=taken)
    assert [bool(name) for name in names] == [bool(sex) for sex in sexes]
    used = {name: [sex for sex, one in zip(sexes, names, strict=True) if one == name] for name in names if name}
    assert not set(used) & taken
    assert all(len(set(group)) == 1 and len(group) <= capacity for group in used.values())
    for sex in "MFU":
        groups = [len(group) for group in used.values() if group[0] == sex]
        assert len(groups) == ceil(sexes.count(sex) / capacity)
        assert max(groups, default=0) - min(groups, default=0) <= 1
