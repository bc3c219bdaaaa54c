"""The pages of welfare: who needs care, adverse events, severity; who may see and write them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from PIL import Image

from bregma.alyx.actions.models import Notification, WaterRestriction, Weighing
from bregma.alyx.colony.models import AdverseEvent, Licence, LicenceUse
from bregma.alyx.colony.welfare.adverse import Report, migrate_legacy_text, report_adverse_event, resolve_adverse_event
from bregma.alyx.colony.welfare.severity import list_severity_changes, set_severity
from bregma.alyx.misc.models import LabMembership, Note
from bregma.alyx.subjects.models import Subject
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from tests.alyx.factories import World

SAW = {
    "sign": "wound",
    "severity": "2",
    "body_condition": "3",
    "date_time": "2024-01-31T10:00",
    "description": "A scratch behind the ear",
    "action_taken": "",
}


def visit(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def restrict(world: World, name: str, grams: float = 20) -> Subject:
    one = Subject.objects.create(nickname=name, lab=world.lab, responsible_user=world.people["alice"])
    start = timezone.now() - timedelta(days=3)
    WaterRestriction.objects.create(subject=one, lab=world.lab, start_time=start, reference_weight=25)
    Weighing.objects.create(subject=one, weight=grams, date_time=timezone.now() - timedelta(days=1))
    return one


def event_of(world: World, **more: Any) -> AdverseEvent:
    values = {"sign": "wound", "severity": 2, "description": "A scratch", **more}
    return report_adverse_event(world.subject, Report(**values), by=world.people["alice"])


def path_of(world: World, page: str) -> str:
    return f"/colony/subjects/{world.subject.pk}/{page}/"


def test_the_landing_page_shows_who_needs_care(world: World) -> None:
    restrict(world, "thin", 17)
    restrict(world, "well", 25)
    event_of(world)
    page = visit(world, "bob").get("/colony/welfare/").content.decode()
    assert "2 animals are on water restriction" in page
    under = page.split('id="underweight"')[1].split("</section>")[0]
    assert "thin" in under
    assert "well" not in under
    assert "68.0 %" in under
    assert "Wound or implant problem" in page


def test_an_animal_that_cannot_be_judged_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bregma.alyx.colony.welfare import conditions

    restrict(world, "fine", 17)
    restrict(world, "broken", 17)
    read = conditions.load_water_today

    def broken(subjects: Any, *, now: Any) -> Any:
        if any(one.nickname == "broken" for one in subjects):
            raise OverflowError("date value out of range")
        return read(subjects, now=now)

    monkeypatch.setattr(conditions, "load_water_today", broken)
    page = visit(world, "bob").get("/colony/welfare/").content.decode()
    assert "broken: date value out of range" in page
    assert "fine" in page


@pytest.mark.parametrize("scope", ["mine", "labs", "all"])
def test_one_chooses_whose_animals(world: World, scope: str) -> None:
    restrict(world, "thin", 17)
    found = {
        name: "thin" in visit(world, name).get(f"/colony/welfare/?of={scope}").content.decode()
        for name in world.people
        if name != "visitor"
    }
    seen = {"mine": {"alice"}, "labs": {"alice", "bob"}, "all": set(found)}[scope]
    assert {name for name, sees in found.items() if sees} == seen


@pytest.mark.parametrize("path", ["/colony/welfare/?of=all", "/colony/welfare/events/", "/colony/welfare/licences/"])
def test_a_page_costs_the_same_queries_for_any_number_of_animals(
    world: World, path: str, django_assert_max_num_queries: Any
) -> None:
    licence = Licence.objects.create(number="PL", lab=world.lab, quota=20)
    for i in range(20):
        one = restrict(world, f"m{i}", 17)
        AdverseEvent.objects.create(subject=one, severity=2, description="x", user=world.people["bob"])
        LicenceUse.objects.create(licence=licence, subject=one)
        Licence.objects.create(number=f"PL {i}", lab=world.lab, holder=world.people["bob"])
    client = visit(world, "bob")
    with django_assert_max_num_queries(12):
        assert client.get(path).status_code == 200


def test_the_tab_and_a_licence_cost_few_queries(world: World, django_assert_max_num_queries: Any) -> None:
    licence = Licence.objects.create(number="PL", lab=world.lab, quota=20)
    for i in range(20):
        event_of(world)
        LicenceUse.objects.create(licence=licence, subject=restrict(world, f"m{i}"))
    client = visit(world, "bob")
    with django_assert_max_num_queries(12):
        assert client.get(path_of(world, "welfare")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(f"/colony/welfare/licences/{licence.pk}/").status_code == 200


def test_an_adverse_event_is_reported_with_a_photo(world: World) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "ear.png"
    answer = visit(world, "bob").post(path_of(world, "adverse-event"), {**SAW, "photo": picture})
    assert answer.status_code == 302
    event = AdverseEvent.objects.get()
    assert (event.sign, event.severity, event.body_condition, event.user) == ("wound", 2, 3, world.people["bob"])
    assert Note.objects.get().image
    world.subject.refresh_from_db()
    assert world.subject.actual_severity == 2


def test_the_moment_is_by_the_clock_of_the_lab(world: World) -> None:
    world.lab.timezone = "America/New_York"
    world.lab.save()
    LabMembership.objects.update(start_date=None)  # in the evening of the lab, UTC's today is still to come
    visit(world, "bob").post(path_of(world, "adverse-event"), SAW)
    assert AdverseEvent.objects.get().date_time.hour == 15


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", "9"), ("body_condition", "6"), ("description", ""), ("sign", "x"), ("date_time", "2999-01-01T10:00")],
)
def test_a_report_that_cannot_be_is_refused(world: World, field: str, value: str) -> None:
    assert visit(world, "bob").post(path_of(world, "adverse-event"), {**SAW, field: value}).status_code == 422
    assert not AdverseEvent.objects.exists()


def test_a_severe_event_is_told_to_managers_and_owner_at_once(world: World) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="lab manager")
    event_of(world, severity=3)
    assert not Notification.objects.exists()
    event_of(world, severity=4)
    found = Notification.objects.get()
    assert found.title == "Severe: wound or implant problem of KS014"
    assert {user.username for user in found.users.all()} == {"alice", "bob"}


def test_severity_rises_by_itself_and_never_falls(world: World) -> None:
    event_of(world, severity=3)
    event_of(world, severity=1)
    world.subject.refresh_from_db()
    assert world.subject.actual_severity == 3


def test_only_a_manager_lowers_severity_and_says_why(world: World) -> None:
    alice, bob = world.people["alice"], world.people["bob"]
    set_severity(world.subject, 4, by=alice)
    with pytest.raises(PermissionDenied, match="only a manager"):
        set_severity(world.subject, 2, by=alice, reason="it was mild")
    LabMembership.objects.filter(user=bob).update(role="manager")
    with pytest.raises(ValidationError, match="say why"):
        set_severity(world.subject, 2, by=bob)
    subject = set_severity(world.subject, 2, by=bob, reason="the first look was wrong")
    assert subject.actual_severity == 2
    last = list_severity_changes(subject)[0]
    assert (last.before, last.after, last.reason, last.who) == ("Severe", "Mild", "the first look was wrong", "bob")
    page = visit(world, "alice").get(path_of(world, "welfare")).content.decode()
    assert "the first look was wrong" in page


def test_the_form_says_who_may_lower_severity(world: World) -> None:
    set_severity(world.subject, 4, by=world.people["alice"])
    answer = visit(world, "alice").post(path_of(world, "severity"), {"severity": "2", "reason": "mild"})
    assert answer.status_code == 422
    assert "only a manager" in answer.content.decode()


def test_an_event_is_over_once_and_with_words(world: World) -> None:
    event = event_of(world)
    path = f"/colony/welfare/events/{event.pk}/"
    client = visit(world, "bob")
    assert client.post(path, {"action_taken": " "}).status_code == 422
    assert client.post(path, {"action_taken": "Cleaned"}).status_code == 302
    event.refresh_from_db()
    assert event.resolved_at
    assert event.action_taken == "Cleaned"
    with pytest.raises(ValidationError, match="already"):
        resolve_adverse_event(event, "again", by=world.people["bob"])


def test_an_old_text_becomes_a_record(world: World) -> None:
    Subject.objects.filter(pk=world.subject.pk).update(adverse_effects="lost a claw", actual_severity=3)
    page = visit(world, "alice").get(path_of(world, "welfare")).content.decode()
    assert "lost a claw" in page
    assert visit(world, "alice").post(path_of(world, "welfare/old-text"), {"severity": "2"}).status_code == 302
    event = AdverseEvent.objects.get()
    assert (event.description, event.severity, event.resolved_at is None) == ("lost a claw", 2, False)
    world.subject.refresh_from_db()
    assert (world.subject.adverse_effects, world.subject.actual_severity) == ("", 3)
    with pytest.raises(ValidationError, match="no text"):
        migrate_legacy_text(world.subject, 2, by=world.people["alice"])


WRITERS = {"root", "stock", "alice", "dora", "bob"}


@pytest.mark.parametrize("name", ["root", "stock", "alice", "dora", "bob", "charlie", "visitor"])
def test_those_who_may_not_write_the_subject_are_refused(world: World, name: str) -> None:
    client = visit(world, name)
    event = event_of(world)
    may = name in WRITERS
    assert (client.post(path_of(world, "adverse-event"), SAW).status_code == 302) is may
    assert (client.post(path_of(world, "severity"), {"severity": "2"}).status_code == 302) is may
    path = f"/colony/welfare/events/{event.pk}/"
    assert (client.post(path, {"action_taken": "Cleaned"}).status_code == 302) is may
    event.refresh_from_db()
    assert (event.resolved_at is not None) is may
    client.post(path_of(world, "welfare/old-text"), {"severity": "2"})
    assert AdverseEvent.objects.count() == (2 if may else 1)


@pytest.mark.parametrize("path", ["/colony/welfare/", "/colony/welfare/returns/"])
def test_guests_and_the_public_see_no_overview(world: World, path: str) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="guest")
    assert visit(world, "bob").get(path).status_code == 403
    assert visit(world, "visitor").get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_licences_are_entered_by_managers_only(world: World) -> None:
    asked = {"number": "PL 9", "lab": world.lab.pk, "start_date": "2024-01-01", "severity_limit": "3", "quota": "5"}
    assert visit(world, "bob").post("/colony/welfare/licences/new/", asked).status_code == 403
    LabMembership.objects.filter(user=world.people["bob"]).update(role="manager")
    client = visit(world, "bob")
    assert client.post("/colony/welfare/licences/new/", {**asked, "lab": world.other_lab.pk}).status_code == 422
    answer = client.post("/colony/welfare/licences/new/", asked)
    assert answer.status_code == 302
    licence = Licence.objects.get()
    LicenceUse.objects.create(licence=licence, subject=world.subject)
    edit = f"/colony/welfare/licences/{licence.pk}/edit/"
    assert client.post(edit, {**asked, "quota": "0"}).status_code == 422
    assert client.post(edit, {**asked, "quota": "1"}).status_code == 302
    assert "all its animals are used" in client.get(f"/colony/welfare/licences/{licence.pk}/").content.decode()


def test_no_other_form_lowers_severity(world: World) -> None:
    alice = world.people["alice"]
    set_severity(world.subject, 4, by=alice)
    with pytest.raises(PermissionDenied, match="only a manager"):
        change_subject(world.subject, {"actual_severity": 2}, by=alice)
    with pytest.raises(PermissionDenied, match="only a manager"):
        change_subject(world.subject, {"actual_severity": None}, by=alice)
    assert change_subject(world.subject, {"actual_severity": 5}, by=alice).actual_severity == 5
