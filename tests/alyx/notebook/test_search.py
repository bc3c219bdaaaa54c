"""Search finds what a person may read, by words, phrases and beginnings, through the indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse
from tests.alyx.factories import make_session

from bregma.alyx.actions.models import Session, Surgery
from bregma.alyx.colony.models import Cage
from bregma.alyx.notebook.comments.services import write_comment
from bregma.alyx.notebook.notes.services import write_note
from bregma.alyx.notebook.search.question import Question
from bregma.alyx.notebook.search.selectors import KINDS, rows_of_kind, search
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from tests.alyx.factories import World


@pytest.fixture
def written(world: World) -> World:
    """Write a word on everything."""
    alice = world.people["alice"]
    Session.objects.filter(pk=world.session.pk).update(narrative="The hippocampus was recorded while running")
    Surgery.objects.create(subject=world.subject, implant_weight=0, narrative="Craniotomy over the hippocampus")
    note = write_note(world.subject, "<b>hippocampus</b> & a blood vessel", by=alice)
    write_comment(note, "hippocampus again", by=alice)
    Cage.objects.create(name="hippo-7", lab=world.lab)
    Subject.objects.create(nickname="ZFM-01592", lab=world.lab, description="hippocampus mouse")
    return world


def found(text: str, world: World, person: str = "bob") -> dict[str, list[str]]:
    groups = search(Question.read(text), world.people[person])
    return {group.key: [hit.title for hit in group.hits] for group in groups}


def test_a_word_is_found_in_every_kind(written: World) -> None:
    hits = found("hippocampus", written)
    assert set(hits) == {"subjects", "sessions", "surgeries", "notes", "comments"}
    assert hits["notes"] == ["Note on KS014"]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("hippoc", True),
        ("run recorded", True),
        ('"was recorded"', True),
        ('"running recorded"', False),
        ("hippocampus -running", False),
        ("cortex or running", True),
        ("cortex running", False),
        ("RUNNING Hippo", True),
    ],
)
def test_questions_are_read_as_people_write_them(written: World, text: str, fits: bool) -> None:
    assert ("sessions" in found(text, written)) is fits


@pytest.mark.parametrize("text", ["ZFM-01592", "zfm", "01592", "ZFM-015"])
def test_a_name_is_found_whole_and_by_its_parts(written: World, text: str) -> None:
    assert "ZFM-01592" in found(text, written)["subjects"]


def test_a_cage_is_found_by_its_name_and_a_row_by_its_key(written: World) -> None:
    assert found("hippo-", written)["cages"] == ["hippo-7"]
    assert list(found(str(written.session.pk), written)) == ["sessions"]


def test_snippets_mark_what_fits_and_escape_the_rest(written: World) -> None:
    group = next(one for one in search(Question.read("vessel"), written.people["bob"]) if one.key == "notes")
    assert group.hits[0].snippet.endswith("&amp; a blood <mark>vessel</mark>")
    assert "<b>" not in group.hits[0].snippet


@pytest.mark.parametrize("text", ["'", '"', "' OR 1=1 --", ":*", "a & | !", "\\", "((", "-", "or", "é", "%", "''':*"])
def test_no_question_fails(written: World, client: Any, text: str) -> None:
    client.force_login(written.people["bob"])
    assert client.get("/search/", {"q": text}).status_code == 200


def test_the_public_finds_nothing_that_is_not_public(written: World) -> None:
    assert found("hippocampus", written, "visitor") == {}


def test_a_search_costs_at_most_twelve_queries(written: World, client: Any, django_assert_max_num_queries: Any) -> None:
    client.force_login(written.people["bob"])
    client.get(reverse("search"), {"q": "x"})
    with django_assert_max_num_queries(12):
        page = client.get(reverse("search"), {"q": "hippocampus"})
    assert page.content.count(b"<mark>") >= 4


def test_the_indexes_answer_at_size(written: World) -> None:
    subject = written.subject
    Session.objects.bulk_create(
        Session(subject=subject, number=i, narrative=f"day {i} of training with word{i}") for i in range(2, 3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE actions_session")
    kind = next(kind for kind in KINDS if kind.key == "sessions")
    rows = rows_of_kind(kind, Question.read("word1234"), written.people["root"])
    assert "session_words" in rows.explain()
    assert [row.number for row in rows] == [1234]


def test_a_text_of_any_length_is_kept(world: World) -> None:
    session = make_session(world.subject, number=9)
    session.narrative = "unending " + " ".join(f"word{i}" for i in range(120_000))
    session.save()
    assert found("unending", world)["sessions"] == [str(session)]
