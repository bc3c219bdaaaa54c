"""A technician at a desk receives two animals, breeds them, weans and genotypes their young, and prints cards."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from bregma.alyx.colony.models import Cage, Plug
from bregma.alyx.history.models import Event
from bregma.alyx.misc.models import HousingSubject
from bregma.alyx.subjects.models import GenotypeTest, Litter, Subject, Zygosity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab
    from tests.alyx.journeys.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.long]

LINE = "CamK2a-tTA; tetO-GCaMP6s"
FOUND, NOT = "found", "not found"
ANSWERS = {  # tTA, wild type, mutant
    "CamK_0001": (FOUND, NOT, FOUND),
    "CamK_0002": (FOUND, FOUND, NOT),
    "CamK_0003": (NOT, FOUND, FOUND),
    "CamK_0004": (FOUND, NOT, FOUND),
}
GENOTYPES = {
    "CamK_0001": ["CamK2a +", "tetO +/+"],
    "CamK_0002": ["CamK2a +", "tetO -/-"],
    "CamK_0003": ["CamK2a -/-", "tetO +/-"],
    "CamK_0004": ["CamK2a +", "tetO +/+"],
}


def days_ago(days: int) -> str:
    return str(date.today() - timedelta(days=days))  # noqa: DTZ011  the lab of the tests is in UTC, as they are


def test_two_animals_become_a_genotyped_litter_with_cards(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    tess = walk_of("tess")
    receive(tess)
    house(tess)
    breed(tess)
    wean(tess)
    genotype(tess)
    check_cards(print_cards(tess))
    check_family()
    check_genotypes()
    check_history(lab)


def receive(tess: Walk) -> None:
    for name, sex in (("RX01", "Male"), ("RX02", "Female")):
        tess.go("Subjects")
        tess.follow("New subject")
        tess.fill(Nickname=name, Sex=sex, Birth_date=days_ago(90), Line=LINE, Source="Jackson")
        tess.fill(Responsible_user="stock")
        tess.press("Save")
        tess.heard(f"{name} is entered")


def house(tess: Walk) -> None:
    tess.go("Colony", "Cages")
    tess.follow("Open a cage")
    tess.fill(Name="B1", Cage_type="IVC")
    tess.press("Save")
    tess.follow("Move in", exact=True)
    tess.fill(RX01=True, RX02=True)
    tess.press("Move in")
    tess.heard("RX01, RX02 live in cage B1 now")


def breed(tess: Walk) -> None:
    tess.go("Breeding")
    tess.follow("New pair")
    tess.fill(Line=LINE, Together_since=days_ago(45), Father="RX01", Mother="RX02")
    tess.press("Start pair")
    tess.fill(Day_for_RX02=days_ago(42))
    tess.press("Plug of RX02")
    tess.heard("RX02: plug on")
    tess.follow("Enter a litter")
    tess.fill(Born_on=days_ago(22), Males_alive="2", Females_alive="2", Born_dead="1")
    tess.press("Enter the litter")


def wean(tess: Walk) -> None:
    tess.follow("Wean", exact=True)
    for place, mark in enumerate(("1L", "1R", "2L", "2R"), start=1):
        tess.main.get_by_label(f"Ear mark of pup {place}").fill(mark)
    tess.press("Look at the summary")
    tess.main.get_by_role("heading", name="Cage CamK_L_001_M1").wait_for()
    tess.press("Wean them")
    tess.heard("4 weaned")


def genotype(tess: Walk) -> None:
    tess.follow("Enter genotypes")
    for name, answers in ANSWERS.items():
        for sequence, answer in zip(("tTA", "GCaMP wt", "GCaMP mut"), answers, strict=True):
            tess.main.get_by_label(f"{sequence} in {name}").select_option(label=answer)
    tess.press("Enter results")
    tess.heard("12 results entered; 8 zygosities follow")


def print_cards(tess: Walk) -> bytes:
    tess.go("Cages")
    tess.main.get_by_role("searchbox").fill("CamK_L")
    tess.main.get_by_role("link", name="Search: CamK_L").wait_for()
    tess.fill(All_rows_of_this_page=True, What_to_do="Print cards")
    tess.press("Go on…")
    tess.press("Print cards")
    link = tess.said.get_by_role("link", name="sheets of A4")
    answer = tess.visit.context.request.get(tess.visit.site + str(link.get_attribute("href")))
    assert answer.headers["content-type"] == "application/pdf"
    return bytes(answer.body())


def check_cards(pdf: bytes) -> None:
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    for name in (*ANSWERS, "CamK_L_001_M1", "CamK_L_001_F1", "1R"):
        assert name in words


def check_family() -> None:
    litter = Litter.objects.get()
    pair = litter.breeding_pair
    assert pair is not None
    assert (str(pair.father), str(pair.mother1)) == ("RX01", "RX02")
    assert Plug.objects.get().mother == pair.mother1
    assert str(litter.birth_date) == days_ago(22)
    pups = Subject.objects.filter(litter=litter).order_by("nickname")
    assert [(one.sex, one.ear_mark, one.cage, str(one.responsible_user)) for one in pups] == [
        ("M", "1L", "CamK_L_001_M1", "stock"),
        ("M", "1R", "CamK_L_001_M1", "stock"),
        ("F", "2L", "CamK_L_001_F1", "stock"),
        ("F", "2R", "CamK_L_001_F1", "stock"),
    ]
    assert {one.wean_date for one in pups} == {date.fromisoformat(days_ago(0))}
    assert Cage.objects.count() == 3
    assert HousingSubject.objects.filter(end_datetime__isnull=True).count() == 6


def check_genotypes() -> None:
    assert GenotypeTest.objects.count() == 12
    found = {name: [] for name in GENOTYPES}  # type: dict[str, list[str]]
    for row in Zygosity.objects.order_by("allele__nickname").select_related("subject"):
        found[row.subject.nickname].append(str(row))
    assert found == GENOTYPES
    assert not Subject.objects.filter(to_be_genotyped=True).exists()


def check_history(lab: JourneyLab) -> None:
    entered = Event.objects.filter(
        table="subjects_subject", kind="I", context__metadata__user=str(lab.people["tess"].pk)
    )
    assert entered.count() == 6
