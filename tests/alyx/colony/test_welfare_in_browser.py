"""The pages of welfare and of notices, as people see them: phone and desk, light and dark."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.alyx.factories import make_world
from tests.browser import PHONE, SIGHTS, check_accessible

from bregma.alyx.actions.models import WaterRestriction, Weighing
from bregma.alyx.colony.models import AdverseEvent, Licence, LicenceUse
from bregma.alyx.colony.welfare.adverse import Report, report_adverse_event
from bregma.alyx.inbox.models import Delivery
from bregma.alyx.inbox.rounds import make_round
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGES = {
    "welfare": "/colony/welfare/",
    "tab": "/colony/subjects/{subject}/welfare/",
    "report": "/colony/subjects/{subject}/adverse-event/",
    "severity": "/colony/subjects/{subject}/severity/",
    "event": "/colony/welfare/events/{event}/",
    "events": "/colony/welfare/events/",
    "licences": "/colony/welfare/licences/",
    "licence": "/colony/welfare/licences/{licence}/",
    "assign": "/colony/welfare/licences/{licence}/assign/",
    "returns": "/colony/welfare/returns/",
    "inbox": "/inbox/?show=all",
    "preferences": "/inbox/preferences/",
    "log": "/inbox/log/",
}


@pytest.fixture
def colony(page_of: Callable[..., Any]) -> dict[str, Any]:
    """Some mice on restriction, one of them thin and wounded, and a licence that ends soon."""
    world = make_world()
    LabMembership.objects.filter(user=world.people["alice"]).update(role="manager")
    now, owner = timezone.now(), world.people["alice"]
    ends = timezone.localdate() + timedelta(days=40)
    values = {"title": "Decisions", "lab": world.lab, "holder": owner, "quota": 8, "end_date": ends}
    licence = Licence.objects.create(number="PL 12/34", **values)
    for i, grams in enumerate((17, 20.2, 24, 25)):
        one = Subject.objects.create(
            nickname=f"KS01{i}", lab=world.lab, responsible_user=owner, sex="F", birth_date=date(2024, 1, 1)
        )
        start = now - timedelta(days=3)
        WaterRestriction.objects.create(subject=one, lab=world.lab, start_time=start, reference_weight=25)
        Weighing.objects.create(subject=one, weight=grams, date_time=now - timedelta(days=i % 2))
        end = timezone.localdate() if i else None
        LicenceUse.objects.create(licence=licence, subject=one, expected_severity=3, end_date=end)
    thin = Subject.objects.get(nickname="KS010")
    seen = Report("weight", 3, "Thin and slow since yesterday", body_condition=2, action_taken="Wet food")
    event = report_adverse_event(thin, seen, by=world.people["bob"])
    report_adverse_event(thin, Report("wound", 4, "Implant is loose"), by=world.people["bob"])
    make_round()
    return {"subject": thin.pk, "event": event.pk, "licence": licence.pk}


@pytest.mark.parametrize(("width", "dark"), SIGHTS)
def test_each_page_fits_and_is_accessible(
    colony: dict[str, Any], page_of: Callable[..., Any], width: int, dark: bool
) -> None:
    visit = page_of("alice", width=width, dark=dark)
    folder = os.environ.get("BREGMA_PICTURES")
    for name, path in PAGES.items():
        visit.open(path.format(**colony))
        if folder:
            visit.picture(Path(folder) / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        wider = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the screen"
        check_accessible(visit.page)


def test_from_a_notice_to_the_end_of_an_event(colony: dict[str, Any], page_of: Callable[..., Any]) -> None:
    visit = page_of("alice", width=PHONE)
    page = visit.page
    visit.open("/inbox/")
    page.get_by_role("link", name="Severe: wound or implant problem of KS010").click()
    page.get_by_label("What was done").fill("Implant fixed under anaesthesia")
    page.get_by_role("button", name="It is over").click()
    page.get_by_text("The event is over.").wait_for()
    event = AdverseEvent.objects.get(sign="wound")
    assert event.resolved_at is not None
    assert event.action_taken == "Implant fixed under anaesthesia"
    assert Delivery.objects.get(notification__notification_type="adverse_event", user__username="alice").read_at


def test_an_event_is_reported_from_the_record(colony: dict[str, Any], page_of: Callable[..., Any]) -> None:
    visit = page_of("bob", width=PHONE)
    page = visit.page
    visit.open(f"/colony/subjects/{colony['subject']}/welfare/")
    page.get_by_role("link", name="Report").click()
    page.get_by_label("Sign").select_option("fighting")
    page.get_by_label("Severity").select_option("2")
    page.get_by_label("What you saw").fill("Bitten tail")
    page.get_by_role("button", name="Report").click()
    page.get_by_text("is recorded").wait_for()
    assert AdverseEvent.objects.get(sign="fighting").description == "Bitten tail"
