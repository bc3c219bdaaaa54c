"""What only the database can refuse, such as the second of two at once, is told in words and breaks no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.db import transaction
from django.test import Client

from bregma.alyx.subjects.models import Subject
from bregma.alyx.web.refusals import saved

if TYPE_CHECKING:
    from tests.alyx.factories import World


def test_the_second_of_two_at_once_is_told_on_the_form(world: World) -> None:
    def write() -> None:
        with transaction.atomic():
            Subject.objects.create(nickname=world.subject.nickname, lab=world.lab)

    form = forms.Form({})
    assert not saved(form, write)
    assert "The database refused it: duplicate key" in form.non_field_errors()[0]


def test_a_value_that_the_database_cannot_hold_is_refused(world: World) -> None:
    client = Client()
    client.force_login(world.people["alice"])
    answer = client.post("/colony/subjects/do/views", {"name": "a\x00b", "query": "q=1"})
    assert (answer.status_code, b"The database refused it" in answer.content) == (400, True)


def test_a_search_that_the_database_cannot_hold_is_refused(world: World) -> None:
    client = Client()
    client.force_login(world.people["alice"])
    sent = {"action": "cull", "scope": "all", "query": "q=%00"}
    assert client.post("/colony/subjects/do/bulk", sent).status_code == 400
