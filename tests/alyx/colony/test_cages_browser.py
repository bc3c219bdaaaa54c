"""Cages in a real browser: the map with mouse and keyboard, the picker on a phone, accessibility."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.browser import PHONE, SIGHTS, check_accessible, check_fits

from bregma.alyx.colony import housing
from bregma.alyx.colony.cages.services import enter_rack
from bregma.alyx.colony.models import Cage, Rack
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.subjects.models import BreedingPair, Line, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = Path(os.environ["CAGES_SHOTS"]) if "CAGES_SHOTS" in os.environ else None


@pytest.fixture
def rack(world: Any) -> Rack:
    """Return a rack with a full, a breeding, an empty and a dirty cage, and one cage in no rack."""
    bob, room = world.people["bob"], LabLocation.objects.create(name="Room 2.14", lab=world.lab)
    rack = enter_rack({"name": "R1", "location": room, "n_rows": 3, "n_columns": 6}, by=bob)
    line = Line.objects.create(name="C57BL/6J", nickname="C57")
    born = timezone.now().date() - timedelta(days=90)

    def fill(name: str, place: tuple[int, int] | None, sexes: str, **values: Any) -> list[Subject]:
        cage = housing.open_cage(lab=world.lab, name=name, by=bob, **values)
        if place:
            housing.place_cage(cage, housing.Place(rack, *place), by=bob)
        mice = [
            Subject.objects.create(
                nickname=f"{name}_{i}", lab=world.lab, sex=sex, birth_date=born, line=line, responsible_user=bob
            )
            for i, sex in enumerate(sexes)
        ]
        housing.move_subjects(mice, cage, when=timezone.now() - timedelta(days=9), by=bob)
        return mice

    fill("101", (1, 1), "MM", capacity=2)
    male, female = fill("102", (1, 2), "MF")
    BreedingPair.objects.create(name="BP1", line=line, father=male, mother1=female)
    fill("103", (2, 4), "")
    fill("104", (3, 6), "FFF", cage_cleaning_frequency_days=7)
    fill("105", None, "F", light_cycle=1)
    return rack


def where(name: str) -> tuple[int | None, int | None]:
    cage = Cage.objects.get(name=name)
    return cage.row, cage.column


@pytest.mark.parametrize(("width", "dark"), SIGHTS)
def test_the_pages_are_accessible_and_fit(page_of: Callable[..., Any], rack: Rack, width: int, dark: bool) -> None:
    visit, cage = page_of("bob", width=width, dark=dark), Cage.objects.get(name="102")
    for name, path in {
        "landing": reverse("colony"),
        "list": reverse("cages"),
        "record": reverse("cage", args=[cage.pk]),
        "move-in": reverse("cage-move-in", args=[cage.pk]),
        "move-out": reverse("cage-move-out", args=[cage.pk]),
        "place": reverse("cage-place", args=[cage.pk]),
        "map": f"{reverse('rack', args=[rack.pk])}?q=C57",
        "hand": f"{reverse('rack', args=[rack.pk])}?cage={cage.pk}",
        "new": reverse("cage-new"),
    }.items():
        visit.open(path)
        check_accessible(visit.page)
        check_fits(visit.page)
        if SHOTS:
            visit.picture(SHOTS / f"{name}-{width}-{'dark' if dark else 'light'}.png")


def test_a_cage_is_dragged_to_another_place(page_of: Callable[..., Any], rack: Rack) -> None:
    visit = page_of("bob")
    visit.open(reverse("rack", args=[rack.pk]))
    visit.page.locator("[data-name='101']").drag_to(visit.page.locator("[data-place='2,2']"))
    visit.page.get_by_text("Cage 101 stands in row 2, column 2").wait_for()
    assert where("101") == (2, 2)
    visit.page.locator("[data-name='101']").drag_to(visit.page.locator("[data-place='2,4']"))
    visit.page.get_by_text("Cage 101 stands in row 2, column 4").wait_for()
    assert (where("101"), where("103")) == ((2, 4), (2, 2))
    visit.page.locator("[data-name='101']").drag_to(visit.page.locator("[data-place='out']"))
    visit.page.get_by_text("Cage 101 stands in no rack").wait_for()
    assert where("101") == (None, None)


def test_a_cage_is_moved_from_the_keyboard(page_of: Callable[..., Any], rack: Rack) -> None:
    visit = page_of("bob")
    visit.open(reverse("rack", args=[rack.pk]))
    visit.page.get_by_role("link", name="Move cage 105").press("Enter")
    visit.page.get_by_role("button", name="Put cage 105 into row 3, column 1").press("Enter")
    visit.page.get_by_text("Cage 105 stands in row 3, column 1").wait_for()
    assert where("105") == (3, 1)


def test_a_phone_finds_animals_and_moves_them_in(page_of: Callable[..., Any], rack: Rack) -> None:
    visit, cage = page_of("bob", width=PHONE), Cage.objects.get(name="103")
    visit.open(reverse("cage-move-in", args=[cage.pk]))
    for words, mouse in (("104", "104_1"), ("101", "101_0")):
        visit.page.get_by_label("Nickname, line, ear mark or cage").fill(words)
        box = visit.page.get_by_role("checkbox", name=mouse)
        box.wait_for()
        visit.page.get_by_role("checkbox", name="105_0").wait_for(state="detached")
        box.check()
    visit.page.get_by_role("button", name="Move in").click()
    visit.page.get_by_role("link", name="104_1").first.wait_for()
    assert set(Subject.objects.filter(cage="103").values_list("nickname", flat=True)) == {"104_1", "101_0"}
