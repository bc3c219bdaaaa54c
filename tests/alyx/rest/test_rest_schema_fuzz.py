"""Asks every operation for what its description allows and forbids: no answer is a failure, or one not described."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.alyx.factories import make_dataset

from bregma.alyx.actions.models import WaterAdministration, WaterRestriction, Weighing
from bregma.alyx.api.schema.document import load_document
from bregma.alyx.data.models import Tag
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.misc.models import LabLocation
from bregma.alyx.subjects.models import Project
from bregma.alyx.wsgi import application

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import Clients, World

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW, MANY = 2, 60
PARTS = 40
"""Tests that share the operations of a long run."""
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def in_one_transaction(environ: Any, start_response: Any) -> Any:
    """Serve a request on the connection of the test, which Django's test client lets the end of a request close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    answer: Any = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def without_lookaheads(place: Any) -> Any:
    """Return a document without the patterns for which texts are found only by trying thousands."""
    if isinstance(place, dict):
        kept = {key: value for key, value in place.items() if not (key == "pattern" and "(?" in str(value))}
        return {key: without_lookaheads(value) for key, value in kept.items()}
    return [without_lookaheads(one) for one in place] if isinstance(place, list) else place


@cache
def described() -> Any:
    """Return the operations, which are called in this process."""
    schema: Any = schemathesis.openapi.from_dict(without_lookaheads(load_document()))
    schema.app = in_one_transaction
    return schema


def operations() -> list[Any]:
    return [result.ok() for result in described().get_all_operations()]


@pytest.fixture
def rows(world: World) -> None:
    """Give every table a row that can be asked for."""
    alice = world.people["alice"]
    dataset = make_dataset(world.session, tag=Tag.objects.create(name="public", public=True))
    ProbeInsertion.objects.create(session=world.session, name="probe00").datasets.add(dataset)
    Weighing.objects.create(subject=world.subject, weight=20, user=alice)
    WaterAdministration.objects.create(subject=world.subject, water_administered=1, session=world.session)
    WaterRestriction.objects.create(subject=world.subject)
    LabLocation.objects.create(name="rig", lab=world.lab)
    world.session.projects.add(Project.objects.create(name="motor"))


def key_of(client: APIClient, path: str) -> str | None:
    """Return what stands in the address of a row that there is."""
    listed = client.get(f"{path.split('/{', maxsplit=1)[0]}?limit=1")
    found = listed.json() if listed.headers["Content-Type"] == "application/json" else {}
    row = next(iter(found.get("results", [])), None) if isinstance(found, dict) else None
    if row is None:
        return None
    name = re.findall(r"{(\w+)}", path)[0]
    return str(row[name]) if name in row else str(row.get("url", ""))[-36:]


def ask(operation: Any, client: APIClient, headers: dict[str, str], number: int) -> None:
    """Call an operation some times, on rows that there are and on others; nothing that it writes stays."""
    known = key_of(client, operation.path) if "{" in operation.path else None
    names = re.findall(r"{(\w+)}", operation.path)

    @schemathesis_settings(number)
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)), there=st.booleans())
    def call(case: Any, there: bool) -> None:
        if there and known:
            case.path_parameters[names[0]] = known
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    call()


def schemathesis_settings(number: int) -> settings:
    return settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.usefixtures("rows")
def test_answers_are_described(world: World, client_of: Clients) -> None:
    client, headers = client_of("root"), world.token("root")
    for operation in operations()[::3]:  # the others in long runs
        ask(operation, client, headers, FEW)


@pytest.mark.long
@pytest.mark.parametrize("name", ["root", "alice", "visitor"])
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.usefixtures("rows")
def test_many_answers_are_described(world: World, client_of: Clients, part: int, name: str) -> None:
    for operation in operations()[part::PARTS]:
        ask(operation, client_of(name), world.token(name), MANY)
