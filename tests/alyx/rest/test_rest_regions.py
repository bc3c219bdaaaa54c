"""Regions of the brain over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.alyx.recordings import CA1, HIPPOCAMPUS

if TYPE_CHECKING:
    from rest_framework.test import APIClient
    from tests.alyx.factories import Clients

pytestmark = pytest.mark.usefixtures("world")

ANCESTORS = ["root", "grey", "CH", "CTX", "CTXpl", "HPF", "HIP", "CA", "CA1"]


def acronyms(client: APIClient, query: str) -> list[str]:
    return [row["acronym"] for row in client.get(f"/brain-regions?{query}").json()["results"]]


def test_a_region_is_found_by_its_number(client_of: Clients) -> None:
    assert client_of("bob").get(f"/brain-regions/{CA1}").json() == {
        "id": CA1,
        "acronym": "CA1",
        "name": "Field CA1",
        "description": None,
        "parent": 375,
        "related_descriptions": [],
    }
    missing = client_of("bob").get("/brain-regions/999999999")
    assert (missing.status_code, missing.json()["detail"]) == (404, "No BrainRegion matches the given query.")
    assert client_of("bob").get("/brain-regions/99999999999999").status_code == 404
    assert client_of("bob").get("/brain-regions/x").status_code == 404


def test_regions_come_in_the_order_of_the_tree(client_of: Clients) -> None:
    assert acronyms(client_of("bob"), "limit=3") == ["void", "root", "grey"]


def test_regions_are_chosen_by(client_of: Clients) -> None:
    client = client_of("bob")
    assert acronyms(client, "acronym=ca1") == ["CA1"]
    assert acronyms(client, f"id={CA1}") == ["CA1"]
    assert acronyms(client, "name=FIELD CA2")[0] == "CA2"
    assert "CA1" in acronyms(client, "parent=375")
    assert acronyms(client, "ancestors=CA1") == ANCESTORS
    assert acronyms(client, "ancestors=382") == ANCESTORS
    within = acronyms(client, "descendants=HPF&limit=1000")
    assert within[0] == "HPF"
    assert {"CA1", "DG"} < set(within)
    assert within == acronyms(client, f"descendants={HIPPOCAMPUS}&limit=1000")
    assert "void" not in acronyms(client, "descendants=0&limit=2")
    assert acronyms(client, "django=acronym__iexact,ca2") == ["CA2"]


@pytest.mark.parametrize("query", ["ancestors=NOPE", "descendants=NOPE", "ancestors=²", "parent=-1", "id=x"])
def test_an_unknown_region_is_named(client_of: Clients, query: str) -> None:
    answer = client_of("bob").get("/brain-regions", dict([query.split("=")]))
    assert answer.status_code == 400
    if "NOPE" in query:
        assert "'NOPE'" in answer.json()["detail"]


def test_only_the_description_changes_and_the_regions_around_and_within_tell_it(client_of: Clients) -> None:
    root = client_of("root")
    changed = root.patch(f"/brain-regions/{CA1}", {"description": "new", "name": "not", "parent": 1}, format="json")
    assert (changed.status_code, changed.json()["name"], changed.json()["parent"]) == (200, "Field CA1", 375)
    assert changed.json()["related_descriptions"] == []
    root.put("/brain-regions/997", {"description": "all of it"}, format="json")
    around = {"id": 997, "name": "root", "description": "all of it", "level": 1}
    within = {"id": CA1, "name": "Field CA1", "description": "new", "level": 9}
    found = root.get(f"/brain-regions/{HIPPOCAMPUS}").json()
    assert found["related_descriptions"] == [around, within]
    assert root.get("/brain-regions?acronym=TH").json()["results"][0]["related_descriptions"] == [around]


def test_descriptions_are_for_administrators(client_of: Clients) -> None:
    for person in ("alice", "visitor", "anonymous"):
        assert client_of(person).patch(f"/brain-regions/{CA1}", {"description": "x"}).status_code == 403
    assert client_of("root").post("/brain-regions", {}).status_code == 405
    assert client_of("root").delete(f"/brain-regions/{CA1}").status_code == 405
