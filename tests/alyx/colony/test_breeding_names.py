"""Names of a line are given once, whoever asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.alyx.colony.breeding_factories import make_stock

from bregma.alyx.colony.breeding.services import Kind, give_names
from bregma.alyx.colony.breeding.services.names import name_with
from bregma.alyx.records import SUBJECT
from bregma.alyx.subjects.models import Line, Litter, Subject


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_get_fifty_names() -> None:
    line = Line.objects.create(name="Ai95", nickname="Ai95")
    together = Barrier(50)

    def ask(_: int) -> str:
        try:
            together.wait(timeout=60)
            with transaction.atomic():
                name = give_names(line, Kind.LITTER)[0]
                Litter.objects.create(name=name, line=line)
                return name
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as people:
        names = list(people.map(ask, range(50)))
    assert sorted(names) == [f"Ai95_L_{n:03d}" for n in range(1, 51)]
    line.refresh_from_db()
    assert line.litter_autoname_index == 50


@pytest.mark.django_db
def test_names_in_use_are_skipped() -> None:
    stock = make_stock()
    stock.mouse("Ai95_0002", "M", line=None)
    assert give_names(stock.line, Kind.SUBJECT, 3, taken=["Ai95_0003"]) == ["Ai95_0001", "Ai95_0004", "Ai95_0005"]
    assert give_names(stock.line, Kind.SUBJECT) == ["Ai95_0006"]


@pytest.mark.django_db
def test_a_transaction_that_fails_gives_its_names_back() -> None:
    line = make_stock().line
    with transaction.atomic():
        give_names(line, Kind.PAIR)
        transaction.set_rollback(True)
    assert give_names(line, Kind.PAIR) == ["Ai95_BP_001"]


@given(stem=st.text(min_size=1, max_size=255), number=st.integers(1, 10**6))
def test_any_line_makes_nicknames_that_alf_allows(stem: str, number: int) -> None:
    name = name_with(stem, Kind.SUBJECT, number)
    SUBJECT.validator(name)
    assert len(name) <= Subject._meta.get_field("nickname").max_length  # type: ignore[operator]
    assert name.endswith(f"_{number:04d}")


@given(numbers=st.sets(st.integers(1, 10**5), max_size=20), kind=st.sampled_from(list(Kind)))
def test_different_numbers_make_different_names(numbers: set[int], kind: Kind) -> None:
    assert len({name_with("A" * 300, kind, number) for number in numbers}) == len(numbers)
