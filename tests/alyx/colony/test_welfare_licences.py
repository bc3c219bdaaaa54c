"""Licences: never more animals than allowed; and what the annual return counts."""

from __future__ import annotations

import threading
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from tests.alyx.factories import make_session

from bregma.alyx.actions.models import Surgery
from bregma.alyx.colony.models import Licence, LicenceUse
from bregma.alyx.colony.welfare.licences import Assignment, assign_subjects, change_licence, end_use, enter_licence
from bregma.alyx.colony.welfare.returns import compute_return
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import Allele, Line, Subject, Zygosity

if TYPE_CHECKING:
    from tests.alyx.factories import World

DAY = Assignment(date(2024, 3, 1), 2)


@pytest.fixture
def licence(world: World) -> Licence:
    return Licence.objects.create(
        number="PL 1", lab=world.lab, quota=3, start_date="2024-01-01", end_date="2024-12-31", severity_limit=3
    )


def animals(world: World, n: int, **values: Any) -> list[Subject]:
    known = Subject.objects.count()
    owner = world.people["alice"]
    made = [
        Subject.objects.create(nickname=f"m{known + i}", lab=world.lab, responsible_user=owner, **values)
        for i in range(n)
    ]
    return list(Subject.objects.filter(pk__in=[one.pk for one in made]))


def visit(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def test_animals_are_assigned_up_to_the_quota(world: World, licence: Licence) -> None:
    alice = world.people["alice"]
    assert len(assign_subjects(licence, animals(world, 2), DAY, by=alice)) == 2
    with pytest.raises(ValidationError, match="allows 3 animals, 2 are assigned: 1 left, not 2"):
        assign_subjects(licence, animals(world, 2), DAY, by=alice)
    assert licence.uses.count() == 2


def test_an_animal_that_is_assigned_already_counts_once(world: World, licence: Licence) -> None:
    some = animals(world, 3)
    assign_subjects(licence, some, DAY, by=world.people["alice"])
    assert assign_subjects(licence, some, DAY, by=world.people["alice"]) == []


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        (Assignment(date(2025, 1, 1), 2), "ended on 2024-12-31"),
        (Assignment(date(2023, 12, 31), 2), "begins on 2024-01-01"),
        (Assignment(date(2024, 3, 1), 4), "allows up to Moderate, not Severe"),
    ],
)
def test_a_licence_that_does_not_permit_it_is_refused(
    world: World, licence: Licence, assignment: Assignment, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        assign_subjects(licence, animals(world, 1), assignment, by=world.people["alice"])


def test_the_dead_and_animals_of_other_labs_are_named(world: World, licence: Licence) -> None:
    dead = animals(world, 1, death_date="2024-02-01")
    with pytest.raises(ValidationError, match=f"dead on 2024-03-01: {dead[0]}"):
        assign_subjects(licence, dead, DAY, by=world.people["alice"])
    other = Subject.objects.create(nickname="far", lab=world.other_lab, responsible_user=world.people["alice"])
    with pytest.raises(ValidationError, match="not far"):
        assign_subjects(licence, [other], DAY, by=world.people["alice"])


def test_strangers_assign_nothing(world: World, licence: Licence) -> None:
    with pytest.raises(PermissionDenied):
        assign_subjects(licence, animals(world, 1), DAY, by=world.people["charlie"])
    assert not LicenceUse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_the_quota(world: World, licence: Licence) -> None:
    some, alice = animals(world, 6), world.people["alice"]
    done: list[int] = []

    def assign(one: Subject) -> None:
        try:
            done.append(len(assign_subjects(licence, [one], DAY, by=alice)))
        except ValidationError:
            done.append(0)
        finally:
            connection.close()

    threads = [threading.Thread(target=assign, args=(one,)) for one in some]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 0, 0, 1, 1, 1]
    assert licence.uses.count() == 3


def test_only_managers_keep_licences(world: World, licence: Licence) -> None:
    bob = world.people["bob"]
    values = {"number": "PL 2", "lab": world.lab}
    with pytest.raises(PermissionDenied):
        enter_licence(values, by=bob)
    with pytest.raises(PermissionDenied):
        change_licence(licence, {"quota": 9}, by=bob)
    LabMembership.objects.filter(user=bob).update(role="manager")
    assert enter_licence(values, by=bob).number == "PL 2"
    assert change_licence(licence, {"quota": 9}, by=bob).quota == 9


def test_a_quota_below_what_is_used_is_refused(world: World, licence: Licence) -> None:
    assign_subjects(licence, animals(world, 3), DAY, by=world.people["alice"])
    with pytest.raises(ValidationError, match="3 animals are assigned already"):
        change_licence(licence, {"quota": 2}, by=world.people["root"])


@pytest.fixture
def year(world: World, licence: Licence) -> Licence:
    """2024: two moderate altered, one mild not genotyped, one created unassessed; one goes on, one in 2023."""
    allele = Allele.objects.create(nickname="Pvalb-Cre")
    line = Line.objects.create(name="Pv", nickname="PV", lab=world.lab)
    line.alleles.add(allele)
    altered = animals(world, 2, line=line, actual_severity=3, death_date="2024-06-01")
    for one in altered:
        Zygosity.objects.create(subject=one, allele=allele, zygosity=1)
        Surgery.objects.create(subject=one, lab=world.lab, implant_weight=0)
    unknown = animals(world, 1, line=line, actual_severity=2)
    make_session(unknown[0])
    created = animals(world, 1, line=line, death_date="2024-07-01")
    Zygosity.objects.create(subject=created[0], allele=allele, zygosity=0)
    goes_on, before = animals(world, 1), animals(world, 1, death_date="2023-12-31")
    ends = {unknown[0].pk: date(2024, 12, 31), altered[0].pk: date(2025, 1, 1)}  # died before that
    for one in (*altered, *unknown, *created, *goes_on, *before):
        LicenceUse.objects.create(licence=licence, subject=one, start_date="2023-06-01", end_date=ends.get(one.pk))
    return licence


def test_the_return_counts_what_is_known(world: World, year: Licence) -> None:
    found = compute_return(world.people["alice"], 2024)
    assert [(line.line, line.status, line.kind, line.severity_words, line.animals) for line in found] == [
        ("PV", "genetically altered", "used", "Moderate", 2),
        ("PV", "not genetically altered", "created", "not assessed", 1),
        ("PV", "not genotyped", "used", "Mild", 1),
    ]
    assert {line.species for line in found} == {"Mus musculus"}
    assert [line.animals for line in compute_return(world.people["alice"], 2023)] == [1]
    assert compute_return(world.people["alice"], 2025) == []


def test_the_return_is_a_page_and_two_files(world: World, year: Licence, django_assert_max_num_queries: Any) -> None:
    client = visit(world, "alice")
    with django_assert_max_num_queries(10):
        page = client.get("/colony/welfare/returns/?year=2024").content.decode()
    assert "4 animals" in page
    assert "1 animal has no severity yet" in page
    lines = client.get("/colony/welfare/returns/export.csv?year=2024").content.decode().splitlines()
    assert len(lines) == 4
    assert lines[1].endswith("PV,genetically altered,used,Moderate,2")
    book = openpyxl.load_workbook(BytesIO(client.get("/colony/welfare/returns/export.xlsx?year=2024").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert sum(row[-1] for row in rows[1:]) == 4


def test_guests_of_another_lab_count_nothing(world: World, year: Licence) -> None:
    LabMembership.objects.filter(user=world.people["charlie"]).update(role="guest")
    assert compute_return(world.people["charlie"], 2024) == []
    assert visit(world, "charlie").get("/colony/welfare/returns/").status_code == 403


def test_the_end_of_a_use_is_not_to_come(world: World, year: Licence) -> None:
    use = LicenceUse.objects.filter(end_date__isnull=True, subject__death_date__isnull=True).get()
    with pytest.raises(ValidationError, match="is to come"):
        end_use(use, date(2999, 1, 1), by=world.people["alice"])
    assert end_use(use, date(2024, 5, 1), by=world.people["alice"]).end_date == date(2024, 5, 1)


def test_names_that_nobody_has_are_said(world: World, licence: Licence) -> None:
    known = animals(world, 1)[0]
    client = visit(world, "alice")
    path = f"/colony/welfare/licences/{licence.pk}/assign/"
    asked = {"subjects": f"{known}, nobody", "start": "2024-03-01", "expected_severity": "2"}
    answer = client.post(path, asked)
    assert answer.status_code == 422
    assert "no animal called nobody" in answer.content.decode()
    assert client.post(path, {**asked, "subjects": f"{known}\nKS014"}).status_code == 302
    assert licence.uses.count() == 2
