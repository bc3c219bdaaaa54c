"""Every list, and the page of a subject, costs at most twelve queries, as many for 25 rows as for 100."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from benchmarks.alyx_pages import ARGUMENT, MOST_QUERIES, ROOMS, _routes, cost_of, pages, visitor
from benchmarks.generated_lab import Scale, fill
from django.contrib import admin
from django.db import transaction
from django.urls import get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.alyx_pages import Page

pytestmark = pytest.mark.django_db
LISTS = sorted({f"/{route}" for route, _ in _routes(get_resolver().url_patterns) if route.startswith(ROOMS)})
LISTS = [route for route in LISTS if not ARGUMENT.search(route)]
ADMIN = sorted(f"admin {model._meta.label_lower}" for model in admin.site._registry)


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: pytest.FixtureDef[object]) -> Iterator[dict[str, Page]]:
    """Return the pages of a small lab, by address and by name; the lab is gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        every = pages(fill(Scale(subjects=120, sessions=240, weighings=360, datasets_per_session=2)))
        yield {**{page.url: page for page in every}, **{page.name: page for page in every if page.is_admin}}
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", [*LISTS, *ADMIN])
def test_a_list_costs_few_queries_however_long_it_is(found: dict[str, Page], name: str) -> None:
    cost = cost_of(visitor(), found[name], rounds=0)
    if cost is None:
        pytest.skip("no page: an action, a file or a part of a page")
    assert not cost.failed
    assert max(cost.queries) <= MOST_QUERIES, cost
    assert len(set(cost.queries)) == 1, cost


def test_the_page_of_a_subject_costs_few_queries(found: dict[str, Page]) -> None:
    cost = cost_of(visitor(), next(page for page in found.values() if page.name == "subject"), rounds=0)
    assert cost is not None
    assert max(cost.queries) <= MOST_QUERIES, cost


def test_there_are_lists_to_measure() -> None:
    assert {"/colony/subjects/", "/notebook/sessions/", "/colony/cages/"} <= set(LISTS)
    assert len(ADMIN) > 20
