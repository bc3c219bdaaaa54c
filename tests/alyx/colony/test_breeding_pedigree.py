"""Inbreeding is that of the textbooks; generation numbers follow from the parents, whatever the data say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.alyx.colony.breeding_factories import Stock, make_stock

from bregma.alyx.colony.breeding.pedigree import PedigreeCycle, inbreeding, kinship
from bregma.alyx.colony.breeding.selectors.ancestry import Generation, load_ancestors, load_generations
from bregma.alyx.subjects.models import Line, Subject

SIBLINGS = {"s": ("f", "m"), "d": ("f", "m"), "child": ("s", "d")}
HALF = {"s": ("f", "m1"), "d": ("f", "m2"), "child": ("s", "d")}
COUSINS = {
    "a": ("f", "m"),
    "b": ("f", "m"),
    "x": ("a", "w1"),
    "y": ("w2", "b"),
    "child": ("x", "y"),
}
BACK = {"d": ("f", "m"), "child": ("f", "d")}
UNCLE = {"a": ("f", "m"), "b": ("f", "m"), "n": ("w", "b"), "child": ("a", "n")}
DOUBLE = {
    "a": ("f", "m"),
    "b": ("f", "m"),
    "c": ("g", "n"),
    "d": ("g", "n"),
    "x": ("a", "c"),
    "y": ("b", "d"),
    "child": ("x", "y"),
}


@pytest.mark.parametrize(
    ("pedigree", "expected"),
    [
        ({}, 0.0),
        ({"child": ("f", "m")}, 0.0),
        ({"child": ("f", None)}, 0.0),
        (SIBLINGS, 0.25),
        (HALF, 0.125),
        (COUSINS, 0.0625),
        (BACK, 0.25),
        (UNCLE, 0.125),
        (DOUBLE, 0.125),
        ({"child": ("f", "f")}, 0.5),
    ],
)
def test_textbook_pedigrees(pedigree: dict[str, tuple[str | None, str | None]], expected: float) -> None:
    assert inbreeding("child", pedigree) == expected


def test_brothers_and_sisters_for_twenty_generations_are_an_inbred_strain() -> None:
    pedigree: dict[str, tuple[str | None, str | None]] = {}
    for n in range(1, 22):
        pedigree |= {f"m{n}": (f"m{n - 1}", f"f{n - 1}"), f"f{n}": (f"m{n - 1}", f"f{n - 1}")}
    known = [0.0, 0.25, 0.375, 0.5, 0.59375, 0.671875]
    assert [inbreeding(f"m{n}", pedigree) for n in range(1, 7)] == known
    assert inbreeding("m21", pedigree) == pytest.approx(0.986, abs=5e-4)


@pytest.mark.parametrize("pedigree", [{"a": ("a", None)}, {"a": ("b", "m"), "b": ("f", "c"), "c": ("a", None)}])
def test_circles_are_named_and_do_not_hang(pedigree: dict[str, tuple[str | None, str | None]]) -> None:
    with pytest.raises(PedigreeCycle, match="ancestor of itself"):
        kinship("a", "m", pedigree)


def random_pedigree(seed: int, n: int) -> dict[int, tuple[int | None, int | None]]:
    """Make a pedigree where parents are born before their children."""
    draw = random.Random(seed)
    choices = {key: [None, *range(key)] for key in range(n)}
    return {key: (draw.choice(choices[key]), draw.choice(choices[key])) for key in range(n)}


def tabular(pedigree: dict[int, tuple[int | None, int | None]]) -> list[list[float]]:
    """Compute all kinships by the tabular method, from the oldest animal on."""
    n = len(pedigree)
    table = [[0.0] * n for _ in range(n)]

    def look(one: int | None, other: int | None) -> float:
        return 0.0 if one is None or other is None else table[one][other]

    for key in range(n):
        father, mother = pedigree[key]
        for other in range(key):
            table[key][other] = table[other][key] = (look(father, other) + look(mother, other)) / 2
        table[key][key] = (1 + look(father, mother)) / 2
    return table


@given(seed=st.integers(0, 10**6), n=st.integers(2, 14))
def test_kinship_equals_the_tabular_method(seed: int, n: int) -> None:
    pedigree = random_pedigree(seed, n)
    table = tabular(pedigree)
    for one in range(n):
        assert 0 <= inbreeding(one, pedigree) <= 1
        for other in range(n):
            assert kinship(one, other, pedigree) == pytest.approx(table[one][other])


@pytest.fixture
def stock(db: None) -> Stock:
    return make_stock()


def child(stock: Stock, name: str, father: Subject, mother: Subject, **values: object) -> Subject:
    litter = stock.litter(stock.pair(father, mother), name=f"of {name}")
    return stock.mouse(name, "M", litter=litter, **values)


def generation(subject: Subject) -> str:
    return str(load_generations([subject.pk])[subject.pk])


def test_filial_generations_count_on_from_the_later_parent(stock: Stock) -> None:
    first = child(stock, "first", stock.father, stock.mother)
    second = child(stock, "second", first, stock.mother)
    assert [generation(one) for one in (stock.father, first, second)] == ["F0", "F1", "F2"]


def test_crosses_to_a_wild_type_count_as_backcrosses(stock: Stock) -> None:
    wild = stock.mouse("wild", "F", line=None)
    background = Line.objects.create(name="black six", nickname="B6")
    black = stock.mouse("black", "F", line=background, strain=stock.line.strain)
    other = stock.mouse("other", "F", line=background)
    first = child(stock, "first", stock.father, wild)
    second = child(stock, "second", first, black)
    third = child(stock, "third", second, stock.mother)
    assert [generation(one) for one in (first, second)] == ["N1", "N2"]
    assert generation(third) == "F1"  # the mother's side was never crossed back
    sister = child(stock, "sister", first, wild)
    assert generation(child(stock, "fourth", second, sister)) == "N2F1"
    assert generation(child(stock, "outcross", stock.father, other)) == "F1"


def test_of_two_mothers_the_one_that_the_litter_names_counts(stock: Stock) -> None:
    later = child(stock, "later", stock.father, stock.mother)
    Subject.objects.filter(pk=later.pk).update(sex="F")
    pair = stock.pair(stock.father, stock.mother, later)
    litter = stock.litter(pair)
    pup = stock.mouse("pup", "M", litter=litter)
    assert load_ancestors([pup.pk])[pup.pk].assumed
    assert generation(pup) == "F1"
    litter.mother = later
    litter.save()
    assert generation(pup) == "F2"
    assert not load_ancestors([pup.pk])[pup.pk].assumed


def test_an_animal_that_is_its_own_ancestor_is_reported(stock: Stock) -> None:
    pup = child(stock, "pup", stock.father, stock.mother)
    stock.father.litter = stock.litter(stock.pair(pup, stock.mother))
    stock.father.save()
    assert load_generations([pup.pk])[pup.pk].endless
    assert set(load_ancestors([pup.pk])) == {pup.pk, stock.father.pk, stock.mother.pk}


@pytest.mark.parametrize("seed", range(4))
def test_generations_equal_the_plain_recursion_for_forty_animals_in_one_query(
    stock: Stock, seed: int, django_assert_num_queries: object
) -> None:
    draw = random.Random(seed)
    animals: list[Subject] = [stock.father, stock.mother, stock.mouse("wild", "F", line=None)]
    parents: dict[object, tuple[Subject, Subject]] = {}
    for n in range(40):
        father, mother = draw.choice(animals[-12:]), draw.choice(animals)
        one = child(stock, f"m{n}", father, mother)
        parents[one.pk] = (father, mother)
        animals.append(one)

    def expected(one: Subject) -> tuple[int, int]:
        own = [parent for parent in parents.get(one.pk, ()) if parent.line_id == stock.line.pk]
        if one.line_id != stock.line.pk or not own:
            return 0, 0
        numbers = [expected(parent) for parent in own]
        if len(own) == 1:
            return 0, numbers[0][1] + 1
        return 1 + max(f for f, _ in numbers), min(n for _, n in numbers)

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = load_generations([one.pk for one in animals])
    assert found == {one.pk: Generation(*expected(one)) for one in animals}
