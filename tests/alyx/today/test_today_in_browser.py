"""The page of the day on a phone: entries with and without a connection, and what the browser computes."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.browser import PHONE, SIGHTS, check_accessible, check_fits

from bregma.alyx.actions.models import Surgery, WaterAdministration, Weighing
from bregma.alyx.actions.services import give_water, weigh
from bregma.alyx.subjects.models import Litter, Subject
from bregma.alyx.today.selectors import load_day

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def busy(world: Any, restricted: Any, housed: Any) -> None:
    """Fill a day with all kinds of work."""
    alice = world.people["alice"]
    for n, (cage, grams) in enumerate([("C1", 24.1), ("C1", 19.2), ("C2", 20.3), ("C10", 26.0)]):
        mouse = restricted(f"KS{100 + n}", grams=grams, ear_mark="2L", birth_date=date(2025, 1, 1))
        housed(mouse, cage, column=int(cage[1:]))
    done = restricted("KS200", grams=23)
    weigh(done, 23.4, by=alice)
    give_water(done, 0.94, by=alice)
    half = restricted("KS201", grams=23)
    weigh(half, 23.4, by=alice)
    restricted("KS202", grams=None)
    mother = Subject.objects.create(nickname="mother", lab=world.lab, sex="F", cage="C30")
    born = timezone.now().date() - timedelta(days=23)
    litter = Litter.objects.create(name="CamK_L_0012", mother=mother, birth_date=born, n_males=3, n_females=4)
    for n in range(7):
        Subject.objects.create(nickname=f"P{n}", lab=world.lab, litter=litter, to_be_genotyped=True)
    Subject.objects.create(nickname="old", lab=world.lab, to_be_culled=True, cage="C31", responsible_user=alice)


@pytest.mark.parametrize(("width", "dark"), [*SIGHTS, (360, False)])
def test_the_page_is_accessible_and_fits(page_of: Callable[..., Any], busy: None, width: int, dark: bool) -> None:
    visit = page_of("alice", width=width, dark=dark)
    visit.open("/today/")
    visit.page.locator(".excuse summary").first.click()
    check_fits(visit.page)
    check_accessible(visit.page)
    if folder := os.environ.get("TODAY_PICTURES"):
        visit.picture(Path(folder) / f"today-{width}-{'dark' if dark else 'light'}.png")


def card(visit: Any, mouse: Any) -> Any:
    return visit.page.locator(f"#mouse-{mouse.pk}")


def wait_until_sent(visit: Any, n: int) -> None:
    """Wait until the phone holds so many entries, all of them sent."""
    visit.page.wait_for_function(
        """(n) => {
          const all = Object.entries(localStorage).filter(([name]) => name.startsWith("bregma-today:"));
          return all.length === n && all.every(([, text]) => JSON.parse(text).state === "sent");
        }""",
        arg=n,
    )


def test_a_mouse_is_weighed_and_watered_on_a_phone(page_of: Any, world: Any, restricted: Any) -> None:
    first, second = restricted("M1", grams=24), restricted("M2", grams=22)
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    here = card(visit, first)
    here.get_by_label("Weight (g) of M1").fill("19,8")
    assert here.get_by_text("Due").inner_text() == "Due 0.99 mL."  # light mice get 5 %
    assert here.locator("[data-percent]").inner_text() == "79 %"
    here.get_by_label("Weight (g) of M1").press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == f"weight-{second.pk}"
    here.get_by_role("button", name="Give 0.99 mL to M1").dblclick()
    wait_until_sent(visit, 2)
    assert here.get_by_text("0.99 mL at").is_visible()
    row, drink = Weighing.objects.latest("date_time"), WaterAdministration.objects.get()
    assert (row.subject, row.weight, row.user.username) == (first, 19.8, "alice")
    assert (drink.subject, drink.water_administered) == (first, 0.99)
    assert visit.page.locator("[data-counts]").inner_text() == "1 to weigh · 1 to water"
    visit.open("/today/")
    assert visit.page.locator("[data-counts]").inner_text() == "1 to weigh · 1 to water"
    assert card(visit, first).locator("[data-local]").count() == 0


def test_one_tap_saves_the_weight_and_gives_the_water(page_of: Any, world: Any, restricted: Any) -> None:
    mouse = restricted("M1", grams=24)
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    card(visit, mouse).get_by_role("button", name="0.1 g more for M1").click()
    card(visit, mouse).get_by_role("button", name="Save and give 0.96 mL to M1").click()
    wait_until_sent(visit, 2)
    assert load_day(world.people["alice"]).done[0].is_done
    assert visit.page.get_by_text("All done: every mouse is weighed").is_visible()
    visit.page.wait_for_timeout(600)  # the server was asked about the weight that was typed, and answers now
    assert visit.page.get_by_text("All done: every mouse is weighed").is_visible()
    assert card(visit, mouse).locator("[data-local]").count() == 2


def test_an_implausible_weight_is_asked_about_and_not_blocked(page_of: Any, world: Any, restricted: Any) -> None:
    mouse = restricted("M1", grams=24)
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    here = card(visit, mouse)
    here.get_by_label("Weight (g) of M1").fill("42")
    here.get_by_role("button", name="Save the weight of M1").click()
    assert "42 g is 75 % more than the 24.0 g before" in here.get_by_role("alert").inner_text()
    check_accessible(visit.page)
    here.get_by_role("button", name="Yes, 42 g").click()
    wait_until_sent(visit, 1)
    assert Weighing.objects.latest("date_time").weight == 42


def test_the_browser_computes_what_the_server_computes(page_of: Any, world: Any, restricted: Any) -> None:
    chance = random.Random(5)
    world.lab.zscore_weight_pct = 0.15
    world.lab.save()
    for n in range(30):
        mouse = restricted(f"M{n}", birth_date=date(2025, 1, 1), reference=chance.uniform(18, 30))
        implant = chance.choice([0, 1.3])
        Surgery.objects.create(subject=mouse, start_time=timezone.now(), implant_weight=implant)
        give_water(mouse, round(chance.uniform(0, 0.7), 3), by=world.people["alice"])
    mice = load_day(world.people["alice"]).mice
    grams = [round(chance.uniform(14, 32), 1) for _ in mice]
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    found = visit.page.evaluate(
        """async (grams) => {
          const { dueFor, percentOf, toneOf } = await import("/static/today/formulae.js");
          return [...document.querySelectorAll("[data-mouse]")].map((card, n) => {
            const facts = JSON.parse(card.dataset.facts), percent = percentOf(grams[n], facts);
            return [card.dataset.name, dueFor(grams[n], facts, facts.given), percent, toneOf(percent, facts)];
          });
        }""",
        grams,
    )
    tones = {"fine": "good", "nearly_light": "warn", "light": "bad"}
    told = [(mouse.subject.nickname, mouse.after(weight)) for mouse, weight in zip(mice, grams, strict=True)]
    assert found == [[name, after["due"], after["percent"], tones[after["status"]]] for name, after in told]
    assert len({row[3] for row in found}) > 1


def test_entries_without_connection_survive_a_reload(page_of: Any, world: Any, restricted: Any) -> None:
    first, second = restricted("M1", grams=24), restricted("M2", grams=22)
    visit = page_of("alice", width=PHONE)
    visit.expected = (OFFLINE,)
    visit.open("/today/")
    visit.page.wait_for_selector("[data-kept=yes]")
    visit.context.set_offline(True)
    for mouse, weight in ((first, "24.2"), (second, "21.8")):
        card(visit, mouse).locator("[name=weight]").fill(weight)
        card(visit, mouse).locator("[data-give]").click()
    assert "4 entries wait on this phone. There is no connection now" in visit.page.locator("#outbox").inner_text()
    assert Weighing.objects.filter(user__isnull=False).count() == 0
    made = timezone.now()
    visit.page.reload()
    visit.page.wait_for_selector("#outbox:not([hidden])")
    check_accessible(visit.page)
    if folder := os.environ.get("TODAY_PICTURES"):
        visit.picture(Path(folder) / "offline.png")
    assert card(visit, first).get_by_text("saved on this phone, not sent yet").count() == 2
    visit.context.set_offline(False)
    wait_until_sent(visit, 4)
    visit.page.reload()
    rows = Weighing.objects.filter(user__isnull=False).order_by("weight")
    assert [(row.subject, row.weight) for row in rows] == [(second, 21.8), (first, 24.2)]
    assert all(row.date_time < made for row in rows)
    assert WaterAdministration.objects.count() == 2


def test_an_expired_session_keeps_the_entry_until_its_person_is_back(page_of: Any, world: Any, restricted: Any) -> None:
    mouse = restricted("M1", grams=24)
    visit = page_of("alice", width=PHONE)
    visit.expected = ("401", "403")
    visit.open("/today/")
    visit.context.clear_cookies()
    card(visit, mouse).locator("[name=weight]").fill("24.2")
    card(visit, mouse).locator("[data-weigh]").click()
    visit.page.get_by_role("link", name="Log in").wait_for()
    assert "You are logged out" in visit.page.locator("#outbox").inner_text()
    visit.log_in(world.people["bob"])
    visit.open("/today/")
    assert "1 entry of alice waits for alice to log in" in visit.page.locator("#outbox").inner_text()
    assert Weighing.objects.filter(user__isnull=False).count() == 0
    visit.log_in(world.people["alice"])
    visit.open("/today/")
    wait_until_sent(visit, 1)
    assert [row.user.username for row in Weighing.objects.filter(user__isnull=False)] == ["alice"]


def test_a_refused_entry_stays_until_the_person_decides(page_of: Any, world: Any, restricted: Any) -> None:
    mouse = restricted("M1", grams=24)
    visit = page_of("alice", width=PHONE)
    visit.expected = ("422",)
    visit.open("/today/")
    Subject.objects.filter(pk=mouse.pk).update(death_date=timezone.now().date() - timedelta(days=1))
    card(visit, mouse).locator("[data-give]").click()
    here = card(visit, mouse)
    here.get_by_text("refused: M1 died on").wait_for()
    assert "1 entry was refused" in visit.page.locator("#outbox").inner_text()
    check_accessible(visit.page)
    here.get_by_role("button", name="Throw away").click()
    assert visit.page.locator("#outbox").is_hidden()
    assert WaterAdministration.objects.count() == 0


def test_logging_out_takes_the_kept_page_off_the_phone(page_of: Any, world: Any, restricted: Any) -> None:
    restricted("M1")
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    visit.page.wait_for_selector("[data-kept=yes]")
    assert visit.page.evaluate("caches.has('bregma-today')")
    visit.context.clear_cookies()
    visit.open("/today/")
    assert "/login" in visit.page.url
    visit.page.wait_for_function("caches.has('bregma-today').then((is) => !is)")


def test_targets_are_large_enough_for_gloves(page_of: Any, busy: None) -> None:
    visit = page_of("alice", width=PHONE)
    visit.open("/today/")
    small = visit.page.evaluate(
        """[...document.querySelectorAll("[data-today] :is(button, input, select, summary, .button, .correct)")]
          .filter((one) => one.checkVisibility() && one.type !== "hidden")
          .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
          .filter(([, height]) => height < 48)"""
    )
    assert small == []
