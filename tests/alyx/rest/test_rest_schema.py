"""The description of the API: OpenAPI in the shape that ONE reads, core-API for its forerunners, a page for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from bregma.alyx.api.schema.core import core_document
from bregma.alyx.api.schema.document import forget_document, load_document
from bregma.alyx.api.schema.page import list_operations

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

OPENAPI = "application/vnd.oai.openapi+json"
CORE = "application/coreapi+json"
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in load_document()["paths"].items()
        for method, operation in methods.items()
    ]


def read_yaml(text: bytes) -> Any:
    """Read YAML with libyaml, where it is there: the document is long."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def test_the_document_is_valid_and_made_without_warnings(tmp_path: Path, capsys: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))
    assert "Warning" not in capsys.readouterr().err
    assert read_yaml((tmp_path / "schema.yaml").read_bytes())["openapi"] == "3.0.3"


def test_bodies_are_named_components_with_properties_as_one_reads_them() -> None:
    components = load_document()["components"]["schemas"]
    for path, method, operation in operations():
        assert method in METHODS, path
        if "requestBody" not in operation:
            continue
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert components[body["$ref"].rsplit("/", 1)[-1]]["properties"], (path, method)


def test_every_list_of_rows_names_its_filters() -> None:
    paths = load_document()["paths"]
    names = {one["name"] for one in paths["/sessions"]["get"]["parameters"]}
    assert {"django", "subject", "date_range", "dataset_types", "limit", "offset", "json", "qc"} <= names
    for path, method, operation in operations():
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if method == "get" and "Paginated" in schema.get("$ref", ""):
            assert {"limit", "offset"} <= {one["name"] for one in operation["parameters"]}, path


def test_operations_have_one_name_each_and_say_how_they_refuse() -> None:
    found = operations()
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    for path, method, operation in found:
        assert {"400", "403", "404", "429"} <= set(operation["responses"]), path
        assert ("409" in operation["responses"]) == (method != "get"), path


@pytest.mark.parametrize(
    ("accept", "content_type", "read"),
    [
        (OPENAPI, OPENAPI, json.loads),
        ("application/json", "application/json", json.loads),
        ("*/*", "application/vnd.oai.openapi", read_yaml),
        ("application/yaml", "application/yaml", read_yaml),
    ],
)
@pytest.mark.django_db
def test_anybody_reads_the_document_as_json_or_yaml(client: Client, accept: str, content_type: str, read: Any) -> None:
    answer = client.get("/api/schema", headers={"accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert read(answer.content) == load_document()


@pytest.mark.parametrize(("path", "accept"), [("/api/schema", OPENAPI), ("/docs/", CORE)])
@pytest.mark.django_db
def test_who_has_the_document_is_told_so(client: Client, path: str, accept: str) -> None:
    first = client.get(path, headers={"accept": accept})
    again = client.get(path, headers={"accept": accept, "if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept" in first.headers["Vary"]
    assert client.get(path, headers={"accept": accept, "if-none-match": '"other"'}).status_code == 200


def test_the_document_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[None] = []
    document = {"paths": {"/sessions": {"get": {"description": "List sessions."}}}}
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda self, **_: made.append(None) or document)
    forget_document()
    list_operations.cache_clear()
    for _ in range(2):
        (group,) = list_operations()
    assert (group.name, len(made)) == ("sessions", 1)
    forget_document()
    list_operations.cache_clear()


@pytest.mark.django_db
def test_old_clients_are_led_to_the_core_api_document(client: Client) -> None:
    moved = client.get("/docs", headers={"accept": CORE})
    assert (moved.status_code, moved.headers["Location"]) == (301, "/docs/")
    answer = client.get("/docs/", headers={"accept": CORE})
    assert answer.headers["Content-Type"] == CORE
    assert answer.json() == core_document(load_document())


def test_the_core_api_document_has_the_links_that_old_clients_follow() -> None:
    found = core_document(load_document())
    sessions = found["sessions"]
    assert set(sessions) == {"list", "create", "read", "update", "partial_update", "delete"}
    assert sessions["read"]["url"] == "/sessions/{id}"
    assert (sessions["list"]["_type"], sessions["list"]["action"]) == ("link", "get")
    assert (sessions["create"]["action"], sessions["create"]["encoding"]) == ("post", "application/json")
    assert found["cache"]["info"]["list"]["url"] == "/cache/info/"
    subject = next(one for one in sessions["create"]["fields"] if one["name"] == "subject")
    assert (subject["required"], subject["location"], subject["schema"]["_type"]) == (True, "form", "string")
    assert "id" not in {one["name"] for one in sessions["create"]["fields"]}
    terms = {one["name"]: one for one in sessions["list"]["fields"]}
    assert terms["django"]["location"] == "query"
    assert set(terms["limit"]["schema"]) == {"_type", "title", "description"}


def test_both_documents_describe_the_same_operations() -> None:
    def links(place: dict[str, Any]) -> list[tuple[str, str]]:
        if place.get("_type") == "link":
            return [(place["url"], place["action"])]
        return [link for inner in place.values() if isinstance(inner, dict) for link in links(inner)]

    assert sorted(links(core_document(load_document()))) == sorted((path, method) for path, method, _ in operations())


@pytest.mark.django_db
def test_people_read_the_operations_with_their_values_on_a_page(client: Client) -> None:
    page = client.get("/docs/", headers={"accept": "text/html"}).content.decode()
    assert page.count('<details class="api-op"') == len(operations())
    assert "one.alyx.rest(&quot;sessions&quot;, &quot;read&quot;, id=id)" in page
    assert "<code>task_protocol</code>" in page
