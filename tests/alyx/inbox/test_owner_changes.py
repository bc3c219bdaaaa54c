"""Who gets an animal hears of it, and so does who had it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bregma.alyx.actions.models import Notification
from bregma.alyx.subjects.services import change_subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


@pytest.mark.parametrize(("by", "to", "told"), [("stock", "bob", {"alice", "bob"}), ("alice", "bob", {"bob"})])
def test_giver_and_taker_hear_of_a_new_responsible_user(world: World, by: str, to: str, told: set[str]) -> None:
    change_subject(world.subject, {"responsible_user": world.people[to]}, by=world.people[by])
    notice = Notification.objects.get(notification_type="responsible_user_change")
    assert notice.title == f"KS014 is {to}'s now"
    assert notice.link == f"/colony/subjects/{world.subject.pk}/"
    assert {row.user.username for row in notice.deliveries.all()} == told


def test_other_changes_of_an_animal_tell_nobody(world: World) -> None:
    owner = world.people["alice"]
    change_subject(world.subject, {"responsible_user": owner, "ear_mark": "1L"}, by=owner)
    change_subject(world.subject, {"responsible_user": None}, by=owner)
    assert [one.title for one in Notification.objects.all()] == ["KS014 is nobody's now"]
    assert not Notification.objects.get().users.exists()
