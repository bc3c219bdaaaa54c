"""From one page to the next: records lead to cages, litters, genotypes and lines, lists to what is done next."""

from __future__ import annotations

from typing import Any

import pytest

from bregma.alyx.colony import housing
from bregma.alyx.subjects.models import BreedingPair, Line, Litter, Subject


@pytest.fixture
def pup(world: Any) -> Subject:
    line = Line.objects.create(name="Ai148", nickname="Ai148", lab=world.lab)
    litter = Litter.objects.create(name="L1", line=line, birth_date="2024-01-01")
    world.subject.line, world.subject.litter, world.subject.to_be_genotyped = line, litter, True
    world.subject.save()
    cage = housing.open_cage(lab=world.lab, name="C-77", by=world.people["bob"])
    housing.move_subjects([world.subject], cage, by=world.people["bob"])
    return Subject.objects.get(pk=world.subject.pk)


def read(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_subject_leads_to_its_cage_litter_line_and_genotype(enter: Any, pup: Subject) -> None:
    page = read(enter("alice"), f"/colony/subjects/{pup.pk}/")
    cage = housing.cage_named(pup.lab, "C-77")
    assert page.count(f'href="/colony/cages/{cage.pk}/"') == 2
    assert f'href="/colony/litters/{pup.litter_id}/"' in page
    assert f'href="/colony/lines/{pup.line_id}/"' in page
    assert f'href="/colony/genotyping/enter/?subject={pup.pk}"' in page


def test_those_who_may_not_write_are_offered_no_genotyping(enter: Any, pup: Subject) -> None:
    assert "genotyping/enter" not in read(enter("charlie"), f"/colony/subjects/{pup.pk}/")


def test_litters_that_wait_for_genotypes_are_found(enter: Any, pup: Subject) -> None:
    other = Litter.objects.create(name="L2", line=pup.line, birth_date="2024-02-01")
    page = read(enter("alice"), "/colony/litters/?genotype=wait")
    assert f'href="/colony/genotyping/enter/?litter={pup.litter_id}"' in page
    assert str(other.pk) not in page


def test_the_dead_wait_for_no_genotype(enter: Any, pup: Subject) -> None:
    Subject.objects.update(death_date="2024-03-01")
    assert "genotyping/enter" not in read(enter("alice"), "/colony/litters/")


@pytest.mark.parametrize("words", ["KS014", "ai148", "C-77", "C-77 KS014"])
def test_cages_are_found_by_who_lives_in_them(words: str, enter: Any, pup: Subject) -> None:
    cage = housing.cage_named(pup.lab, "C-77")
    bob = enter("bob")
    assert str(cage.pk) in read(bob, f"/colony/cages/?q={words}")
    assert str(cage.pk) not in read(bob, f"/colony/cages/?q={words}+nobody")


def test_pairs_are_looked_at_and_ended_from_their_list(enter: Any, pup: Subject) -> None:
    mother = Subject.objects.create(nickname="dam", lab=pup.lab, sex="F")
    pair = BreedingPair.objects.create(name="P1", father=pup, mother1=mother, line=pup.line, start_date="2024-01-01")
    root = enter("root")
    page = read(root, "/colony/breeding/")
    assert f'href="/colony/breeding/{pair.pk}/#plugs"' in page
    assert f'href="/colony/breeding/{pair.pk}/end/"' in page
    assert 'id="plugs"' in read(root, f"/colony/breeding/{pair.pk}/")


def test_racks_are_in_the_navigation(enter: Any, world: Any) -> None:
    assert 'href="/colony/racks/"' in read(enter("bob"), "/colony/")


@pytest.mark.parametrize("page", ["breeding", "litters", "lines", "cages", "racks", "genotyping", "culls", "requests"])
def test_every_list_of_the_colony_leads_back_to_it(page: str, enter: Any, world: Any) -> None:
    crumbs = read(enter("bob"), f"/colony/{page}/").partition('class="crumbs"')[2].partition("</nav>")[0]
    assert 'href="/colony/"' in crumbs
