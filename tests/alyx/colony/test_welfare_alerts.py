"""Who is told when an animal needs care; the cases that users of Alyx rely on, and animals with bad data."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from bregma.alyx.actions.models import Notification, WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.colony.models import Licence, LicenceUse
from bregma.alyx.colony.welfare import conditions
from bregma.alyx.colony.welfare.alerts import (
    check_weighing,
    check_weighing_later,
    judge_end,
    judge_quota,
    judge_training,
    judge_water,
    judge_weighing,
    judge_weight,
    read_licences,
)
from bregma.alyx.colony.welfare.conditions import Condition, load_conditions
from bregma.alyx.inbox import rounds
from bregma.alyx.inbox.rounds import Alert, Check, make_round
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2018, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def mouse(world: World) -> Subject:
    """A mouse of 10 g, restricted from 2 June 2018 on, with 10 mL of water on 3 June; its lab asks for 85 %."""
    world.lab.reference_weight_pct = 0.85
    world.lab.save()
    found = Subject.objects.create(
        nickname="test", lab=world.lab, responsible_user=world.people["alice"], birth_date=date(2018, 1, 1)
    )
    weigh(found, 10, at(1))
    WaterRestriction.objects.create(subject=found, lab=world.lab, start_time=at(2), reference_weight=10)
    WaterAdministration.objects.create(subject=found, date_time=at(3), water_administered=10)
    return found


def weigh(subject: Subject, grams: float, when: datetime) -> Weighing:
    return Weighing.objects.create(subject=subject, weight=grams, date_time=when)


def condition(subject: Subject, now: datetime) -> Condition:
    return load_conditions([subject], now)[0]


@pytest.mark.parametrize(
    ("grams", "title"),
    [
        (9, None),
        (7, "WARNING: test weight was 70.0% on 2018-06-09 16:00"),
        (8.5, "WARNING: test weight was 85.0% on 2018-06-09 16:00"),
        (8.6, "ATTENTION: test weight was 86.0% on 2018-06-09 16:00"),
        (8.7, "ATTENTION: test weight was 87.0% on 2018-06-09 16:00"),
        (8.71, None),
        (0, None),
    ],
)
def test_a_light_weighing_is_told_at_once(mouse: Subject, grams: float, title: str | None) -> None:
    found = check_weighing(weigh(mouse, grams, at(9, 16)), now=at(9, 16))
    assert (found and found.title) == title
    round_would_say = judge_weight(condition(mouse, at(9, 17)))
    assert (round_would_say and round_would_say.title) == title


def test_an_old_weighing_tells_nobody(mouse: Subject) -> None:
    assert check_weighing(weigh(mouse, 7, at(6)), now=at(9)) is None


def test_a_weighing_is_checked_once_it_is_committed(mouse: Subject, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        check_weighing_later(weigh(mouse, 7, timezone.now()))
        assert not Notification.objects.exists()
    assert Notification.objects.get().title.startswith("WARNING: test weight was 70.0%")


def test_a_missing_weight_is_told_in_the_evening(mouse: Subject) -> None:
    assert judge_weighing(condition(mouse, at(10, 17))) is None
    said = judge_weighing(condition(mouse, at(10, 18)))
    assert said is not None
    assert said.title == "ATTENTION: weighing missing for test on 2018-06-10"
    weigh(mouse, 25, at(10, 0))
    assert judge_weighing(condition(mouse, at(10, 18))) is None


def test_the_evening_is_that_of_the_lab(mouse: Subject) -> None:
    mouse.lab.timezone = "America/New_York"
    mouse.lab.save()
    assert judge_weighing(condition(mouse, at(10, 19))) is None
    assert judge_weighing(condition(mouse, at(10, 22))) is not None


def test_on_the_first_day_the_reference_weight_will_do(mouse: Subject) -> None:
    assert judge_weighing(condition(mouse, at(2, 20))) is None
    assert judge_weighing(condition(mouse, at(3, 20))) is not None


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (at(3, 16), False),
        (at(4, 9), False),
        (at(4, 10), False),
        (at(4, 11), True),
        (at(4, 12), True),
        (at(2, 22, 30), False),
    ],
)
def test_water_is_due_23_hours_after_the_last(mouse: Subject, now: datetime, told: bool) -> None:
    assert (judge_water(condition(mouse, now)) is not None) is told


def test_a_mouse_that_was_never_given_water_is_told_of(mouse: Subject) -> None:
    WaterAdministration.objects.all().delete()
    assert judge_water(condition(mouse, at(2, 22))) is None
    said = judge_water(condition(mouse, at(3, 8)))
    assert said is not None
    assert said.message == "0.4 mL remaining today. Last water: never."


def test_a_mouse_in_training_should_be_trained(mouse: Subject, world: World) -> None:
    from tests.alyx.factories import make_session

    assert judge_training(condition(mouse, at(10, 19))) is None
    make_session(mouse, day=date(2018, 6, 9))
    said = judge_training(condition(mouse, at(10, 19)))
    assert said is not None
    assert said.title == "test was not trained on 2018-06-10"
    make_session(mouse, day=date(2018, 6, 10))
    assert judge_training(condition(mouse, at(10, 19))) is None
    assert judge_training(condition(mouse, at(20, 19))) is None


def test_a_round_tells_each_thing_once(mouse: Subject) -> None:
    weigh(mouse, 7, at(9))
    first = make_round(at(10, 20))
    assert first.told["water restriction"] == 3  # light, not weighed, not watered
    assert make_round(at(10, 20, 1)).told["water restriction"] == 0
    assert make_round(at(11, 20)).told["water restriction"] == 2
    assert Notification.objects.filter(users__username="alice").count() == 5


def test_what_was_told_at_once_is_not_told_again_by_the_round(mouse: Subject) -> None:
    check_weighing(weigh(mouse, 7, at(9, 8)), now=at(9, 8))
    assert make_round(at(9, 9)).told["water restriction"] == 1  # water
    assert Notification.objects.filter(notification_type="mouse_underweight").count() == 1


def test_the_dead_and_the_unrestricted_are_left_alone(mouse: Subject) -> None:
    weigh(mouse, 7, at(9))
    WaterRestriction.objects.update(end_time=at(9))
    assert not make_round(at(10, 20)).told["water restriction"]
    WaterRestriction.objects.update(end_time=None)
    Subject.objects.filter(pk=mouse.pk).update(death_date="2018-06-09")
    assert not make_round(at(10, 20)).told["water restriction"]


def test_one_bad_animal_does_not_stop_the_others(
    mouse: Subject, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    others = [
        Subject.objects.create(nickname=name, lab=world.lab, responsible_user=world.people["alice"])
        for name in ("aaa", "zzz")
    ]
    for one in others:
        WaterRestriction.objects.create(subject=one, lab=world.lab, start_time=at(2), reference_weight=10)
    read = conditions.load_water_today

    def broken(subjects: Any, *, now: Any) -> Any:
        if any(one.nickname == "test" for one in subjects):
            raise OverflowError("date value out of range")
        return read(subjects, now=now)

    monkeypatch.setattr(conditions, "load_water_today", broken)
    with caplog.at_level(logging.ERROR):
        report = make_round(at(10, 20))
    assert report.failures == ["test: date value out of range"]
    told = Notification.objects.filter(notification_type="mouse_not_weighed")
    assert {row.subject.nickname for row in told if row.subject} == {"aaa", "zzz"}
    assert any(record.exc_info for record in caplog.records)


def test_one_bad_judgement_stops_nothing_else(
    mouse: Subject, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def judge(row: int) -> Alert | None:
        if row == 1:
            Subject.objects.create(nickname="test", lab=mouse.lab)  # which the database refuses
        return Alert(kind="breeding", title=f"row {row}", subject=mouse)

    def unreadable(now: datetime, failures: list[str]) -> list[int]:
        raise LookupError("nothing there")

    monkeypatch.setattr(rounds, "_checks", {})
    rounds.add_checks(Check("bad", unreadable, (judge,)), Check("rows", lambda now, bad: [0, 1, 2], (judge,)))
    report = make_round(at(10))
    assert report.told["rows"] == 2
    assert [words.split(":")[0] for words in report.failures] == ["bad", "rows, 1"]


def test_a_round_with_nothing_new_costs_the_same_for_any_number_of_animals(
    mouse: Subject, world: World, django_assert_max_num_queries: Any
) -> None:
    for i in range(20):
        one = Subject.objects.create(nickname=f"m{i}", lab=world.lab, responsible_user=world.people["alice"])
        WaterRestriction.objects.create(subject=one, lab=world.lab, start_time=at(2), reference_weight=10)
    make_round(at(10, 20))
    with django_assert_max_num_queries(16):
        rows = conditions.load_each(list(conditions.restricted_subjects(at(10, 20))), at(10, 20), [])
    assert len(rows) == 21


def test_a_licence_that_ends_or_is_used_up_is_told_of(world: World) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="manager")
    licence = Licence.objects.create(
        number="PL 1",
        lab=world.lab,
        holder=world.people["alice"],
        start_date="2018-01-01",
        end_date="2018-08-09",
        quota=2,
    )
    state = read_licences(at(9), [])[0]
    assert judge_quota(state) is None
    assert judge_end(state) is None
    ending = judge_end(read_licences(at(10), [])[0])
    assert ending is not None
    assert ending.title == "Licence PL 1 ends on 2018-08-09"
    assert {person.username for person in ending.users} == {"alice", "bob"}
    for name in ("m1", "m2"):
        one = Subject.objects.create(nickname=name, lab=world.lab)
        LicenceUse.objects.create(licence=licence, subject=one, start_date="2018-02-01")
    used = judge_quota(read_licences(at(9), [])[0])
    assert used is not None
    assert (used.title, used.message) == ("Licence PL 1: all of its animals are used", "2 of 2 animals are assigned.")
    assert judge_end(read_licences(at(9) + timedelta(days=300), [])[0]) is None


@pytest.mark.django_db(transaction=True)
def test_two_processes_make_no_round_at_once(mouse: Subject) -> None:
    import threading

    from django.db import connection

    skipped = []

    def other() -> None:
        try:
            skipped.append(make_round(at(10, 20)).skipped)
        finally:
            connection.close()

    assert rounds._take_turn()
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    rounds._end_turn()
    assert skipped == [True]


def test_rounds_go_on_after_one_fails(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    import threading

    end, made = threading.Event(), []

    def fail() -> None:
        made.append(1)
        if len(made) == 3:
            end.set()
        raise OSError("the database is away")

    monkeypatch.setattr(rounds, "make_round", fail)
    monkeypatch.setattr(rounds, "close_old_connections", lambda: None)
    rounds.keep_making_rounds(0, end=end)
    assert len(made) == 3
    assert "the database is away" in caplog.text


def test_whoever_weighs_by_the_service_is_warned(
    mouse: Subject, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    from bregma.alyx.actions.services import weigh as enter_weight

    with django_capture_on_commit_callbacks(execute=True):
        enter_weight(mouse, 7, by=world.people["bob"])
    assert [user.username for user in Notification.objects.get().users.all()] == ["alice"]
