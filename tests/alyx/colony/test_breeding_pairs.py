"""Pairs are started, checked for plugs and ended as their rules say."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.alyx.colony.breeding_factories import Stock, days_ago, make_stock

from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.selectors.pairs import cages_of, pair_rows
from bregma.alyx.colony.models import Cage, Plug
from bregma.alyx.subjects.models import BreedingPair, Species


@pytest.fixture
def stock(db: None) -> Stock:
    return make_stock()


def mating(stock: Stock, **values: Any) -> services.Mating:
    given = {"father": stock.father, "mothers": (stock.mother,), "line": stock.line, "start_date": days_ago(0)}
    return services.Mating(**{**given, **values})


def complaints(stock: Stock, **values: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        services.start_pair(mating(stock, **values), by=stock.person("bob"))
    return refused.value.message_dict


def test_a_pair_gets_the_next_name_of_its_line(stock: Stock) -> None:
    first = services.start_pair(mating(stock), by=stock.person("bob"))
    second = services.start_pair(mating(stock, mothers=(stock.other_mother,), confirmed=True), by=stock.person("bob"))
    assert [first.name, second.name] == ["Ai95_BP_001", "Ai95_BP_002"]
    assert (first.father, first.mother1, first.mother2) == (stock.father, stock.mother, None)


def test_a_pair_moves_into_one_cage(stock: Stock) -> None:
    cage = Cage.objects.create(name="A1", lab=stock.world.lab)
    pair = services.start_pair(
        mating(stock, mothers=(stock.mother, stock.other_mother), cage=cage), by=stock.person("bob")
    )
    assert cages_of(BreedingPair.objects.get(pk=pair.pk)) == ["A1"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("father", {"sex": "F"}),
        ("father", {"death_date": days_ago(3)}),
        ("father", {"birth_date": days_ago(34)}),
    ],
)
def test_a_father_that_does_not_fit_is_refused(stock: Stock, field: str, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(stock.father, name, value)
    assert list(complaints(stock)) == [field]


def test_a_mouse_of_five_weeks_is_adult(stock: Stock) -> None:
    stock.mother.birth_date = days_ago(35)
    assert services.start_pair(mating(stock), by=stock.person("bob")).mother1 == stock.mother


def test_parents_of_two_labs_or_species_are_refused(stock: Stock) -> None:
    abroad = stock.mouse("far", "F", lab=stock.world.other_lab)
    rat = stock.mouse("rat", "F", species=Species.objects.create(name="Rattus", nickname="Laboratory rat"))
    with pytest.raises(PermissionDenied):
        services.start_pair(mating(stock, mothers=(abroad,)), by=stock.person("bob"))
    with pytest.raises(ValidationError, match="another lab"):
        services.start_pair(mating(stock, mothers=(abroad,)), by=stock.person("root"))
    assert "another species" in complaints(stock, mothers=(rat,))["mother1"][0]


def test_parents_of_an_open_pair_need_a_confirmation(stock: Stock) -> None:
    services.start_pair(mating(stock), by=stock.person("bob"))
    assert "Ai95_BP_001" in complaints(stock, mothers=(stock.other_mother,))["confirmed"][0]
    first = BreedingPair.objects.get()
    services.end_pair(first, days_ago(0), by=stock.person("bob"))
    services.start_pair(mating(stock, mothers=(stock.other_mother,)), by=stock.person("bob"))


def test_one_animal_cannot_be_both_mothers_and_three_are_too_many(stock: Stock) -> None:
    assert complaints(stock, mothers=(stock.mother, stock.mother))
    third = stock.mouse("third", "F")
    assert complaints(stock, mothers=(stock.mother, stock.other_mother, third))
    assert complaints(stock, mothers=())


def test_a_pair_without_line_needs_a_name(stock: Stock) -> None:
    assert list(complaints(stock, line=None)) == ["name"]
    assert services.start_pair(mating(stock, line=None, name="test cross"), by=stock.person("bob")).name == "test cross"


@pytest.mark.parametrize("name", ["charlie", "visitor"])
def test_strangers_write_nothing_of_breeding(stock: Stock, name: str) -> None:
    pair, by = stock.pair(), stock.person(name)
    litter = stock.litter(pair)
    birth = services.Birth(birth_date=days_ago(0), n_males=1)
    attempts: list[Any] = [
        lambda: services.start_pair(mating(stock), by=by),
        lambda: services.end_pair(pair, days_ago(0), by=by),
        lambda: services.change_pair(pair, {"description": "x"}, by=by),
        lambda: services.record_plug(pair, stock.mother, on=days_ago(0), found=True, by=by),
        lambda: services.record_birth(pair, birth, by=by),
        lambda: services.change_litter(litter, {"description": "x"}, by=by),
        lambda: services.wean_litter(litter, services.Weaning(date=days_ago(0), pups=()), by=by),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_pair_ends_once_and_not_before_it_began(stock: Stock) -> None:
    pair = stock.pair(start_date=days_ago(10))
    with pytest.raises(ValidationError):
        services.end_pair(pair, days_ago(11), by=stock.person("bob"))
    pair.refresh_from_db()
    services.end_pair(pair, days_ago(1), by=stock.person("bob"))
    with pytest.raises(ValidationError, match="already"):
        services.end_pair(pair, days_ago(0), by=stock.person("bob"))


def test_a_second_look_for_a_plug_replaces_the_first(stock: Stock) -> None:
    pair = stock.pair()
    for found in (True, False):
        services.record_plug(pair, stock.mother, on=days_ago(2), found=found, by=stock.person("bob"))
    assert [(plug.found, plug.user) for plug in Plug.objects.all()] == [(False, stock.person("bob"))]


def test_plugs_of_others_and_of_other_times_are_refused(stock: Stock) -> None:
    pair = stock.pair(start_date=days_ago(10), end_date=days_ago(5))
    for mother, on in [(stock.other_mother, 7), (stock.mother, 11), (stock.mother, 4), (stock.mother, -1)]:
        with pytest.raises(ValidationError):
            services.record_plug(pair, mother, on=days_ago(on), found=True, by=stock.person("bob"))


def test_a_birth_is_due_a_gestation_after_the_plug_or_start(stock: Stock) -> None:
    pair = stock.pair(start_date=days_ago(10))
    assert pair_rows(stock.person("bob")).get().due_on == days_ago(10 - 2 - 19)
    services.record_plug(pair, stock.mother, on=days_ago(7), found=True, by=stock.person("bob"))
    assert pair_rows(stock.person("bob")).get().due_on == days_ago(7 - 19)
    stock.litter(pair, birth_date=days_ago(1))
    assert pair_rows(stock.person("bob")).get().due_on is None


def test_a_rat_carries_longer(stock: Stock) -> None:
    stock.mother.species = Species.objects.create(name="Rattus norvegicus", nickname="Laboratory rat")
    stock.mother.save()
    stock.pair(start_date=days_ago(10))
    assert pair_rows(stock.person("bob")).get().due_on == days_ago(10 - 2 - 22)
