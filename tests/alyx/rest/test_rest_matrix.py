"""The permission matrix of REST: every person, every address, every method; what is refused changes no row.

A new endpoint needs a line in tests/alyx/rest/rest_lines.py (its docstring says how); without one this fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIClient
from tests.alyx.matrix import PEOPLE
from tests.alyx.rest import doors, rest_lines
from tests.alyx.test_matrix import people  # noqa: F401 # a fixture

from bregma.alyx.actions.models import Session
from bregma.alyx.api.rates import shared_counter
from bregma.alyx.data.models import Dataset
from bregma.alyx.experiments.models import FOV, ProbeInsertion, TrajectoryEstimate

if TYPE_CHECKING:
    from tests.alyx.factories import World
    from tests.alyx.rest.doors import Door, Rows
    from tests.alyx.rest.rest_lines import Line

    from bregma.alyx.misc.models import LabMember

HIDDEN_OR_FORBIDDEN = frozenset({403, 404})
OUTSIDERS = ("visitor", "anonymous")
SHADOWS = ("head", "options")
"""Methods that answer as others do: asked as those who see least."""
SELDOM = ("root", "stock", "manager", "alice", "dora", "today", "tech", "late")
"""Who is asked for in long runs only."""
EVERYBODY = [pytest.param(person, marks=pytest.mark.long) if person in SELDOM else person for person in PEOPLE]


def test_every_address_of_rest_has_a_line() -> None:
    missing = sorted({door.route for door in doors.doors()} - set(rest_lines.LINES))
    assert not missing, f"add a line to tests/alyx/rest/rest_lines.py for: {', '.join(missing)}"


def with_a_line() -> list[Door]:
    """Return what can be asked; what has no line fails above."""
    return [door for door in doors.doors() if door.route in rest_lines.LINES]


@dataclass
class Visit:
    """One person, who asks everything of every address."""

    person: str
    client: APIClient
    rows: Rows
    values: dict[str, str]
    shown: dict[str, Any]
    """What the administrator reads of each row: what is put back."""
    wrong: list[str] = field(default_factory=list)

    def ask_all(self, door: Door) -> None:
        """Ask with every method; of what is no list, tests/alyx/test_matrix.py asks with GET."""
        path = self.rows.path(door, **rest_lines.LINES[door.route].parts)
        reading = ("get",) if door.is_set else ()
        for method in (*reading, *(SHADOWS if self.person in OUTSIDERS else ()), *doors.WRITING):
            self.ask(door, path, method)

    def ask(self, door: Door, path: str, method: str) -> None:
        """Ask once, and note an answer that the lines do not give."""
        line = rest_lines.LINES[door.route]
        with transaction.atomic():
            answer = self.client.generic(method.upper(), path, **_sent(method, self.body(door, method)))
            _close(answer)
            if answer.status_code < 400:
                transaction.set_rollback(True)
        expected = expected_of(line, door, method, self.person)
        if answer.status_code not in expected:
            said = b"" if answer.streaming else answer.content[:160]
            self.wrong.append(f"{method} {path}: {answer.status_code}, not {sorted(expected)} {said!r}")

    def body(self, door: Door, method: str) -> Any:
        """Return what is sent: alice's row as it is, or a new one."""
        if method == "put" and door.is_detail:
            return self.shown[door.name]
        line = rest_lines.LINES[door.route]
        return _filled({"post": line.body, "patch": line.patch}.get(method, {}), self.values)


def expected_of(line: Line, door: Door, method: str, person: str) -> frozenset[int]:
    """Return the answers that a person may get."""
    if person == "anonymous" and not line.is_open:
        return frozenset({line.anonymous})
    if line.is_open and method == "options":
        return frozenset({200, 403, 405})
    if method == "options":
        return frozenset({200 if door.view is not None else 405})
    if method in ("get", "head"):
        return _expected_to_read(line, door, method, person)
    if method not in door.methods:
        return frozenset({403, 405})
    allowed = {"post": line.add, "delete": line.change if line.drop is None else line.drop}.get(method, line.change)
    if line.reads or person in allowed:
        return frozenset({204, 409}) if method == "delete" else line.answers
    return HIDDEN_OR_FORBIDDEN if door.is_detail or "key" in door.parts else frozenset({403})


def _expected_to_read(line: Line, door: Door, method: str, person: str) -> frozenset[int]:
    if method not in door.methods:
        return frozenset({403, 405})
    if door.is_detail:
        return frozenset({200 if person in line.read else 404})
    return frozenset({200}) if door.is_set else frozenset({200, 400, 403, 404})


def _close(answer: Any) -> None:
    """Close the file of an answer that was not read, and not the database with it."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def _sent(method: str, body: Any) -> dict[str, Any]:
    if method not in doors.WRITING:
        return {}
    return {"data": JSONRenderer().render(body), "content_type": "application/json"}


def _filled(body: Any, values: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, values) for name, value in body.items()}
    return body.format(**values) if isinstance(body, str) else body


@pytest.fixture(autouse=True)
def _without_logs(caplog: pytest.LogCaptureFixture) -> None:
    """Keep the thousands of refusals that are asked for out of what a failure shows."""
    caplog.set_level("CRITICAL", logger="django.request")


@pytest.fixture
def rows(world: World, people: dict[str, LabMember]) -> Rows:  # noqa: F811
    """Return the rows that are asked for."""
    return doors.fill(world)


def values_of(rows: Rows, person: str) -> dict[str, str]:
    """Return what fills in the bodies."""
    session = rows.of(Session)
    keys = {"dataset": Dataset, "insertion": ProbeInsertion, "trajectory": TrajectoryEstimate, "view": FOV}
    return {
        "person": person,
        "subject": session.subject.nickname,
        "session": str(session.pk),
        "folder": f"{session.subject}/{session.start_time:%Y-%m-%d}/{session.number:03d}/alf",
        **{name: str(model.objects.get().pk) for name, model in keys.items()},
    }


def visit_as(world: World, rows: Rows, person: str) -> Visit:
    """Return the visit of a person."""
    root = _client(world, "root")
    shown = {door.name: root.get(rows.path(door)).json() for door in doors.doors() if door.is_detail}
    return Visit(person, _client(world, person), rows, values_of(rows, person), shown)


def _client(world: World, person: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if person != "anonymous":
        client.credentials(HTTP_AUTHORIZATION=world.token(person)["Authorization"])
    return client


@pytest.mark.parametrize("person", EVERYBODY)
def test_each_method_is_for_whom_the_lines_say_and_what_is_refused_leaves_no_trace(
    world: World, rows: Rows, person: str
) -> None:
    visit = visit_as(world, rows, person)
    before = doors.digests()
    for door in with_a_line():
        shared_counter().clear()  # more is asked here than an account may in a minute
        visit.ask_all(door)
    after = doors.digests()
    visit.wrong += [f"rows of {table} changed" for table in after if after[table] != before[table]]
    assert not visit.wrong, "\n".join(visit.wrong)
