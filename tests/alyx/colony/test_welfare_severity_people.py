"""Changes of severity say who made them, whether a reason was asked for or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from bregma.alyx.colony.welfare.severity import list_severity_changes
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


def test_a_change_without_a_reason_names_its_person(world: World) -> None:
    client = Client()
    client.force_login(world.people["alice"])
    client.post("/colony/subjects/KS014/severity/", {"severity": Subject.Severity.MODERATE})
    (change,) = list_severity_changes(Subject.objects.get(pk=world.subject.pk))
    assert (change.before, change.after, change.who) == ("not assessed", "Moderate", "alice")
