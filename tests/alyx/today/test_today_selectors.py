"""The work of the day: which mice, by the clock of which lab, in which order, in how many queries."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.alyx.factories import make_session

from bregma.alyx.actions.models import Surgery, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.actions.services import give_water, weigh
from bregma.alyx.subjects.models import Litter, Subject
from bregma.alyx.subjects.water import load_water_of
from bregma.alyx.today.selectors import Choice, Scope, load_day, load_mouse
from bregma.alyx.today.selectors.entries import entries_of
from bregma.alyx.today.services import excuse


def names(mice: Any) -> list[str]:
    return [mouse.subject.nickname for mouse in mice]


def test_restricted_mice_are_to_be_weighed_watered_and_trained(world: Any, restricted: Any) -> None:
    restricted("M1")
    day = load_day(world.people["alice"])
    assert names(day.to_do) == names(day.to_train) == ["M1"]
    assert (day.n_to_weigh, day.n_to_water, day.done) == (1, 1, [])
    assert day.to_do[0].due == pytest.approx(0.04 * 24)


def test_mice_without_restriction_are_not_listed(world: Any, restricted: Any) -> None:
    mouse = restricted("M1")
    WaterRestriction.objects.filter(subject=mouse).update(end_time=timezone.now())
    assert load_day(world.people["alice"]).mice == []


def test_dead_mice_are_not_listed(world: Any, restricted: Any) -> None:
    restricted("M1", death_date=timezone.now().date())
    restricted("M2", death_date=timezone.now().date() - timedelta(days=3))
    assert load_day(world.people["alice"]).mice == []


def test_a_mouse_that_is_weighed_and_watered_is_done(world: Any, restricted: Any) -> None:
    mouse, alice = restricted("M1"), world.people["alice"]
    weigh(mouse, 24.5, by=alice)
    assert names(load_day(alice).to_do) == ["M1"]
    give_water(mouse, 0.98, by=alice)
    day = load_day(alice)
    assert names(day.done) == ["M1"]
    assert [(entry.kind, entry.amount, entry.person) for entry in day.done[0].amounts] == [
        ("weight", 24.5, "alice"),
        ("water", 0.98, "alice"),
    ]


def test_numbers_agree_with_entries_that_come_while_the_mouse_is_read(
    world: Any, restricted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mouse, alice = restricted("M1"), world.people["alice"]

    def read_late(*of: Any) -> Any:
        weigh(mouse, 24.5, by=alice)
        give_water(mouse, 0.5, by=alice)
        return entries_of(*of)

    monkeypatch.setattr("bregma.alyx.today.selectors.mouse.entries_of", read_late)
    shown = load_mouse(alice, mouse.pk)
    assert shown is not None
    told = shown.after(24.5)
    assert len(shown.facts["entries"]) == 2
    assert (told["given"], told["last"], told["weighed"]) == (0.5, 24.5, True)
    assert shown.due == pytest.approx(0.04 * 24.5 - 0.5)


def test_a_mouse_that_was_never_weighed_is_owed_nothing_yet(world: Any, restricted: Any) -> None:
    restricted("M1", grams=None)
    mouse = load_day(world.people["alice"]).to_do[0]
    assert (mouse.due, mouse.is_weighed) == (0, False)


@pytest.mark.parametrize(("hour", "is_weighed"), [(6, False), (8, True)])
def test_today_begins_at_midnight_of_the_lab(world: Any, restricted: Any, hour: int, is_weighed: bool) -> None:
    world.lab.timezone = "America/Los_Angeles"  # seven hours behind in summer
    world.lab.save()
    mouse = restricted("M1", grams=None)
    WaterRestriction.objects.filter(subject=mouse).update(start_time=datetime(2025, 7, 1, tzinfo=UTC))
    Weighing.objects.create(subject=mouse, weight=24, date_time=datetime(2025, 7, 10, hour, tzinfo=UTC))
    now = datetime(2025, 7, 10, 20, tzinfo=UTC)
    assert load_day(world.people["alice"], now=now).mice[0].is_weighed is is_weighed


def test_what_is_due_is_what_water_control_says_of_implants(world: Any, restricted: Any) -> None:
    mouse = restricted("M1", birth_date=date(2024, 1, 1))
    world.lab.zscore_weight_pct = 0.1
    world.lab.save()
    Surgery.objects.create(subject=mouse, start_time=timezone.now() - timedelta(days=3), implant_weight=1.5)
    shown, control = load_day(world.people["alice"]).mice[0], load_water_of(mouse)
    assert shown.due == control.remaining_water() != pytest.approx(0.96)
    assert shown.after(20)["due"] == control.water_for(20)
    assert shown.facts["implant"] == 1.5


def test_mice_come_as_one_walks_along_the_rack(world: Any, restricted: Any, housed: Any) -> None:
    for nickname, cage, row, column in [("A", "C9", 2, 1), ("B", "C10", 1, 2), ("C", "C2", 1, 1), ("M10", "C2", 1, 1)]:
        housed(restricted(nickname), cage, row=row, column=column)
    restricted("homeless")
    day = load_day(world.people["alice"])
    assert names(day.mice) == ["C", "M10", "B", "A", "homeless"]
    assert day.mice[0].place.words == "Room 1 · Rack A · row 1, column 1"


def test_the_page_is_narrowed_to_own_mice_a_lab_a_room_or_a_cage(world: Any, restricted: Any, housed: Any) -> None:
    bob = world.people["bob"]
    cage = housed(restricted("M1"), "C1")
    housed(restricted("M2", responsible_user=bob), "C2", column=2, room="Room 2")

    def shown(**choice: Any) -> list[str]:
        return names(load_day(bob, Choice(**choice)).mice)

    assert shown() == ["M1", "M2"]
    assert shown(scope=Scope.MINE) == ["M2"]
    assert shown(room="Room 2") == ["M2"]
    assert shown(cage="C1") == shown(cage=str(cage.pk)) == ["M1"]
    assert shown(lab="otherlab") == []
    assert [(part.words, part.n) for part in load_day(bob).parts] == [("All", 2), ("Mine", 1)]


@pytest.mark.parametrize(
    ("person", "sees"),
    [("alice", True), ("dora", True), ("bob", True), ("root", True), ("stock", True), ("charlie", False)],
)
def test_only_mice_that_a_person_may_write_are_work(world: Any, restricted: Any, person: str, sees: bool) -> None:
    restricted("M1", to_be_culled=True, to_be_genotyped=True)
    day = load_day(world.people[person])
    assert bool(day.mice) == bool(day.to_cull) == bool(day.to_genotype) == sees


def test_a_session_or_a_reason_ends_the_training_of_a_day(world: Any, restricted: Any) -> None:
    first, second = restricted("M1"), restricted("M2")
    make_session(first, day=timezone.now().date())
    excuse(second, "Day off", by=world.people["alice"], key=uuid.uuid4())
    day = load_day(world.people["alice"])
    assert day.to_train == []
    assert names(day.trained) == ["M1", "M2"]
    assert day.trained[1].excuse is not None
    assert day.trained[1].excuse.words == "Not trained today: Day off"


def test_light_mice_come_first(world: Any, restricted: Any) -> None:
    restricted("fine", grams=24)
    restricted("nearly", grams=20.2)
    restricted("light", grams=19)
    assert names(load_day(world.people["alice"]).light) == ["light", "nearly"]


def test_litters_to_wean_are_those_of_own_labs(world: Any) -> None:
    old = timezone.now().date() - timedelta(days=23)
    mother = Subject.objects.create(nickname="mother", lab=world.lab, sex="F")
    Litter.objects.create(name="L1", mother=mother, birth_date=old, n_males=3, n_females=2)
    Litter.objects.create(name="young", mother=mother, birth_date=old + timedelta(days=9), n_males=3)
    (chore,) = load_day(world.people["bob"]).to_wean
    assert (chore.name, chore.n, chore.late_by) == ("L1", 5, 2)
    assert load_day(world.people["charlie"]).to_wean == []


def test_cages_due_for_cleaning_are_listed(world: Any, restricted: Any, housed: Any) -> None:
    cage = housed(restricted("M1"), "C1")
    cage.cage_cleaning_frequency_days = 7
    cage.cleaned_on = timezone.now().date() - timedelta(days=8)
    cage.save()
    cage.housings.get().housing_subjects.update(start_datetime=timezone.now() - timedelta(days=20))
    assert [one.name for one in load_day(world.people["alice"]).to_clean] == ["C1"]


def test_animals_are_genotyped_by_litter(world: Any) -> None:
    litter = Litter.objects.create(name="L1")
    for n in (1, 2):
        Subject.objects.create(nickname=f"P{n}", lab=world.lab, litter=litter, to_be_genotyped=True)
    (group,) = load_day(world.people["bob"]).to_genotype
    assert (group.name, len(group.animals), group.query) == ("Litter L1", 2, f"litter={litter.pk}")


def test_the_page_costs_the_same_however_many_mice(
    client: Any, world: Any, restricted: Any, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.people["alice"])
    costs = []
    for numbers in (range(3), range(3, 60)):
        for number in numbers:
            mouse = restricted(f"M{number}", to_be_genotyped=True)
            weigh(mouse, 24, by=world.people["alice"])
            WaterAdministration.objects.create(subject=mouse, water_administered=0.1)
        client.get("/today/")
        with django_assert_max_num_queries(12) as asked:
            answer = client.get("/today/")
        costs.append(len(asked))
        assert answer.content.count(b"data-mouse=") == numbers.stop
    assert costs[0] == costs[1]
