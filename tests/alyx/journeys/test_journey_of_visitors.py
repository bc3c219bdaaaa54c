"""Guests and the public see what they may, find no way to write, and are refused when they type an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser import PHONE

from bregma.alyx.actions.models import Weighing
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.alyx.journeys.lab import JourneyLab
    from tests.alyx.journeys.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DOORS = (
    "/today/",
    "/colony/breeding/new/",
    "/colony/subjects/new/",
    "/colony/subjects/{key}/cull/",
    "/colony/subjects/{key}/water/weigh/",
)


def entries(walk: Walk) -> list[str]:
    """Return what the navigation offers."""
    links = walk.page.get_by_role("navigation", name="Main", exact=True).get_by_role("link")
    return [words.strip() for words in links.all_inner_texts()]


def knock(walk: Walk, key: object, statuses: set[int]) -> None:
    """Type addresses that are for others."""
    for door in DOORS:
        answer = walk.page.request.get(walk.visit.site + door.format(key=key), max_redirects=0)
        assert answer.status in statuses, door


def test_a_guest_reads_the_lab_and_writes_nothing(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    assert lab.subject is not None
    gus = walk_of("gus")
    assert "Today" not in entries(gus)
    assert "Colony" not in entries(gus)
    gus.go("Subjects")
    expect(gus.main.get_by_role("link", name="New subject")).to_have_count(0)
    gus.follow("KS014")
    expect(gus.main.get_by_text("Do…")).to_have_count(0)
    gus.go("Notebook", "Sessions")
    gus.follow("KS014")
    expect(gus.main.get_by_role("link", name="Edit")).to_have_count(0)
    knock(gus, lab.subject.pk, {403, 404})
    assert not Weighing.objects.exists()


def test_the_public_sees_nothing_that_is_not_public(walk_of: Callable[..., Any], lab: JourneyLab) -> None:
    assert lab.subject is not None
    visitor = walk_of("visitor", width=PHONE, dark=True)
    visitor.go("Subjects")
    expect(visitor.page.get_by_text("KS014")).to_have_count(0)
    expect(visitor.main.get_by_role("link", name="New subject")).to_have_count(0)
    knock(visitor, lab.subject.pk, {403, 404})
    assert Subject.objects.count() == 1
