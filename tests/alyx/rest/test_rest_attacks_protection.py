"""Attacks on protected and public data: every way around the tag that protects, and around its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.alyx.factories import Clients, make_dataset

from bregma.alyx.data.models import Dataset, FileRecord, Revision, Tag

if TYPE_CHECKING:
    from tests.alyx.factories import World


OTHER = "f" * 32


@pytest.fixture
def protected(world: World) -> Dataset:
    return make_dataset(world.session, tag=Tag.objects.create(name="kept", protected=True))


@pytest.mark.parametrize(
    "change",
    [
        {"hash": OTHER},
        {"file_size": 11},
        {"name": "_ibl_wheel.position.npy"},
        {"collection": "alf/x"},
        {"tags": []},
        {"version": "2"},
        {"session": None},
        {"revision": "2024-02-02"},
    ],
)
def test_a_protected_dataset_stays_as_it_is(client_of: Clients, protected: Dataset, change: dict[str, Any]) -> None:
    Revision.objects.create(name="2024-02-02")
    before = Dataset.objects.filter(pk=protected.pk).values().get()
    client = client_of("alice")
    assert client.patch(f"/datasets/{protected.pk}", change, format="json").status_code == 403
    full = client.get(f"/datasets/{protected.pk}").json()
    assert client.put(f"/datasets/{protected.pk}", {**full, **change}, format="json").status_code == 403
    assert Dataset.objects.filter(pk=protected.pk).values().get() == before
    assert protected.tags.exists()


def test_the_copy_of_a_protected_dataset_is_not_lent_to_another(
    client_of: Clients, world: World, protected: Dataset
) -> None:
    record = protected.file_records.get()
    other = make_dataset(world.session, "_ibl_wheel.position.npy")
    client = client_of("alice")
    for change in ({"dataset": str(other.pk)}, {"relative_path": "KS014/2024-01-31/001/alf/x/_ibl_trials.table.pqt"}):
        answer = client.patch(f"/files/{record.pk}", change, format="json")
        assert answer.status_code == 403, change
    assert client.delete(f"/files/{record.pk}").status_code == 403
    lent = {"dataset": str(protected.pk)}
    assert client.patch(f"/files/{other.file_records.get().pk}", lent, format="json").status_code == 403
    assert FileRecord.objects.get(pk=record.pk).dataset == protected
    assert client_of("root").delete(f"/files/{record.pk}").status_code == 204


def test_a_session_or_subject_with_protected_data_is_not_deleted(
    client_of: Clients, world: World, protected: Dataset
) -> None:
    client = client_of("alice")
    assert client.delete(f"/sessions/{world.session.pk}").status_code == 403
    assert client.delete("/subjects/KS014").status_code == 403
