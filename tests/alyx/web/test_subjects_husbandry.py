"""What of the colony is done on the list of subjects: moves, licences and culls of many, and those without a cage."""

from __future__ import annotations

from typing import Any

from bregma.alyx.actions.models import CullMethod, CullReason
from bregma.alyx.colony import housing
from bregma.alyx.colony.models import Licence
from bregma.alyx.misc.days import lab_today
from bregma.alyx.subjects.models import Subject

SUBJECTS = "/colony/subjects/"


def act(client: Any, action: str, rows: list[Any], **values: Any) -> Any:
    asked = {"action": action, "rows": [row.pk for row in rows], "confirmed": 1, **values}
    return client.post(f"{SUBJECTS}do/bulk", asked)


def test_many_move_to_a_cage_and_out_of_it(enter: Any, many: Any, world: Any) -> None:
    rows, bob = many(3), enter("bob")
    cage = housing.open_cage(lab=world.lab, name="7", by=world.people["bob"])
    assert act(bob, "move", rows, cage=cage.pk).status_code == 302
    assert set(Subject.objects.filter(cage="7")) == set(rows)
    assert act(bob, "move", rows[:2], cage="").status_code == 302
    assert Subject.objects.filter(cage="7").count() == 1


def test_only_cages_of_their_lab_are_offered(enter: Any, many: Any, world: Any) -> None:
    rows, root = many(2), world.people["root"]
    elsewhere = housing.open_cage(lab=world.other_lab, name="elsewhere", by=root)
    page = enter("bob").post(f"{SUBJECTS}do/bulk", {"action": "move", "rows": [row.pk for row in rows]})
    assert b"elsewhere" not in page.content
    assert act(enter("bob"), "move", rows, cage=elsewhere.pk).status_code == 422


def test_animals_of_several_labs_do_not_move_together(enter: Any, many: Any, world: Any) -> None:
    rows, root = many(1), world.people["root"]
    rows.append(Subject.objects.create(nickname="far", lab=world.other_lab, responsible_user=root))
    answer = act(enter("root"), "move", rows, cage="")
    assert answer.status_code == 422
    assert b"choose those of one lab" in answer.content


def test_many_are_assigned_to_a_licence_up_to_its_quota(enter: Any, many: Any, world: Any) -> None:
    rows = many(3)
    licence = Licence.objects.create(number="PL 1", lab=world.lab, quota=2, start_date="2024-01-01", severity_limit=3)
    asked = {"licence": licence.pk, "start": lab_today(world.lab), "expected_severity": 2}
    assert act(enter("alice"), "licence", rows, **asked).status_code == 422
    assert act(enter("alice"), "licence", rows[:2], **asked).status_code == 302
    assert licence.uses.count() == 2


def test_the_cull_of_many_is_entered(enter: Any, many: Any, world: Any) -> None:
    rows = many(2)
    asked = {"day": lab_today(world.lab), "severity": 2}
    asked |= {"reason": CullReason.objects.all()[0].pk, "method": CullMethod.objects.all()[0].pk}
    assert act(enter("alice"), "culled", rows, **asked).status_code == 302
    assert not Subject.objects.filter(pk__in=[row.pk for row in rows], death_date=None).exists()


def test_a_stranger_does_nothing_of_this(enter: Any, many: Any, world: Any) -> None:
    rows = many(2)
    assert act(enter("charlie"), "move", rows, cage="").status_code in (302, 422)
    assert act(enter("visitor"), "move", rows, cage="").status_code == 403
    asked = {"day": lab_today(world.lab), "severity": 2}
    asked |= {"reason": CullReason.objects.all()[0].pk, "method": CullMethod.objects.all()[0].pk}
    assert act(enter("charlie"), "culled", rows, **asked).status_code == 422
    assert Subject.objects.filter(death_date=None).count() == 3


def test_the_colony_leads_to_those_in_no_cage(enter: Any, many: Any, world: Any) -> None:
    (housed,) = many(1)
    cage = housing.open_cage(lab=world.lab, name="7", by=world.people["bob"])
    housing.move_subjects([housed], cage, by=world.people["bob"])
    bob = enter("bob")
    assert "/colony/subjects/?alive=yes&amp;home=no" in bob.get("/colony/").content.decode()
    page = bob.get(f"{SUBJECTS}?alive=yes&home=no").content.decode()
    assert "KS014" in page
    assert "M001" not in page
    assert "M001" in bob.get(f"{SUBJECTS}?home=yes").content.decode()
