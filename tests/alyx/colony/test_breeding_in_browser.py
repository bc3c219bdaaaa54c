"""People breed mice with a browser: on a phone and at a desk, by touch and keyboard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from tests.alyx.colony.breeding_factories import Stock, days_ago, make_stock
from tests.browser import DESK, PHONE, check_accessible, check_fits

from bregma.alyx.colony.breeding import services
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def breed(stock: Stock) -> Subject:
    """Make two generations of a line, and a litter that waits to be weaned."""
    by = stock.person("bob")
    pair = stock.pair(stock.father, stock.mother, name="Ai95_BP_007", start_date=days_ago(170))
    for days in (150, 125, 98, 24):
        birth = services.Birth(
            birth_date=days_ago(days), n_males=2 + days % 3, n_females=3, n_dead=days % 2, enter_pups=days > 90
        )
        services.record_birth(pair, birth, by=by)
    services.record_plug(pair, stock.mother, on=days_ago(6), found=True, by=by)
    brother, sister = (Subject.objects.filter(litter__name="Ai95_L_001", sex=sex)[0] for sex in "MF")
    young = stock.pair(brother, sister, name="Ai95_BP_008", start_date=days_ago(60))
    child = stock.mouse("Ai95_0100", "F", litter=stock.litter(young, birth_date=days_ago(35), n_females=1))
    for one, copies in ((brother, 1), (sister, 2), (child, 2)):
        Zygosity.objects.create(subject=one, allele=stock.line.alleles.get(), zygosity=copies)
    return child


def addresses(stock: Stock, child: Subject) -> dict[str, str]:
    pair, litter = BreedingPair.objects.get(name="Ai95_BP_007"), Litter.objects.get(name="Ai95_L_004")
    return {
        "pairs": reverse("breeding"),
        "new-pair": reverse("breeding-pair-new"),
        "pair": reverse("breeding-pair", args=[pair.pk]),
        "birth": reverse("breeding-birth", args=[pair.pk]),
        "calendar": reverse("breeding-calendar"),
        "litters": reverse("litters"),
        "litter": reverse("litter", args=[Litter.objects.get(name="Ai95_L_001").pk]),
        "wean": reverse("litter-wean", args=[litter.pk]),
        "lines": reverse("lines"),
        "line": reverse("line", args=[stock.line.pk]),
        "family": reverse("subject-family", args=[child.pk]),
    }


@pytest.mark.long
@pytest.mark.parametrize(("width", "dark"), [(PHONE, False), (DESK, True)])
def test_every_page_is_accessible_and_fits(page_of: Callable[..., Any], width: int, dark: bool) -> None:
    stock = make_stock()
    child = breed(stock)
    visit = page_of("bob", width=width, dark=dark)
    for name, path in addresses(stock, child).items():
        visit.open(path)
        visit.page.wait_for_load_state("networkidle")
        if folder := os.environ.get("BREGMA_PICTURES"):
            visit.picture(Path(folder) / f"{name}-{width}-{'dark' if dark else 'light'}.png")
        check_fits(visit.page)
        check_accessible(visit.page)


def test_a_litter_is_born_and_weaned_on_a_phone(page_of: Callable[..., Any]) -> None:
    stock = make_stock()
    pair = stock.pair(stock.father, stock.mother)
    visit = page_of("bob", width=PHONE)
    page = visit.page
    visit.open(reverse("breeding-pair", args=[pair.pk]))
    page.get_by_role("button", name="No plug").click()
    page.get_by_text("no plug on").wait_for()
    page.get_by_role("link", name="Enter a litter").click()
    page.get_by_label("Born on").fill(f"{days_ago(21)}")
    page.get_by_label("Males alive", exact=False).first.fill("2")
    page.get_by_label("Females alive").fill("1")
    page.get_by_role("button", name="Enter the litter").click()
    page.get_by_role("link", name="Wean", exact=True).click()
    page.get_by_label("Ear mark of pup 1").fill("1L")
    page.get_by_label("Sex of pup 2").select_option("F")
    page.get_by_role("button", name="Propose cages").click()
    expect(page.get_by_label("Cage of pup 2")).to_have_value("Ai95_L_001_F1")
    page.get_by_label("Fate of pup 3").select_option("lost")
    page.get_by_role("button", name="Look at the summary").click()
    page.get_by_text("ear mark 1L").wait_for()
    check_accessible(page)
    if folder := os.environ.get("BREGMA_PICTURES"):
        visit.picture(Path(folder) / "summary-390-light.png")
    page.get_by_role("button", name="Wean them").click()
    page.get_by_text("2 weaned, 1 lost").wait_for()
    pups = Subject.objects.filter(litter__breeding_pair=pair).order_by("nickname")
    assert [(pup.sex, pup.ear_mark, pup.cage) for pup in pups] == [
        ("M", "1L", "Ai95_L_001_M1"),
        ("F", "", "Ai95_L_001_F1"),
    ]
    assert Litter.objects.get().n_lost == 1


def test_names_of_parents_are_proposed_while_typing(page_of: Callable[..., Any]) -> None:
    make_stock()
    visit = page_of("bob")
    visit.open(reverse("breeding-pair-new"))
    visit.page.get_by_label("Father").press_sequentially("Ai95")
    visit.page.locator('#candidates-M option[value="Ai95_F"]').wait_for(state="attached")
    assert visit.page.locator('#candidates-M option[value="Ai95_M1"]').count() == 0
