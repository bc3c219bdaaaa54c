"""The record of a subject: who sees it, what it offers, how it is changed."""

from __future__ import annotations

from typing import Any

import pytest

from bregma.alyx.subjects.models import Subject


def path(world: Any, tail: str = "") -> str:
    return f"/colony/subjects/{world.subject.pk}/{tail}"


def test_a_record_is_found_by_nickname_and_by_uuid(enter: Any, world: Any) -> None:
    for address in (path(world), "/colony/subjects/KS014/"):
        answer = enter("alice").get(address)
        assert answer.status_code == 200
        assert b"<h1>KS014" in answer.content


@pytest.mark.parametrize("person", ["visitor", "anonymous"])
def test_a_record_is_not_for_everybody(person: str, enter: Any, world: Any) -> None:
    assert enter(person).get(path(world)).status_code == {"visitor": 404, "anonymous": 302}[person]


def test_rest_keeps_its_addresses(enter: Any, world: Any) -> None:
    answer = enter("alice").get("/subjects/KS014")
    assert answer.headers["Content-Type"] == "application/json"


def test_only_those_who_may_write_are_offered_actions(enter: Any, world: Any) -> None:
    edit = path(world, "edit/").encode()
    assert edit in enter("alice").get(path(world)).content
    assert edit not in enter("charlie").get(path(world)).content


def test_a_subject_is_changed(enter: Any, world: Any) -> None:
    values = {"nickname": "KS014", "sex": "F", "protocol_number": "2", "description": "calm", "responsible_user": ""}
    values["responsible_user"] = str(world.people["alice"].pk)
    assert enter("bob").post(path(world, "edit/"), values).status_code == 302
    found = Subject.objects.get()
    assert (found.sex, found.protocol_number, found.description) == ("F", "2", "calm")
    assert found.lab == world.lab


def test_a_wrong_value_is_explained_beside_its_field(enter: Any, world: Any) -> None:
    values = {"nickname": "K S", "protocol_number": "1", "birth_date": "2024-02-30"}
    page = enter("alice").post(path(world, "edit/"), values)
    assert page.status_code == 422
    assert b'id="id_birth_date_error"' in page.content
    assert b'aria-invalid="true"' in page.content


def test_what_a_constraint_refuses_is_said(enter: Any, world: Any) -> None:
    Subject.objects.create(nickname="TWIN", lab=world.lab)
    page = enter("alice").post(path(world, "edit/"), {"nickname": "TWIN", "protocol_number": "1"})
    assert page.status_code == 422
    assert Subject.objects.filter(nickname="TWIN").count() == 1


def test_a_stranger_edits_nothing(enter: Any, world: Any) -> None:
    assert enter("charlie").get(path(world, "edit/")).status_code == 403
    assert enter("charlie").post(path(world, "edit/"), {"nickname": "X"}).status_code == 403


def test_a_lab_mate_cannot_give_a_subject_away(enter: Any, world: Any) -> None:
    values = {"nickname": "KS014", "protocol_number": "1", "responsible_user": str(world.people["bob"].pk)}
    enter("bob").post(path(world, "edit/"), values)
    assert Subject.objects.get().responsible_user == world.people["alice"]


def test_a_subject_is_entered(enter: Any, world: Any) -> None:
    values = {"nickname": "NEW_1", "lab": str(world.lab.pk), "sex": "M", "protocol_number": "1"}
    answer = enter("alice").post("/colony/subjects/new/", values)
    assert answer.status_code == 302
    assert Subject.objects.get(nickname="NEW_1").lab == world.lab


def test_a_subject_is_entered_into_a_lab_of_ones_own(enter: Any, world: Any) -> None:
    values = {"nickname": "NEW_1", "lab": str(world.lab.pk), "protocol_number": "1"}
    assert enter("charlie").post("/colony/subjects/new/", values).status_code == 422
    assert enter("visitor").get("/colony/subjects/new/").status_code == 403
