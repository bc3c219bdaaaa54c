"""Births and weanings are written whole or not at all, and no pup is forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.alyx.colony.breeding_factories import Stock, days_ago, make_stock

from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.breeding.selectors.litters import litter_rows
from bregma.alyx.colony.housing import move_subjects
from bregma.alyx.colony.models import Cage, Plug
from bregma.alyx.misc.models import HousingSubject
from bregma.alyx.subjects.models import Line, Litter, Project, Source, Strain, Subject


@pytest.fixture
def stock(db: None) -> Stock:
    return make_stock()


def birth(**values: Any) -> services.Birth:
    return services.Birth(**{"birth_date": days_ago(25), "n_males": 2, "n_females": 1, **values})


def born(stock: Stock, **values: Any) -> Litter:
    return services.record_birth(stock.pair(), birth(**values), by=stock.person("bob"))


def weaning(*pups: services.Pup, **values: Any) -> services.Weaning:
    return services.Weaning(**{"date": days_ago(1), "pups": pups, **values})


def pup(sex: str = "M", **values: Any) -> services.Pup:
    return services.Pup(sex=sex, **values)


def test_a_birth_names_the_litter_and_counts_its_pups(stock: Stock) -> None:
    litter = born(stock, n_unknown=1, n_dead=2)
    assert (litter.name, litter.mother, litter.n_dead) == ("Ai95_L_001", stock.mother, 2)
    row = litter_rows(stock.person("bob")).get()
    assert (row.n_alive, row.n_pups, row.wean_due) == (4, 0, days_ago(4))


def test_pups_entered_at_birth_are_as_line_and_mother_are(stock: Stock) -> None:
    cage = Cage.objects.create(name="A1", lab=stock.world.lab)
    move_subjects([stock.mother], cage, by=stock.person("bob"))
    HousingSubject.objects.update(start_datetime="2020-01-01T00:00Z")
    litter = born(stock, enter_pups=True)
    pups = list(Subject.objects.filter(litter=litter))
    assert [one.nickname for one in pups] == ["Ai95_0001", "Ai95_0002", "Ai95_0003"]
    assert sorted(one.sex for one in pups) == ["F", "M", "M"]
    assert {(one.line, one.strain, one.source) for one in pups} == {(stock.line, stock.line.strain, stock.line.source)}
    assert {(one.birth_date, one.cage, one.responsible_user) for one in pups} == {
        (days_ago(25), "A1", stock.person("stock"))
    }


def test_what_the_line_does_not_say_comes_from_the_mother_first(stock: Stock) -> None:
    Line.objects.update(strain=None, source=None)
    stock.line.refresh_from_db()
    stock.mother.strain = Strain.objects.create(name="of the mother")
    stock.mother.save()
    for one in (stock.father, stock.mother):
        one.source = Source.objects.create(name=f"of {one}")
        one.save()
    child = Subject.objects.get(litter=born(stock, n_males=0, enter_pups=True))
    assert str(child.strain) == "of the mother"
    assert str(child.source) == f"of {stock.mother}"


def test_a_birth_closes_the_plug_it_comes_from(stock: Stock) -> None:
    pair = stock.pair(stock.father, stock.mother, stock.other_mother)
    for mother, days in [(stock.mother, 55), (stock.other_mother, 45)]:
        services.record_plug(pair, mother, on=days_ago(days), found=True, by=stock.person("bob"))
    litter = services.record_birth(pair, birth(birth_date=days_ago(26)), by=stock.person("bob"))
    assert litter.mother == stock.other_mother
    assert [plug.mother for plug in Plug.objects.filter(litter=litter)] == [stock.other_mother]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("birth_date", {"birth_date": days_ago(-1)}),
        ("birth_date", {"birth_date": days_ago(61)}),
        *(("birth_date", {"birth_date": day}) for day in (date.min, date.max)),
        ("n_males", {"n_males": 0, "n_females": 0}),
        ("n_males", {"n_males": 61}),
    ],
)
def test_what_cannot_be_born_is_refused(stock: Stock, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        born(stock, **values)
    assert list(refused.value.message_dict) == [field]


def test_a_litter_is_not_entered_twice(stock: Stock) -> None:
    pair = stock.pair()
    services.record_birth(pair, birth(), by=stock.person("bob"))
    with pytest.raises(ValidationError, match="Ai95_L_001"):
        services.record_birth(pair, birth(birth_date=days_ago(22)), by=stock.person("bob"))
    assert Litter.objects.count() == 1


def test_both_mothers_of_a_pair_may_give_birth_on_one_day(stock: Stock) -> None:
    pair = stock.pair(stock.father, stock.mother, stock.other_mother)
    for mother in (stock.mother, stock.other_mother):
        services.record_birth(pair, birth(mother=mother), by=stock.person("bob"))
    assert Litter.objects.count() == 2


def test_weaning_makes_subjects_in_cages(stock: Stock) -> None:
    litter = born(stock)
    projects = (Project.objects.create(name="motor"),)
    known = Cage.objects.create(name="B1", lab=stock.world.lab, opened_on=days_ago(100))
    pups = (pup(ear_mark="1L", cage="B1"), pup(cage="B1", nickname="Max"), pup("F", cage="B2", to_be_genotyped=False))
    made = services.wean_litter(
        litter, weaning(*pups, responsible_user=stock.person("alice"), projects=projects), by=stock.person("bob")
    )
    rows = [Subject.objects.get(pk=one.pk) for one in made]
    assert [one.nickname for one in rows] == ["Ai95_0001", "Max", "Ai95_0002"]
    assert [one.cage for one in rows] == ["B1", "B1", "B2"]
    assert [one.to_be_genotyped for one in rows] == [True, True, False]
    assert rows[0].ear_mark == "1L"
    assert {one.responsible_user for one in rows} == {stock.person("alice")}
    assert {one.wean_date for one in rows} == {days_ago(1)}
    assert all(list(one.projects.all()) == list(projects) for one in rows)
    assert known.housings.get().subjects.count() == 2
    litter.refresh_from_db()
    assert (litter.wean_date, litter.n_lost) == (days_ago(1), 0)
    assert litter_rows(stock.person("bob")).get().wean_due is None


def test_weaning_changes_the_pups_entered_at_birth_and_closes_the_lost(stock: Stock) -> None:
    litter = born(stock, enter_pups=True)
    first, second, third = Subject.objects.filter(litter=litter).order_by("nickname")
    pups = (pup(subject=first, ear_mark="2R"), pup(subject=second, lost=True), pup("F", subject=third))
    services.wean_litter(litter, weaning(*pups), by=stock.person("bob"))
    for one in (first, second, third):
        one.refresh_from_db()
    assert (first.wean_date, first.ear_mark) == (days_ago(1), "2R")
    assert (second.wean_date, second.death_date) == (None, days_ago(1))
    assert Subject.objects.filter(litter=litter).count() == 3
    litter.refresh_from_db()
    assert litter.n_lost == 1


def refused(stock: Stock, litter: Litter, *pups: services.Pup, **values: Any) -> str:
    before = Subject.objects.count()
    with pytest.raises(ValidationError) as complaint:
        services.wean_litter(litter, weaning(*pups, **values), by=stock.person("bob"))
    assert Subject.objects.count() == before
    litter.refresh_from_db()
    assert litter.wean_date is None
    assert not Cage.objects.exists()
    return " ".join(complaint.value.messages)


def test_a_pup_that_is_missing_must_be_told_as_lost(stock: Stock) -> None:
    litter = born(stock)
    assert "3 pups born alive, but here are 2" in refused(stock, litter, pup(), pup())
    assert "Take some out" in refused(stock, litter, *[pup()] * 4)
    services.wean_litter(litter, weaning(pup(), pup(), pup(lost=True)), by=stock.person("bob"))


def test_what_cannot_be_weaned_is_refused_as_a_whole(stock: Stock) -> None:
    litter = born(stock)
    rest = (pup(), pup("F"))
    assert "taken" in refused(stock, litter, pup(nickname="Ai95_F", cage="new"), *rest)
    assert "no nickname" in refused(stock, litter, pup(nickname="a b"), *rest)
    assert "given to 2" in refused(stock, litter, pup(nickname="A"), pup(nickname="A"), pup())
    assert "males and females" in refused(stock, litter, pup(cage="C"), pup("F", cage="C"), pup())
    assert "not come yet" in refused(stock, litter, pup(), *rest, date=days_ago(-1))
    assert "born on" in refused(stock, litter, pup(), *rest, date=days_ago(25))


def test_a_cage_holds_no_more_than_it_has_room_for(stock: Stock) -> None:
    litter = born(stock, n_males=6, n_females=0)
    assert "room for 5, not for 6" in refused(stock, litter, *[pup(cage="C")] * 6)
    full = Cage.objects.create(name="D", lab=stock.world.lab, capacity=2)
    move_subjects([stock.father], full, by=stock.person("bob"))
    with pytest.raises(ValidationError, match="room for 1, not for 2"):
        services.check_weaning(litter, weaning(*[pup(cage="D")] * 2, *[pup()] * 4))


def test_a_litter_is_weaned_once(stock: Stock) -> None:
    litter = born(stock, n_males=1, n_females=0)
    services.wean_litter(litter, weaning(pup()), by=stock.person("bob"))
    with pytest.raises(ValidationError, match="already"):
        services.wean_litter(litter, weaning(pup()), by=stock.person("bob"))
    assert Subject.objects.filter(litter=litter).count() == 1


def test_pups_entered_meanwhile_stop_a_weaning(stock: Stock) -> None:
    litter = born(stock, n_males=1, n_females=0)
    stock.mouse("meanwhile", "M", litter=litter, birth_date=litter.birth_date)
    assert "changed meanwhile" in refused(stock, litter, pup())


def test_a_technician_of_the_lab_weans_and_a_guest_does_not(stock: Stock) -> None:

    litter = born(stock, n_males=1, n_females=0)
    with pytest.raises(PermissionDenied):
        services.wean_litter(litter, weaning(pup()), by=stock.become("bob", "guest"))
    services.wean_litter(litter, weaning(pup()), by=stock.become("bob", "technician"))


def test_a_corrected_birth_is_that_of_the_pups(stock: Stock) -> None:
    litter = born(stock, enter_pups=True)
    services.change_litter(litter, {"birth_date": days_ago(26)}, by=stock.person("bob"))
    assert set(Subject.objects.filter(litter=litter).values_list("birth_date", flat=True)) == {days_ago(26)}


def test_only_the_dead_are_reduced(stock: Stock) -> None:
    with pytest.raises(ValidationError, match="alive"):
        services.reduce_subjects([stock.father], on=days_ago(0), by=stock.person("bob"))
    Subject.objects.filter(pk=stock.father.pk).update(death_date=days_ago(3))
    stock.father.refresh_from_db()
    with pytest.raises(ValidationError, match="died on"):
        services.reduce_subjects([stock.father], on=days_ago(4), by=stock.person("bob"))
    services.reduce_subjects([stock.father], on=days_ago(2), by=stock.person("bob"))
    stock.father.refresh_from_db()
    assert stock.father.reduced_date == days_ago(2)
