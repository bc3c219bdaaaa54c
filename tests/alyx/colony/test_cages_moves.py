"""Animals move between cages: capacity, history, conditions, and two people at once."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.selectors import stays_of_cage, stays_of_subject
from bregma.alyx.colony.cages.services import enter_rack
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.models import Enrichment, Housing, HousingSubject, LabLocation
from bregma.alyx.subjects.models import BreedingPair, Subject
from bregma.alyx.subjects.services import change_subject, enter_subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


TODAY = timezone.now().date()


def mouse(world: World, name: str, sex: str = "F", *, days: int | None = 100, **values: Any) -> Subject:
    born = TODAY - timedelta(days=days) if days is not None else None
    return Subject.objects.create(
        nickname=name, lab=world.lab, responsible_user=world.people["alice"], sex=sex, birth_date=born, **values
    )


def cage(world: World, name: str = "C1", **values: Any) -> Cage:
    return housing.open_cage(lab=world.lab, name=name, by=world.people["bob"], **values)


def home(subject: Subject) -> str | None:
    subject.refresh_from_db()
    stay = HousingSubject.objects.filter(subject=subject, end_datetime=None).select_related("housing__cage").first()
    assert (stay.housing.cage.name if stay else None) == subject.cage
    return subject.cage


def test_a_move_ends_one_stay_and_begins_another(world: World) -> None:
    first, second, animal = cage(world), cage(world, "C2"), mouse(world, "A")
    housing.move_subjects([animal], first, by=world.people["bob"])
    assert home(animal) == "C1"
    housing.move_subjects([animal], second, by=world.people["bob"])
    assert home(animal) == "C2"
    stays = list(HousingSubject.objects.filter(subject=animal).order_by("start_datetime"))
    assert stays[0].end_datetime == stays[1].start_datetime
    housing.move_subjects([animal], None, by=world.people["bob"])
    assert home(animal) is None
    assert not HousingSubject.objects.filter(subject=animal, end_datetime=None).exists()


def test_the_caller_sees_the_cage_in_its_own_object(world: World) -> None:
    animal = mouse(world, "A")
    housing.move_subjects([animal], cage(world), by=world.people["bob"])
    assert animal.cage == "C1"


def test_a_move_to_where_it_lives_changes_nothing(world: World) -> None:
    there, animal = cage(world), mouse(world, "A")
    housing.move_subjects([animal], there, by=world.people["bob"])
    assert housing.move_subjects([animal], there, by=world.people["bob"]).moved == ()
    assert HousingSubject.objects.count() == 1


def test_adults_beyond_the_capacity_are_refused_and_nobody_moves(world: World) -> None:
    there, animals = cage(world, capacity=2), [mouse(world, f"A{i}") for i in range(3)]
    with pytest.raises(housing.CageFull, match="3 adults would live in cage C1, which holds 2"):
        housing.move_subjects(animals, there, by=world.people["bob"])
    assert [home(animal) for animal in animals] == [None] * 3


def test_pups_do_not_count_until_they_are_weaned_or_older_than_three_weeks(world: World) -> None:
    there = cage(world, capacity=1)
    housing.move_subjects([mouse(world, "mother")], there, by=world.people["bob"])
    litter = [mouse(world, f"pup{i}", days=21) for i in range(7)]
    housing.move_subjects(litter, there, by=world.people["bob"])
    assert home(litter[0]) == "C1"
    for late in (mouse(world, "old", days=22), mouse(world, "weaned", days=20, wean_date=TODAY)):
        with pytest.raises(housing.CageFull):
            housing.move_subjects([late], there, by=world.people["bob"])


def test_an_animal_of_unknown_age_counts(world: World) -> None:
    there = cage(world, capacity=1)
    housing.move_subjects([mouse(world, "A", days=None)], there, by=world.people["bob"])
    with pytest.raises(housing.CageFull):
        housing.move_subjects([mouse(world, "B", days=None)], there, by=world.people["bob"])


def test_mixed_sexes_are_warned_of_except_in_a_breeding_cage(world: World) -> None:
    there, male, female = cage(world), mouse(world, "M", "M"), mouse(world, "F")
    assert housing.move_subjects([male], there, by=world.people["bob"]).warnings == ()
    (warning,) = housing.move_subjects([female], there, by=world.people["bob"]).warnings
    assert "share cage C1" in warning
    BreedingPair.objects.create(name="BP1", father=male, mother1=female)
    other = cage(world, "C2")
    assert housing.transfer_cage(there, other, by=world.people["bob"]).warnings == ()
    assert home(male) == home(female) == "C2"


def test_the_dead_and_the_animals_of_other_labs_are_refused(world: World) -> None:
    there, dead = cage(world), mouse(world, "D", death_date=TODAY)
    foreign = Subject.objects.create(nickname="X", lab=world.other_lab)
    with pytest.raises(housing.HousingRefused, match="died on"):
        housing.move_subjects([dead], there, by=world.people["root"])
    with pytest.raises(housing.HousingRefused, match="is of otherlab"):
        housing.move_subjects([foreign], there, by=world.people["root"])


@pytest.mark.parametrize("person", ["charlie", "visitor"])
def test_strangers_and_the_public_move_nobody(world: World, person: str) -> None:
    there, animal = cage(world), mouse(world, "A")
    with pytest.raises(PermissionDenied):
        housing.move_subjects([animal], there, by=world.people[person])
    with pytest.raises(PermissionDenied):
        housing.move_subjects([animal], None, by=world.people[person])
    with pytest.raises(PermissionDenied):
        housing.open_cage(lab=world.lab, name="C9", by=world.people[person])


def test_a_move_is_neither_to_come_nor_before_the_last(world: World) -> None:
    there, animal, now = cage(world), mouse(world, "A"), timezone.now()
    with pytest.raises(housing.HousingRefused, match="is to come"):
        housing.move_subjects([animal], there, when=now + timedelta(hours=1), by=world.people["bob"])
    housing.move_subjects([animal], there, when=now - timedelta(hours=1), by=world.people["bob"])
    with pytest.raises(housing.HousingRefused, match="give a later time"):
        housing.move_subjects([animal], None, when=now - timedelta(hours=2), by=world.people["bob"])


def test_new_conditions_begin_a_housing_with_the_same_animals(world: World) -> None:
    there, animals = cage(world), [mouse(world, "A"), mouse(world, "B")]
    housing.move_subjects(animals, there, by=world.people["bob"])
    wheel = Enrichment.objects.create(name="wheel")
    housing.change_conditions(there, {"enrichment": wheel}, by=world.people["bob"])
    old, new = Housing.objects.filter(cage=there).order_by("housing_subjects__start_datetime").distinct()[:2], None
    stays = HousingSubject.objects.filter(housing__cage=there, end_datetime=None).select_related("housing")
    assert {stay.subject for stay in stays} == set(animals)
    assert {stay.housing.enrichment for stay in stays} == {wheel}
    assert HousingSubject.objects.filter(end_datetime__isnull=False).count() == 2
    assert (len(old), new) == (2, None)


def test_a_change_of_capacity_begins_no_housing(world: World) -> None:
    there, animal = cage(world), mouse(world, "A")
    housing.move_subjects([animal], there, by=world.people["bob"])
    housing.change_conditions(there, {"capacity": 2}, by=world.people["bob"])
    there.refresh_from_db()
    assert (there.capacity, Housing.objects.count()) == (2, 1)


def test_a_split_takes_the_conditions_along(world: World) -> None:
    wheel = Enrichment.objects.create(name="wheel")
    there, animals = cage(world, enrichment=wheel, capacity=3), [mouse(world, "A"), mouse(world, "B")]
    housing.move_subjects(animals, there, by=world.people["bob"])
    made = housing.split_cage(there, animals[:1], name="C2", by=world.people["bob"]).cage
    assert made is not None
    assert (made.enrichment, made.capacity, home(animals[0]), home(animals[1])) == (wheel, 3, "C2", "C1")
    with pytest.raises(housing.HousingRefused, match="A not living in cage C1"):
        housing.split_cage(there, animals[:1], name="C3", by=world.people["bob"])


def test_a_cage_in_use_is_not_closed_an_empty_one_frees_its_name(world: World) -> None:
    there, animal = cage(world), mouse(world, "A")
    housing.move_subjects([animal], there, by=world.people["bob"])
    with pytest.raises(housing.CageInUse, match="A still live in cage C1"):
        housing.close_cage(there, by=world.people["bob"])
    with pytest.raises(ValidationError):
        cage(world)
    housing.empty_cage(there, by=world.people["bob"])
    housing.close_cage(there, by=world.people["bob"])
    assert cage(world).pk != there.pk
    with pytest.raises(housing.HousingRefused, match="was closed"):
        housing.move_subjects([animal], there, by=world.people["bob"])


def test_a_death_ends_the_stay(world: World) -> None:
    animal = mouse(world, "A")
    housing.move_subjects([animal], cage(world), by=world.people["bob"])
    change_subject(animal, {"death_date": TODAY}, by=world.people["alice"])
    assert home(animal) is None


def test_a_cage_named_in_a_change_is_a_move(world: World) -> None:
    change_subject(world.subject, {"cage": " B12 ", "ear_mark": "L"}, by=world.people["alice"])
    assert home(world.subject) == "B12"
    assert world.subject.ear_mark == "L"
    change_subject(world.subject, {"cage": ""}, by=world.people["alice"])
    assert home(world.subject) is None
    assert Cage.objects.filter(name="B12").count() == 1


def test_a_subject_enters_into_its_cage(world: World) -> None:
    entered = enter_subject({"nickname": "N1", "lab": world.lab, "cage": "B12"}, by=world.people["stock"])
    assert home(entered) == "B12"


def test_a_change_of_something_else_keeps_the_cage_of_a_move_meanwhile(world: World) -> None:
    stale = Subject.objects.get(pk=world.subject.pk)
    housing.move_subjects([world.subject], cage(world), by=world.people["bob"])
    change_subject(stale, {"ear_mark": "R"}, by=world.people["alice"])
    assert home(stale) == "C1"


def make_rack(world: World, name: str = "R1") -> Rack:
    room = LabLocation.objects.get_or_create(name="room 1", lab=world.lab)[0]
    return enter_rack({"name": name, "location": room, "n_rows": 2, "n_columns": 3}, by=world.people["bob"])


def test_a_place_holds_one_cage_and_two_can_swap(world: World) -> None:
    rack, one, two, bob = make_rack(world), cage(world), cage(world, "C2"), world.people["bob"]
    one = housing.place_cage(one, housing.Place(rack, 1, 1), by=bob)
    two = housing.place_cage(two, housing.Place(rack, 2, 3), by=bob)
    with pytest.raises(housing.PlaceTaken, match="cage C2 stands in row 2, column 3"):
        housing.place_cage(one, housing.Place(rack, 2, 3), by=bob)
    housing.place_cage(one, housing.Place(rack, 2, 3), swap=True, by=bob)
    one.refresh_from_db()
    two.refresh_from_db()
    assert ((one.row, one.column), (two.row, two.column)) == ((2, 3), (1, 1))


@pytest.mark.parametrize(("row", "column"), [(0, 1), (3, 1), (1, 4)])
def test_a_place_is_inside_its_rack(world: World, row: int, column: int) -> None:
    with pytest.raises(housing.HousingRefused, match="it has 2 rows and 3 columns"):
        housing.place_cage(cage(world), housing.Place(make_rack(world), row, column), by=world.people["bob"])


def test_history_costs_one_query_for_a_cage_and_for_a_subject(world: World, django_assert_num_queries: Any) -> None:
    there, animals = cage(world, capacity=9), [mouse(world, f"A{i}") for i in range(6)]
    housing.move_subjects(animals, there, by=world.people["bob"])
    housing.empty_cage(there, by=world.people["bob"])
    housing.move_subjects(animals[:3], there, by=world.people["bob"])
    with django_assert_num_queries(1):
        assert len([f"{stay.subject} {stay.housing}" for stay in stays_of_cage(there)]) == 9
    with django_assert_num_queries(1):
        assert [str(stay.housing.cage) for stay in stays_of_subject(animals[0]) if stay.housing] == ["C1", "C1"]


def test_a_move_costs_as_many_queries_for_eight_as_for_two(world: World) -> None:
    animals = [mouse(world, f"A{i}") for i in range(10)]
    counts = []
    for name, some in (("C1", animals[:2]), ("C2", animals[2:])):
        there = cage(world, name, capacity=20)
        with CaptureQueriesContext(connection) as done:
            housing.move_subjects(some, there, by=world.people["bob"])
        counts.append(len(done))
    assert counts[0] == counts[1] <= 20


@pytest.mark.django_db(transaction=True)
def test_moves_at_once_never_exceed_the_capacity(world: World) -> None:
    there, animals = cage(world, capacity=3), [mouse(world, f"A{i}") for i in range(8)]
    start, outcomes = Barrier(8), []

    def move(animal: Subject) -> None:
        start.wait()
        try:
            housing.move_subjects([animal], there, by=world.people["bob"])
            outcomes.append("moved")
        except housing.CageFull:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [Thread(target=move, args=(animal,)) for animal in animals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 5 + ["moved"] * 3
    assert HousingSubject.objects.filter(end_datetime=None).count() == 3
    assert Housing.objects.filter(cage=there).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_same_animals_both_ways_leave_each_in_one_cage(world: World) -> None:
    one, two = cage(world, capacity=9), cage(world, "C2", capacity=9)
    animals = [mouse(world, f"A{i}") for i in range(4)]
    start, failures = Barrier(6), []

    def move(there: Cage, order: list[Subject]) -> None:
        start.wait()
        try:
            housing.move_subjects(order, there, by=world.people["bob"])
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    turns = [(one, animals), (two, animals[::-1])] * 3
    threads = [Thread(target=move, args=turn) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len({home(animal) for animal in animals}) == 1
    assert HousingSubject.objects.filter(end_datetime=None).count() == 4


def test_the_snippet_of_the_guide_runs(world: World) -> None:
    guide = Path(__file__).parents[3] / "docs" / "guides" / "cages.md"
    code = re.findall(r"```python\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec("\n".join(code), names)
    names["give_a_cage_of_its_own"](world.subject, "B12", world.people["bob"])
    assert home(world.subject) == "B12"
