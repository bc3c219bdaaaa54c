"""Genotype tests: what follows from them, how many come at once, and what contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bregma.alyx.colony.genotyping.conflicts import find_conflicts
from bregma.alyx.colony.genotyping.services import Result, apply_rules, enter_results
from bregma.alyx.colony.genotyping.tables import read_table
from bregma.alyx.colony.genotyping.zygosity import ResultRule, is_possible, judge
from bregma.alyx.errors import InvalidRequest
from bregma.alyx.subjects.models import (
    Allele,
    BreedingPair,
    GenotypeTest,
    Line,
    Litter,
    Sequence,
    Subject,
    Zygosity,
    ZygosityRule,
)

if TYPE_CHECKING:
    from uuid import UUID

    from tests.alyx.factories import World


class Genes:
    """A line with an allele of two sequences, wild type and mutant, and the three rules of such a line."""

    def __init__(self, world: World) -> None:
        self.wild, self.mutant = (Sequence.objects.create(name=name) for name in ("WT", "Cre"))
        self.more = [Sequence.objects.create(name=f"S{i}") for i in range(4)]
        self.allele = Allele.objects.create(nickname="Ai14")
        self.allele.sequences.set([self.wild, self.mutant, *self.more])
        self.line = Line.objects.create(name="Ai14", nickname="Ai14", lab=world.lab)
        self.line.alleles.add(self.allele)
        for mutant, wild, zygosity in ((1, 1, 1), (1, 0, 2), (0, 1, 0)):
            ZygosityRule.objects.create(
                line=self.line,
                allele=self.allele,
                sequence0=self.mutant,
                sequence0_result=mutant,
                sequence1=self.wild,
                sequence1_result=wild,
                zygosity=zygosity,
            )
        world.subject.line = self.line
        world.subject.to_be_genotyped = True
        world.subject.save()
        self.subject = world.subject

    def say(self, by: Any, **found: bool) -> Any:
        """Enter results by the names of sequences."""
        by_name = {one.name: one.pk for one in (self.wild, self.mutant, *self.more)}
        return enter_results([Result(self.subject.pk, by_name[name], yes) for name, yes in found.items()], by=by)

    def zygosity(self) -> int | None:
        row = Zygosity.objects.filter(subject=self.subject, allele=self.allele).first()
        return None if row is None else row.zygosity


@pytest.fixture
def genes(world: World) -> Genes:
    return Genes(world)


@pytest.mark.parametrize(("cre", "wild", "zygosity"), [(True, True, 1), (True, False, 2), (False, True, 0)])
def test_tests_decide_the_zygosity(world: World, genes: Genes, cre: bool, wild: bool, zygosity: int) -> None:
    genes.say(world.people["bob"], Cre=cre, WT=wild)
    assert genes.zygosity() == zygosity


def test_the_last_test_counts_and_the_same_again_changes_nothing(world: World, genes: Genes) -> None:
    bob = world.people["bob"]
    genes.say(bob, Cre=True, WT=True)
    again = genes.say(bob, Cre=True, WT=True)
    assert (again.n_tests, again.n_same, again.n_zygosities) == (0, 2, 0)
    genes.say(bob, WT=False)
    assert genes.zygosity() == 2
    assert GenotypeTest.objects.filter(subject=genes.subject).count() == 3


def test_an_animal_waits_until_every_sequence_is_tested(world: World, genes: Genes) -> None:
    bob = world.people["bob"]
    genes.say(bob, Cre=True, WT=True)
    genes.subject.refresh_from_db()
    assert genes.subject.to_be_genotyped
    genes.say(bob, S0=True, S1=False, S2=True, S3=False)
    genes.subject.refresh_from_db()
    assert not genes.subject.to_be_genotyped
    assert genes.subject.genotype_date is not None


def test_new_rules_judge_old_tests(world: World, genes: Genes) -> None:
    ZygosityRule.objects.all().delete()
    genes.say(world.people["bob"], Cre=True)
    assert genes.zygosity() is None
    ZygosityRule.objects.create(
        line=genes.line, allele=genes.allele, sequence0=genes.mutant, sequence0_result=1, zygosity=3
    )
    assert apply_rules(genes.line, by=world.people["stock"]) == 1
    assert genes.zygosity() == 3


def test_strangers_enter_nothing(world: World, genes: Genes) -> None:
    with pytest.raises(PermissionDenied):
        genes.say(world.people["charlie"], Cre=True)
    assert not GenotypeTest.objects.exists()


def test_one_list_does_not_say_both(world: World, genes: Genes) -> None:
    both = [Result(genes.subject.pk, genes.mutant.pk, yes) for yes in (True, False)]
    with pytest.raises(ValidationError, match="present and absent"):
        enter_results(both, by=world.people["bob"])


KEYS = [uuid4() for _ in range(3)]


@given(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 1)), st.permutations(KEYS))
def test_rules_of_one_sequence_do_not_depend_on_the_others(results: dict[UUID, int], order: list[UUID]) -> None:
    rules = [ResultRule(key, key, 1, None, None, 3) for key in order]
    assert judge(rules, results) == {key: 3 for key, result in results.items() if result}


@pytest.mark.parametrize(
    ("child", "father", "mother", "possible"),
    [
        (2, 1, 1, True),
        (2, 1, 0, False),
        (0, 2, 0, False),
        (1, 2, 2, False),
        (2, 2, 2, True),
        (1, None, 0, True),
        (3, 0, 0, False),
        (0, 1, 1, True),
        (2, None, 0, False),
        (0, 3, 3, True),
    ],
)
def test_parents_allow_what_mendel_allows(child: int, father: int | None, mother: int | None, possible: bool) -> None:
    assert is_possible(child, father, mother) is possible
    assert is_possible(child, mother, father) is possible


def test_conflicts_name_the_animal_and_why(world: World, genes: Genes) -> None:
    parents = [
        Subject.objects.create(nickname=name, lab=world.lab, sex=name[0], line=genes.line) for name in ("M1", "F1")
    ]
    pair = BreedingPair.objects.create(name="BP", line=genes.line, father=parents[0], mother1=parents[1])
    genes.subject.litter = Litter.objects.create(name="L1", line=genes.line, breeding_pair=pair)
    genes.subject.save()
    for parent in parents:
        Zygosity.objects.create(subject=parent, allele=genes.allele, zygosity=0)
    genes.say(world.people["bob"], Cre=True, WT=True)
    genes.say(world.people["bob"], WT=False)
    Zygosity.objects.filter(subject=genes.subject).update(zygosity=1)
    found = find_conflicts(world.people["bob"])
    assert {one.kind for one in found} == {
        "Tests contradict each other",
        "Tests say otherwise",
        "Parents cannot have it",
    }
    assert {one.subject for one in found} == {genes.subject}
    assert find_conflicts(world.people["visitor"]) == []


def test_a_table_in_either_shape_is_read(world: World, genes: Genes) -> None:
    wide = f"subject,well,Cre,WT\n{genes.subject},A1,+,neg\n".encode()
    long = f"Mouse;Sequence;Result\n{genes.subject};cre;present\n{genes.subject};WT;0\n".encode("utf-8-sig")
    for content in (wide, long):
        table = read_table(content, user=world.people["bob"])
        assert [(one.sequence, one.present) for one in table.lines] == [("Cre", True), ("WT", False)]
        assert not table.problems
    assert read_table(wide, user=world.people["bob"]).ignored == ("well",)


def test_what_a_table_says_wrongly_is_named(world: World, genes: Genes) -> None:
    content = f"subject,Cre\nnobody,+\n{genes.subject},maybe\n{genes.subject},+\n{genes.subject},-\n".encode()
    problems = read_table(content, user=world.people["bob"]).problems
    assert [problem.split(":")[0] for problem in problems] == ["row 2", "row 3", "row 5"]
    with pytest.raises(InvalidRequest, match="no column is called"):
        read_table(b"a,b\n1,2\n", user=world.people["bob"])
    with pytest.raises(InvalidRequest, match="UTF-8"):
        read_table(b"\xff\xfe\x00", user=world.people["bob"])


def test_the_grid_enters_any_number_of_sequences(client: Any, world: World, genes: Genes) -> None:
    client.force_login(world.people["bob"])
    url = f"{reverse('genotype-enter')}?subject={genes.subject.pk}"
    page = client.get(url).content.decode()
    for sequence in (genes.wild, genes.mutant, *genes.more):
        assert f'name="{genes.subject.pk}:{sequence.pk}"' in page
    answer = client.post(
        url, {f"{genes.subject.pk}:{genes.mutant.pk}": "+", f"{genes.subject.pk}:{genes.wild.pk}": "+"}
    )
    assert answer.status_code == 302
    assert genes.zygosity() == 1


def test_a_file_is_looked_at_before_it_is_entered(client: Any, world: World, genes: Genes) -> None:
    client.force_login(world.people["bob"])
    content = f"subject,Cre,WT\n{genes.subject},+,-\n".encode()
    page = client.post(reverse("genotype-import"), {"file": SimpleUploadedFile("results.csv", content)})
    assert not GenotypeTest.objects.exists()
    sealed = page.context["sealed"]
    assert client.post(reverse("genotype-import"), {"sealed": f"{sealed}x"}).status_code == 200
    assert not GenotypeTest.objects.exists()
    assert client.post(reverse("genotype-import"), {"sealed": sealed}).status_code == 302
    assert genes.zygosity() == 2


@pytest.mark.parametrize("name", ["genotyping", "genotype-import", "genotype-conflicts"])
def test_pages_cost_the_same_queries_however_many_animals(
    client: Any, world: World, genes: Genes, name: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.people["bob"])
    litter = Litter.objects.create(name="L", line=genes.line)
    for i in range(30):
        one = Subject.objects.create(
            nickname=f"G{i}", lab=world.lab, line=genes.line, litter=litter, to_be_genotyped=True
        )
        Zygosity.objects.create(subject=one, allele=genes.allele, zygosity=1)
    with django_assert_max_num_queries(12):
        assert client.get(reverse(name)).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(f"{reverse('genotype-enter')}?litter={litter.pk}").status_code == 200


@pytest.mark.parametrize(("name", "status"), [("bob", 200), ("visitor", 403), ("anonymous", 302)])
def test_pages_are_for_those_who_may_enter(client: Any, world: World, genes: Genes, name: str, status: int) -> None:
    if name != "anonymous":
        client.force_login(world.people[name])
    for url in (reverse("genotype-import"), reverse("genotype-conflicts")):
        assert client.get(url).status_code == status
