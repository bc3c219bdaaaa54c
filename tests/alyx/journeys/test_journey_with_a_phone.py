"""A technician weighs and waters two mice for three days with a phone, once without a connection."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.alyx.journeys.lab import make_animal
from tests.browser import PHONE

from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.inbox.rounds import make_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab
    from tests.alyx.journeys.walk import Walk

    from bregma.alyx.subjects.models import Subject

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
BEFORE = {2: (24.0, 0.96), 1: (23.6, 0.94)}
"""What PH01 weighed and got on the days before."""


def days_ago(days: int, hour: int) -> datetime:
    return datetime.combine(datetime.now(UTC).date() - timedelta(days=days), time(hour), UTC)


def thirsty(lab: JourneyLab, name: str) -> Subject:
    """Make a mouse of alice whose water has been restricted for three days."""
    mouse = make_animal(lab, name, "alice")
    WaterRestriction.objects.create(subject=mouse, start_time=days_ago(3, 8), reference_weight=25)
    return mouse


def test_mice_are_weighed_and_watered_for_three_days(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    first, second = thirsty(lab, "PH01"), thirsty(lab, "PH02")
    Weighing.objects.create(subject=second, weight=21, date_time=days_ago(1, 9))
    tess = walk_of("tess", width=PHONE, dark=True)
    for days, (grams, millilitres) in BEFORE.items():
        enter_another_day(tess, days, grams, millilitres)
    weigh_and_water(tess)
    weigh_and_water_offline(tess)
    check_rows(lab, first, second)
    hear_of_the_light_one(walk_of("alice", width=PHONE))


def enter_another_day(tess: Walk, days: int, grams: float, millilitres: float) -> None:
    tess.go("Subjects")
    tess.follow("PH01", exact=True)
    tess.do("Weigh")
    tess.fill(**{"Weight_(g)": str(grams), "When": f"{days_ago(days, 9):%Y-%m-%dT%H:%M}"})
    tess.press("Save")
    tess.do("Give water")
    tess.fill(**{"Water_(mL)": str(millilitres), "When": f"{days_ago(days, 10):%Y-%m-%dT%H:%M}"})
    tess.press("Save")
    tess.heard(f"PH01: {millilitres:g} mL of water is entered")


def weigh_and_water(tess: Walk) -> None:
    tess.go("Today")
    expect(tess.main.get_by_text("2 to weigh · 2 to water")).to_be_visible()
    mouse = tess.main.get_by_role("listitem").filter(has=tess.page.get_by_role("link", name="PH01")).first
    mouse.get_by_label("Weight (g) of PH01").fill("23.5")
    expect(mouse.get_by_text("Due 0.94 mL")).to_be_visible()
    mouse.get_by_role("button", name="Save and give 0.94 mL to PH01").tap()
    expect(tess.main.get_by_text("1 to weigh · 1 to water")).to_be_visible()


def weigh_and_water_offline(tess: Walk) -> None:
    tess.visit.expected = (OFFLINE,)
    tess.page.wait_for_selector("[data-kept=yes]")
    tess.visit.context.set_offline(True)
    tess.main.get_by_label("Weight (g) of PH02").fill("19.5")
    tess.main.get_by_role("button", name="Save and give 0.98 mL to PH02").tap()
    waiting = tess.page.get_by_role("region", name="Entries on this phone")
    expect(waiting).to_contain_text("wait on this phone")
    tess.page.reload()
    expect(waiting).to_contain_text("wait on this phone")
    tess.look("today-offline")
    tess.visit.context.set_offline(False)
    expect(waiting).to_be_hidden(timeout=20_000)
    tess.go("Today")
    expect(tess.main.get_by_text("All done: every mouse is weighed and has its water.")).to_be_visible()
    expect(tess.main.get_by_text("Light, look at it first: PH02 78 %")).to_be_visible()


def hear_of_the_light_one(alice: Walk) -> None:
    make_round()
    alice.open_notice("PH02")
    alice.main.get_by_role("heading", name="PH02").wait_for()


def check_rows(lab: JourneyLab, first: Subject, second: Subject) -> None:
    weights = Weighing.objects.filter(subject=first).order_by("date_time")
    drinks = WaterAdministration.objects.filter(subject=first).order_by("date_time")
    assert [row.weight for row in weights] == [24.0, 23.6, 23.5]
    assert [row.water_administered for row in drinks] == [0.96, 0.94, 0.94]
    assert [row.date_time for row in weights][:2] == [days_ago(2, 9), days_ago(1, 9)]
    assert {row.user for row in (*weights, *drinks)} == {lab.people["tess"]}
    assert [row.weight for row in Weighing.objects.filter(subject=second).order_by("date_time")] == [21, 19.5]
    assert [row.water_administered for row in WaterAdministration.objects.filter(subject=second)] == [0.98]
