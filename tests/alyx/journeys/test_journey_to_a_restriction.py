"""An experimenter asks for animals, gets them from the stock, implants one, and restricts its water."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.alyx.journeys.lab import make_animal

from bregma.alyx.actions.models import Surgery, WaterRestriction, Weighing
from bregma.alyx.colony.models import AdverseEvent, LicenceUse
from bregma.alyx.subjects.models import Subject, SubjectRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab
    from tests.alyx.journeys.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

LINE = "CamK2a-tTA; tetO-GCaMP6s"
MODERATE = "3 – Moderate: short moderate, or lasting mild pain"


def test_animals_are_asked_for_given_implanted_and_restricted(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    for name in ("CK01", "CK02", "CK03"):
        make_animal(lab, name, "stock")
    alice = walk_of("alice", dark=True)
    ask(alice)
    give(walk_of("stock"))
    alice.open_notice("CK01 is alice's now")
    alice.main.get_by_role("heading", name="CK01").wait_for()
    license_them(walk_of("mona"))
    operate(alice)
    report_trouble(alice)
    restrict(alice)
    check_rows(lab)


def ask(alice: Walk) -> None:
    alice.go("Colony", "Requests")
    alice.follow("New request")
    alice.fill(Line=LINE, How_many="2", Remarks="Females, for the imaging rig")
    alice.press("Ask")
    alice.heard("the stock managers are told")


def give(stock: Walk) -> None:
    stock.open_notice("alice asks for 2")
    stock.main.get_by_text("Females, for the imaging rig").wait_for()
    stock.fill(CK01=True, CK02=True)
    stock.press("Give them")
    stock.heard("2 given to alice")
    stock.main.get_by_text("Done", exact=True).wait_for()


def license_them(mona: Walk) -> None:
    mona.go("Colony", "Welfare")
    mona.follow("Licences")
    mona.follow("PL 12/34")
    mona.follow("Assign animals")
    mona.fill(Animals="CK01, CK02", Expected_severity=MODERATE)
    mona.press("Assign")
    mona.main.get_by_text("2 of 20; 18 left").first.wait_for()


def operate(alice: Walk) -> None:
    alice.go("Subjects")
    alice.main.get_by_text("Views", exact=True).click()
    alice.follow("Mine, alive")
    alice.follow("CK01", exact=True)
    alice.do("New surgery")
    alice.fill(Outcome="Recovery", Weight_of_the_implant="1.4", Headplate_implant=True)
    expect(alice.main.get_by_label("Narrative")).to_have_value("Isoflurane, headbar, dental cement.")
    alice.press("Save")
    alice.main.get_by_text("1.40 g").wait_for()
    alice.follow("CK01", exact=True)


def report_trouble(alice: Walk) -> None:
    alice.do("Adverse event")
    alice.fill(Sign="Wound or implant problem", Severity=MODERATE, What_you_saw="Skin is red around the implant")
    alice.press("Report")
    alice.heard("The adverse event of CK01 is recorded")


def restrict(alice: Walk) -> None:
    alice.do("Restrict water")
    alice.main.get_by_text("weigh it first").wait_for()  # the rule, before it is broken
    alice.visit.expected = ("422",)
    alice.press("Start the restriction")
    alice.main.get_by_text("CK01 was not weighed in the week before").wait_for()
    alice.look("restrict-refused")
    alice.follow("Weights and water")
    alice.fill(**{"Weight_(g)": "23.4"})
    alice.main.get_by_role("button", name="Enter weight").click()
    alice.said.get_by_text("23.4 g is entered").wait_for()
    alice.do("Restrict water")
    alice.press("Start the restriction")
    alice.heard("CK01 is on water restriction")
    alice.main.get_by_text("0.88 mL of 0.88 mL").wait_for()  # 4 % of 22 g, which is the mouse without its implant


def check_rows(lab: JourneyLab) -> None:
    request = SubjectRequest.objects.get()
    assert {one.nickname for one in request.subject_set.all()} == {"CK01", "CK02"}
    mouse = Subject.objects.get(nickname="CK01")
    assert mouse.responsible_user == lab.people["alice"]
    assert mouse.actual_severity == 3
    assert Subject.objects.get(nickname="CK03").responsible_user == lab.people["stock"]
    assert LicenceUse.objects.filter(licence__number="PL 12/34", expected_severity=3).count() == 2
    surgery = Surgery.objects.get(subject=mouse)
    assert (surgery.implant_weight, surgery.outcome_type) == (1.4, "r")
    assert surgery.narrative == "Isoflurane, headbar, dental cement."
    assert [one.name for one in surgery.procedures.all()] == ["Headplate implant"]
    assert AdverseEvent.objects.get().subject == mouse
    assert Weighing.objects.get().weight == 23.4
    restriction = WaterRestriction.objects.get()
    assert (restriction.subject, restriction.reference_weight, restriction.end_time) == (mouse, 23.4, None)
