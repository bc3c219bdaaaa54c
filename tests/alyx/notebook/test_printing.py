"""Records as PDF hold what the person may read, with pages numbered and a name on each."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from pypdf import PdfReader
from tests.alyx.factories import make_dataset, make_session

from bregma.alyx.actions.models import Session, Weighing
from bregma.alyx.notebook.notes.services import write_note
from bregma.alyx.notebook.printing import records

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(content))
    return reader, "\n".join(page.extract_text() for page in reader.pages)


def test_the_record_of_a_session_is_printed(visit: Visit, world: World, picture: Any) -> None:
    session = world.session
    Session.objects.filter(pk=session.pk).update(narrative="He leaned θ = 15° & <worked>")
    write_note(session, "seen in the lamp", picture(size=(900, 600)), by=world.people["alice"])
    make_dataset(session)
    answer = visit("bob").get(reverse("session-record", args=[session.pk]))
    reader, text = read(answer.content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert 'filename="KS014_2024-01-31_001.pdf"' in answer.headers["Content-Disposition"]
    for words in ("Session KS014 2024-01-31 001", "θ = 15° & <worked>", "seen in the lamp", "_ibl_trials.table.pqt"):
        assert words in text
    assert sum(len(page.images) for page in reader.pages) == 1
    assert f"page 1 of {len(reader.pages)}" in text
    assert "by bob" in text


def test_the_record_of_a_subject_is_printed_over_pages(visit: Visit, world: World) -> None:
    for i in range(2, 90):
        make_session(world.subject, number=i)
        Weighing.objects.create(subject=world.subject, weight=20 + i / 10)
    answer = visit("alice").get(reverse("subject-record", args=["KS014"]))
    reader, text = read(answer.content)
    assert len(reader.pages) > 2
    assert f"page 2 of {len(reader.pages)}" in text
    assert "Subject KS014" in text
    assert "28.9" in text


def test_a_large_record_is_cut_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_WEIGHINGS", 3)
    for weight in range(20, 26):
        Weighing.objects.create(subject=world.subject, weight=weight)
    _, text = read(records.print_subject(world.subject, by=world.people["alice"]))
    assert "The first 3 of 6" in text


def test_printing_costs_few_queries(visit: Visit, world: World, django_assert_max_num_queries: Any) -> None:
    client = visit("bob")
    for name, key in (("session-record", world.session.pk), ("subject-record", world.subject.pk)):
        with django_assert_max_num_queries(36):
            assert client.get(reverse(name, args=[key])).status_code == 200


def test_shared_accounts_print_nothing(visit: Visit, world: World) -> None:
    assert visit("visitor").get(reverse("session-record", args=[world.session.pk])).status_code == 404
    assert visit("anonymous").get(reverse("session-record", args=[world.session.pk])).status_code == 302
