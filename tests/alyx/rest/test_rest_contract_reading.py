"""What old clients read, in the corners: words of filters, parameters that mean nothing, unknown types of files."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient
from tests.alyx.factories import Clients, World, make_dataset

from bregma.alyx.actions.models import WaterRestriction
from bregma.alyx.data.models import DataRepository, Dataset, Tag
from bregma.alyx.jobs.models import Task


def count(client: APIClient, path: str, **terms: Any) -> int:
    """Return how many rows a list has."""
    answer = client.get(path, terms)
    assert answer.status_code == 200, answer.content
    return int(answer.json()["count"])


def test_names_in_filters_of_datasets_are_exact(client_of: Clients, world: World) -> None:
    make_dataset(world.session)
    alice = client_of("alice")
    assert count(alice, "/datasets", subject="KS014", lab="mainenlab") == 1
    assert count(alice, "/datasets", subject="ks014") == 0
    assert count(alice, "/datasets", lab="MAINENLAB") == 0


@pytest.mark.parametrize("text", ["2024-03-01", "2024-03-01T23:00:00", "2024-03-01 23:00"])
def test_of_a_moment_of_registration_the_day_counts(client_of: Clients, world: World, text: str) -> None:
    made = make_dataset(world.session)
    Dataset.objects.filter(pk=made.pk).update(created_datetime=datetime(2024, 3, 1, 10, tzinfo=UTC))
    alice = client_of("alice")
    assert count(alice, "/datasets", created_date_gte=text) == 1
    assert count(alice, "/datasets", created_date_lte=text) == 1
    wrong = alice.get("/datasets", {"created_date_gte": "bad"})
    assert wrong.json() == {"created_date_gte": ["Enter a valid date/time."], "status_code": 400}


@pytest.mark.parametrize(("word", "found"), [("TRUE", 1), ("true", 1), ("False", 0), ("what", 1)])
def test_columns_of_yes_or_no_take_words_in_any_case(client_of: Clients, world: World, word: str, found: int) -> None:
    make_dataset(world.session)
    assert count(client_of("alice"), "/datasets", default_dataset=word) == found


def test_whole_arguments_and_json_are_filters(client_of: Clients, world: World) -> None:
    Task.objects.create(name="t", session=world.session, arguments={"a": 1})
    alice = client_of("alice")
    assert count(alice, "/tasks", arguments="a") == 0
    assert count(alice, "/subjects", json="a") == 0


def test_the_list_of_restricted_subjects_has_no_filters(client_of: Clients, world: World) -> None:
    WaterRestriction.objects.create(subject=world.subject, start_time=datetime(2024, 1, 1, tzinfo=UTC))
    assert count(client_of("alice"), "/water-restricted-subjects", nickname="none", lab="none", django="bad") == 1


def test_a_repository_of_no_lab_has_no_url_unless_given(client_of: Clients, world: World) -> None:
    DataRepository.objects.create(name="tape")
    root = client_of("root")
    assert root.get("/data-repository/tape").json()["data_url"] is None
    world.lab.repositories.add(DataRepository.objects.get(name="tape"))
    assert root.get("/data-repository/tape").json()["data_url"].endswith("/store/mainenlab/Subjects/")


def test_files_of_unknown_types_can_be_asked_for_protection(client_of: Clients, world: World) -> None:
    body = {"path": "KS014/2024-01-31/001", "filenames": ["alf/what.ever.xyz"]}
    answer = client_of("alice").generic(
        "GET", "/check-protected", data=json.dumps(body), content_type="application/json"
    )
    assert answer.json() == {"status_code": 200, "details": "None of the datasets are protected"}


def test_the_public_reads_which_tag_protects_a_dataset(client_of: Clients, world: World) -> None:
    dataset = make_dataset(world.session, tag=Tag.objects.create(name="frozen", protected=True))
    dataset.tags.add(Tag.objects.create(name="paper", public=True), Tag.objects.create(name="embargo"))
    assert client_of("visitor").get(f"/datasets/{dataset.pk}").json()["tags"] == ["frozen", "paper"]
