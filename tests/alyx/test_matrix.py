"""The permission matrix: every person at every page, admin view and REST address.

A new page needs a line in tests/alyx/matrix.py (its docstring says how); without one this fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from tests.alyx import matrix
from tests.alyx.factories import PASSWORD, World, make_dataset

from bregma.alyx.access.models import Delegation
from bregma.alyx.accounts import create_user
from bregma.alyx.actions.models import ProcedureType, Weighing
from bregma.alyx.misc.days import lab_today
from bregma.alyx.misc.models import LabMember, LabMembership
from bregma.alyx.policy import Capability, Reading, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.models import Model

NOTHING = UUID(int=0)


@pytest.fixture(autouse=True)
def _no_atlas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no atlas of this machine draw the brains, which the matrix takes for not to be had."""
    monkeypatch.setenv("BREGMA_ATLAS", str(tmp_path / "none.nrrd"))


@pytest.fixture
def people(world: World) -> dict[str, LabMember]:
    """Add to the collaboration a manager, a technician, a guest, and delegates with dates."""
    found = dict(world.people)
    for name, role in (("manager", "manager"), ("tech", "technician"), ("guest", "guest")):
        found[name] = create_user(name, PASSWORD)
        LabMembership.objects.create(user=found[name], lab=world.lab, role=role)
    today = lab_today(world.lab)
    for name, end in (("today", today), ("late", today - timedelta(days=1))):
        found[name] = create_user(name, PASSWORD, labs=["otherlab"])
        Delegation.objects.create(
            owner=found["alice"], delegate=found[name], start_date=today - timedelta(days=9), end_date=end
        )
    return found


@dataclass(frozen=True)
class Address:
    """A named URL, and the parts to fill in."""

    name: str
    parts: tuple[str, ...]


def addresses(resolver: Any = None, start: str = "") -> Iterator[Address]:
    """Give every named URL of the server, save those of the admin, and of the tables of REST: see test_rest_matrix."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from addresses(pattern, f"{start}{pattern.namespace}:" if pattern.namespace else start)
        elif pattern.name:
            is_of_table = pattern.name.endswith(("-list", "-detail")) and hasattr(pattern.callback, "cls")
            if pattern.name in matrix.PAGES or not is_of_table:
                yield Address(start + pattern.name, tuple(pattern.pattern.regex.groupindex))


def page_of(address: Address) -> matrix.Page | None:
    """Return the line of an address."""
    if address.name in matrix.PAGES:
        return matrix.PAGES[address.name]
    return page_of_list(address)


def page_of_list(address: Address) -> matrix.Page | None:
    """Return what the addresses around a list answer: its file as the list, its actions only to POST."""
    base, _, part = address.name.rpartition("-")
    page = matrix.PAGES.get(base)
    if page is None:
        return None
    around = {
        "export": matrix.Page(page.allowed, {"kind": "csv"}, refused=page.refused),
        "bulk": matrix.Page(matrix.ALL, answer=405),
        "views": matrix.Page(matrix.ALL, answer=405),
        "cell": matrix.Page(matrix.ALL, {"pk": "{nothing}", "key": "x"}, answer=404),
    }
    return around.get(part)


def test_every_address_has_a_line() -> None:
    missing = sorted({address.name for address in addresses() if page_of(address) is None})
    assert not missing, f"add a line to tests/alyx/matrix.py for: {', '.join(missing)}"


def test_every_line_is_of_an_address() -> None:
    assert set(matrix.PAGES) <= {address.name for address in addresses()}


def people_of_every_run(*names: str) -> list[Any]:
    """Return all people as parameters; those who are not named are asked for in the long run."""
    return [name if name in names else pytest.param(name, marks=pytest.mark.long) for name in matrix.PEOPLE]


@pytest.mark.parametrize(
    "person", people_of_every_run("alice", "bob", "tech", "charlie", "guest", "visitor", "anonymous")
)
def test_each_page_is_for_whom_the_matrix_says(world: World, people: dict[str, LabMember], person: str) -> None:
    values = fill(world)
    client = visit(people, person)
    found, expected = {}, {}
    for address in addresses():
        page = page_of(address)
        if page is not None:
            kwargs = {name: value.format(**values) for name, value in page.kwargs.items()}
            found[address.name] = status(client, reverse(address.name, kwargs=kwargs))
            expected[address.name] = page.expected(person)
    wrong = [f"{name}: {code}, not {expected[name]}" for name, code in found.items() if code != expected[name]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", people_of_every_run("bob", "visitor"))
def test_each_admin_view_is_for_whom_the_matrix_says(world: World, people: dict[str, LabMember], person: str) -> None:
    fill(world)
    put_into_every_list(world)
    client = visit(people, person)
    found, expected = {}, {}
    for model, table in admin.site._registry.items():
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        views = [("changelist", [])] + ([("add", [])] if _offers_add(table) else [])
        views += [("change", [row.pk]), ("delete", [row.pk]), ("history", [row.pk])] if row is not None else []
        for view, args in views:
            name = f"{label}_{view}"
            found[name] = status(client, reverse(f"admin:{name}", args=args))
            expected[name] = expected_in_admin(model, view, person, row)
    wrong = [f"{name}: {code}, not {expected[name]}" for name, code in found.items() if code not in expected[name]]
    assert not wrong, "\n".join(wrong)


def expected_in_admin(model: type[Model], view: str, person: str, row: Any) -> set[int]:
    """Return what an admin view answers: a row that may not be seen leads back to the start (302)."""
    if person in ("anonymous", "visitor"):
        return {302}
    rule = rule_of(model)
    capability = rule.capability if rule is not None else Capability.ADMIN
    if capability is Capability.STOCK and rule is not None and not rule.labs and person == "manager":
        return {200} if view != "add" and view != "delete" else {302, 403}
    if view == "add":
        allowed = matrix.CAPABILITIES[capability] - ({"guest"} if not issubclass(model, LabMember) else matrix.READERS)
        return {200} if person in allowed | ({"root"} & matrix.CAPABILITIES[capability]) else {403, 302}
    if person == "guest":
        return {403} if view == "changelist" else {302, 403} if view == "delete" else {200, 302, 403}
    if view == "changelist":
        return {200}
    own = rule is None or rule.reading in (Reading.OWN, Reading.ADMIN)
    if view in ("change", "history"):
        return {200} if person == "root" or not own else {200, 302}
    writers = matrix.KEEPERS | {"late", "charlie"} if person != "tech" else matrix.KEEPERS
    return {200, 302, 403} if person in writers else {302, 403}


def fill(world: World) -> dict[str, str]:
    """Add a row of each kind that the matrix names, and return what fills in its addresses."""
    dataset = make_dataset(world.session)
    weighing = Weighing.objects.create(subject=world.subject, weight=20, user=world.people["alice"])
    return {
        "subject": world.subject.nickname,
        "subject_pk": str(world.subject.pk),
        "session": str(world.session.pk),
        "dataset": str(dataset.pk),
        "weighing": str(weighing.pk),
        "nothing": str(NOTHING),
    }


def put_into_every_list(world: World) -> None:
    """Let the subject and its session be in the lists that show some of them only."""
    type(world.subject).objects.filter(pk=world.subject.pk).update(adverse_effects="wound")
    world.session.procedures.set(ProcedureType.objects.create(name=name) for name in ("ephys", "imaging"))


def visit(people: dict[str, LabMember], person: str) -> Client:
    """Return a client that is logged in as a person; what a view raises is an answer of 500."""
    client = Client(raise_request_exception=False)
    if person in people:
        client.force_login(people[person])
    return client


def status(client: Client, path: str) -> int:
    """Ask for a page, and keep what it writes or breaks from the next."""
    with transaction.atomic():
        answer = client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer.status_code


def _offers_add(table: Any) -> bool:
    return not getattr(table, "read_only", False) and "has_add_permission" not in vars(type(table))
