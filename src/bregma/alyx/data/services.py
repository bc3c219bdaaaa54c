"""Writes datasets and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.data.models import Dataset, DatasetType, FileRecord
from bregma.alyx.errors import ProtectedDataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.alyx.misc.models import LabMember

CONTENT = frozenset({"name", "collection", "revision", "session", "file_size", "hash", "md5", "version"})


def check_unprotected(**datasets: Any) -> None:
    """Refuse if one of the datasets that fulfil the conditions carries a protecting tag.

    Raises
    ------
    ProtectedDataset
        Naming the first dataset and its tags.
    """
    protected = Dataset.objects.filter(tags__protected=True, **datasets).order_by("name").first()
    if protected is not None:
        tags = ", ".join(f'"{tag.name}"' for tag in protected.tags.filter(protected=True))
        raise ProtectedDataset(f"Failed to delete dataset {protected.name} due to protected tag(s) {tags}")


@transaction.atomic
def create_dataset(values: Mapping[str, Any], *, by: LabMember) -> Dataset:
    """Record one dataset without files; as the default revision it takes over from the one before."""
    full = {"collection": "", "created_by": by, **values}
    new = Dataset(**{name: full.get(name) for name in ("session", "collection", "name", "revision")})
    policy.check_may_write(by, new)
    if full.get("default_dataset", True):
        _siblings(new).update(default_dataset=False, auto_datetime=timezone.now())
    return changes.create_row(Dataset, full, by=by)


@transaction.atomic
def change_dataset(dataset: Dataset, values: Mapping[str, Any], *, by: LabMember) -> Dataset:
    """Change a dataset; the content of a protected one stays.

    Raises
    ------
    ProtectedDataset
        If the size, hash, name or place of a protected dataset would change.
    """
    touched = {name for name in CONTENT & values.keys() if values[name] != getattr(dataset, name)}
    if touched and dataset.tags.filter(protected=True).exists():
        raise ProtectedDataset(f"Dataset {dataset.pk} is protected, cannot change {', '.join(sorted(touched))}")
    policy.check_may_write(by, dataset)
    if values.get("default_dataset"):
        _siblings(dataset).update(default_dataset=False, auto_datetime=timezone.now())
    return changes.change_row(dataset, values, by=by)


@transaction.atomic
def delete_dataset(dataset: Dataset, *, by: LabMember) -> None:
    """Delete a dataset and its file records, unless it is protected."""
    policy.check_may_write(by, dataset)
    check_unprotected(pk=dataset.pk)
    changes.delete_row(dataset, by=by)


def create_dataset_type(values: Mapping[str, Any], *, by: LabMember) -> DatasetType:
    """Make a dataset type; patterns are compared in lower case."""
    return changes.create_row(DatasetType, {**_lowered(values), "created_by": by}, by=by)


def change_dataset_type(row: DatasetType, values: Mapping[str, Any], *, by: LabMember) -> DatasetType:
    """Change a dataset type."""
    return changes.change_row(row, _lowered(values), by=by)


@transaction.atomic
def change_file_record(record: FileRecord, values: Mapping[str, Any], *, by: LabMember) -> FileRecord:
    """Change what is known of a copy; its dataset counts as changed."""
    changed = changes.change_row(record, values, by=by)
    _touch(record)
    return changed


@transaction.atomic
def mark_received(record: FileRecord) -> None:
    """Note that a repository now holds a file, whole, unless other bytes were registered meanwhile."""
    flags = {name: value for name, value in (record.json or {}).items() if name != "mismatch_hash"}
    rows = FileRecord.objects.filter(pk=record.pk, dataset__hash=record.dataset.hash)
    rows.update(exists=True, json=flags or None)
    _touch(record)


def _touch(record: FileRecord) -> None:
    Dataset.objects.filter(pk=record.dataset_id).update(auto_datetime=timezone.now())


def _lowered(values: Mapping[str, Any]) -> dict[str, Any]:
    pattern = values.get("filename_pattern")
    return {**values, "filename_pattern": pattern.lower() or None} if pattern is not None else dict(values)


def _siblings(dataset: Dataset) -> Any:
    """Return the other revisions of a dataset in its session."""
    same = Dataset.objects.filter(session=dataset.session, collection=dataset.collection, name=dataset.name)
    return same.exclude(pk=dataset.pk).filter(default_dataset=True, session__isnull=False)
