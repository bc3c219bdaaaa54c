"""People are told of litters to wean and of genotypes that are overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bregma.alyx.actions.models import Notification
from bregma.alyx.colony.welfare.young import read_litters, read_untested
from bregma.alyx.inbox.rounds import make_round
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.subjects.models import BreedingPair, Line, Litter, Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def at(day: int) -> datetime:
    return datetime(2024, 6, day, 12, tzinfo=UTC)


def test_a_litter_to_wean_is_told_once(world: World) -> None:
    LabMembership.objects.filter(user=world.people["bob"]).update(role="manager")
    line = Line.objects.create(name="Pv", nickname="PV", lab=world.lab)
    father = Subject.objects.create(nickname="dad", lab=world.lab, sex="M", responsible_user=world.people["alice"])
    pair = BreedingPair.objects.create(name="BP1", line=line, father=father)
    litter = Litter.objects.create(name="L1", line=line, breeding_pair=pair, birth_date=date(2024, 5, 20))
    Subject.objects.create(nickname="pup", lab=world.lab, litter=litter)
    assert read_litters(at(9), []) == []
    assert make_round(at(10)).told["litters to wean"] == 1
    assert make_round(at(11)).told["litters to wean"] == 0
    told = Notification.objects.get()
    assert told.title == "Litter L1 is to wean since 2024-06-10"
    assert {user.username for user in told.users.all()} == {"alice", "bob"}


def test_an_overdue_genotype_is_told_to_the_keeper(world: World) -> None:
    one = Subject.objects.create(
        nickname="pup",
        lab=world.lab,
        responsible_user=world.people["alice"],
        to_be_genotyped=True,
        wean_date=date(2024, 6, 1),
    )
    assert read_untested(at(14), []) == []
    assert make_round(at(15)).told["genotypes overdue"] == 1
    assert Notification.objects.get().title == "pup waits to be genotyped"
    Subject.objects.filter(pk=one.pk).update(to_be_genotyped=False)
    assert read_untested(at(20), []) == []
