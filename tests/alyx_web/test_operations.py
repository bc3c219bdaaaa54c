"""The operations of REST as the page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.generators import SchemaGenerator

from bregma.alyx.web.operations import list_operations

if TYPE_CHECKING:
    import pytest


def test_the_operations_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[None] = []
    schema = {"paths": {"/sessions": {"get": {"description": "List sessions."}}}}
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda self, **_: read.append(None) or schema)
    list_operations.cache_clear()
    for _ in range(2):
        (group,) = list_operations()
    assert (group.name, len(read)) == ("sessions", 1)
    list_operations.cache_clear()
