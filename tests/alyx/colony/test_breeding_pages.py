"""The pages of breeding show what is there in few queries, to those who may see it, and write what is entered."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.alyx.colony.breeding_factories import TODAY, Stock, days_ago, make_stock

from bregma.alyx.colony.breeding import services
from bregma.alyx.colony.models import Cage, Plug
from bregma.alyx.subjects.models import BreedingPair, Litter, Subject, Zygosity


@pytest.fixture
def stock(db: None) -> Stock:
    found = make_stock()
    pair = found.pair(found.father, found.mother, found.other_mother, name="Ai95_BP_007", start_date=days_ago(100))
    services.record_plug(pair, found.mother, on=days_ago(5), found=True, by=found.person("bob"))
    for days in (80, 40):
        birth = services.Birth(
            birth_date=days_ago(days), n_males=3, n_females=4, n_dead=1, mother=found.mother, enter_pups=True
        )
        services.record_birth(pair, birth, by=found.person("bob"))
    allele = found.line.alleles.get()
    Zygosity.objects.create(subject=Subject.objects.filter(litter__isnull=False)[0], allele=allele, zygosity=1)
    return found


def paths(stock: Stock) -> list[str]:
    pair, litter = BreedingPair.objects.get(), Litter.objects.order_by("name")[0]
    pup = Subject.objects.filter(litter=litter)[0]
    return [
        reverse("breeding"),
        reverse("breeding-pair-new"),
        reverse("breeding-calendar"),
        reverse("breeding-candidates") + "?sex=F&mother1=Ai",
        *(reverse(name, args=[pair.pk]) for name in ("breeding-pair", "breeding-pair-edit", "breeding-pair-end")),
        reverse("breeding-birth", args=[pair.pk]),
        reverse("litters"),
        *(reverse(name, args=[litter.pk]) for name in ("litter", "litter-edit", "litter-wean")),
        reverse("lines"),
        reverse("line", args=[stock.line.pk]),
        *(reverse("line-chart", args=[stock.line.pk, name]) for name in ("sizes", "intervals", "ages")),
        reverse("subject-family", args=[pup.pk]),
        reverse("subject-family", args=[stock.father.pk]),
    ]


def test_each_page_costs_few_queries(stock: Stock, django_assert_max_num_queries: Any) -> None:
    client = stock.visit("bob")
    client.get("/colony/breeding/")
    for path in paths(stock):
        with django_assert_max_num_queries(12):
            answer = client.get(path)
        assert answer.status_code == 200, path


def test_more_rows_cost_no_more_queries(stock: Stock, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = stock.visit("bob")
    client.get("/colony/breeding/")
    tested = [path for path in paths(stock) if "wean" not in path]
    before = {}
    for path in tested:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path)
        before[path] = len(asked)
    pair = BreedingPair.objects.get()
    for n in range(12):
        pup = Subject.objects.filter(litter__isnull=False)[n]
        other = stock.pair(pup, stock.mother, start_date=days_ago(30 + n))
        litter = stock.litter(other if n % 2 else pair, birth_date=days_ago(n), n_males=3)
        stock.mouse(f"more{n}", "M", litter=litter)
        Plug.objects.create(breeding_pair=other, mother=stock.mother, date=days_ago(30 + n))
    for path in tested:
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert len(asked) <= before[path], path


@pytest.mark.parametrize(("name", "answer"), [("visitor", 403), ("charlie", 200), ("alice", 200)])
def test_members_read_and_the_public_does_not(stock: Stock, name: str, answer: int) -> None:
    client = stock.visit(name)
    reading = [reverse("breeding-calendar"), reverse("breeding-candidates")]
    pair, litter = BreedingPair.objects.get(), Litter.objects.all()[0]
    reading += [reverse("breeding-pair", args=[pair.pk]), reverse("litter", args=[litter.pk])]
    reading += [reverse("line", args=[stock.line.pk])]
    assert {client.get(path).status_code for path in reading} == {answer}


def test_strangers_see_no_forms_and_write_nothing(stock: Stock) -> None:
    client = stock.visit("charlie")
    pair, litter = BreedingPair.objects.get(), Litter.objects.all()[0]
    page = client.get(reverse("breeding-pair", args=[pair.pk])).content.decode()
    assert "Enter a litter" not in page
    for name, row in [
        ("breeding-pair-edit", pair),
        ("breeding-pair-end", pair),
        ("breeding-birth", pair),
        ("litter-edit", litter),
        ("litter-wean", litter),
    ]:
        assert client.get(reverse(name, args=[row.pk])).status_code == 403
        assert client.post(reverse(name, args=[row.pk])).status_code == 403
    assert client.post(reverse("breeding-plug", args=[pair.pk]), {"found": "yes"}).status_code == 403


def test_a_pair_is_started_in_the_form(stock: Stock) -> None:
    services.end_pair(BreedingPair.objects.get(), days_ago(0), by=stock.person("bob"))
    posted = {"line": stock.line.pk, "start_date": TODAY, "father": "Ai95_F", "mother1": "Ai95_M1"}
    Cage.objects.create(name="A1", lab=stock.world.lab)
    answer = stock.visit("bob").post(reverse("breeding-pair-new"), {**posted, "cage": "A1"})
    pair = BreedingPair.objects.get(name="Ai95_BP_001")
    assert answer.url == reverse("breeding-pair", args=[pair.pk])
    stock.mother.refresh_from_db()
    assert (pair.mother1, stock.mother.cage) == (stock.mother, "A1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"father": "nobody"}, "There is no animal"),
        ({"father": "Ai95_M2"}, "not entered as male"),
        ({"cage": "Z9"}, "no open cage"),
        ({}, "has not ended"),
    ],
)
def test_a_refused_pair_says_why_beside_the_field(stock: Stock, change: dict[str, str], words: str) -> None:
    posted = {"line": stock.line.pk, "start_date": TODAY, "father": "Ai95_F", "mother1": "Ai95_M1", **change}
    answer = stock.visit("bob").post(reverse("breeding-pair-new"), posted)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert BreedingPair.objects.count() == 1


def test_a_plug_is_one_tap(stock: Stock) -> None:
    pair = BreedingPair.objects.get()
    posted = {"mother": stock.other_mother.pk, "date": TODAY, "found": "no"}
    assert stock.visit("bob").post(reverse("breeding-plug", args=[pair.pk]), posted).status_code == 302
    assert Plug.objects.get(date=TODAY).found is False


def test_a_birth_and_an_end_are_entered(stock: Stock) -> None:
    client, pair = stock.visit("bob"), BreedingPair.objects.get()
    posted = {"birth_date": TODAY, "mother": str(stock.other_mother.pk), "n_males": 2, "n_females": "", "n_dead": 1}
    answer = client.post(reverse("breeding-birth", args=[pair.pk]), posted)
    litter = Litter.objects.get(birth_date=TODAY)
    assert answer.url == reverse("litter", args=[litter.pk])
    assert (litter.n_males, litter.n_females, litter.mother) == (2, 0, stock.other_mother)
    client.post(reverse("breeding-pair-end", args=[pair.pk]), {"end_date": TODAY})
    pair.refresh_from_db()
    assert pair.end_date == TODAY


def test_pairs_end_together_from_the_list(stock: Stock) -> None:
    other = stock.pair()
    keys = [str(pair.pk) for pair in BreedingPair.objects.all()]
    posted = {"action": "end", "rows": keys, "confirmed": "1", "end_date": TODAY, "query": ""}
    assert stock.visit("bob").post(reverse("breeding-bulk"), posted).status_code == 302
    other.refresh_from_db()
    assert set(BreedingPair.objects.values_list("end_date", flat=True)) == {TODAY}


def test_the_lists_are_narrowed(stock: Stock) -> None:
    stock.pair(name="past", end_date=days_ago(3))
    client = stock.visit("bob")

    def names(name: str, query: str) -> list[str]:
        return [str(row) for row in client.get(f"{reverse(name)}?{query}").context["shown"].object_list]

    assert names("breeding", "status=current") == ["Ai95_BP_007"]
    assert names("breeding", "status=past") == ["past"]
    assert names("breeding", "due=any") == ["Ai95_BP_007"]
    assert names("breeding", "due=late") == []
    assert sorted(names("litters", "weaned=late")) == ["Ai95_L_001", "Ai95_L_002"]
    assert names("litters", "weaned=yes") == []
    assert names("lines", "") == ["Ai95 GCaMP6f"]
    assert names("lines", "active=no") == []


def test_the_calendar_tells_what_is_due(stock: Stock) -> None:
    answer = stock.visit("bob").get(reverse("breeding-calendar") + "?days=30&old=4")
    due = [(event.what.name, event.of, event.day) for event in answer.context["due"]]
    assert ("DUE", "Ai95_BP_007", days_ago(5 - 19)) in due
    assert ("WEAN", "Ai95_L_002", days_ago(40 - 21)) in due
    assert ("OLD", "Ai95_BP_007", days_ago(100 - 122)) in due
    assert stock.visit("bob").get(reverse("breeding-calendar") + "?month=0000-13&days=x").status_code == 200


def test_a_line_has_its_statistics(stock: Stock) -> None:
    answer = stock.visit("bob").get(reverse("line", args=[stock.line.pk]))
    stats = answer.context["numbers"].statistics
    assert (stats.sizes, stats.intervals, stats.n_pups) == ({8: 2}, [40], 14)
    assert (stats.n_males, stats.n_females) == (6, 8)
    chart = stock.visit("bob").get(reverse("line-chart", args=[stock.line.pk, "sizes"])).json()
    assert chart["datasets"] == {"bars": {"pups": [1, 2, 3, 4, 5, 6, 7, 8], "litters": [0, 0, 0, 0, 0, 0, 0, 2]}}


def test_the_family_shows_parents_siblings_offspring_and_inbreeding(stock: Stock) -> None:
    brother, sister = (Subject.objects.filter(litter__name="Ai95_L_001", sex=sex)[0] for sex in "MF")
    litter = stock.litter(stock.pair(brother, sister))
    child = stock.mouse("child", "M", litter=litter)
    page = stock.visit("bob").get(reverse("subject-family", args=[child.nickname]))
    assert page.context["family"].inbreeding == 0.25
    text = page.content.decode()
    assert "25 %" in text
    assert str(page.context["family"].tree.generation) == "F2"
    assert {one.subject.nickname for one in page.context["family"].tree.parents} == {str(brother), str(sister)}
    family = stock.visit("bob").get(reverse("subject-family", args=[brother.pk])).context["family"]
    assert [str(one) for brood in family.offspring for one in brood.animals] == ["child"]
    assert len([one for brood in family.siblings for one in brood.animals]) == 13


def test_a_family_that_goes_round_in_a_circle_says_so(stock: Stock) -> None:
    pup = Subject.objects.filter(litter__name="Ai95_L_001", sex="M")[0]
    stock.father.litter = stock.litter(stock.pair(pup, stock.mother))
    stock.father.save()
    page = stock.visit("bob").get(reverse("subject-family", args=[pup.pk]))
    assert page.status_code == 200
    assert "ancestor of itself" in page.content.decode()
