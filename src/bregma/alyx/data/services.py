"""Writes datasets and their files."""

from __future__ import annotations

from datetime import UTC
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alf import SessionParts
from bregma.alyx import changes, policy
from bregma.alyx.data.addresses import is_own_store
from bregma.alyx.data.models import DataFormat, DataNotice, Dataset, DatasetType, FileRecord
from bregma.alyx.data.own_store import holds
from bregma.alyx.errors import InvalidRequest, ProtectedDataset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bregma.alyx.data.models import Tag
    from bregma.alyx.misc.models import LabMember

UNKNOWN = "unknown"
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


def check_may_name(by: LabMember, author: LabMember | None) -> None:
    """Refuse to record what someone made under the name of another.

    Raises
    ------
    PermissionDenied
        Unless nobody or the person who asks is named, or a superuser asks.
    """
    if author not in (by, None) and not by.is_superuser:
        raise PermissionDenied(f"only a superuser may record what {by} made as made by {author}; leave created_by out")


def check_may_tag(before: Iterable[Tag], after: Iterable[Tag], by: LabMember) -> None:
    """Refuse to publish data, or to take them back from the public.

    Raises
    ------
    PermissionDenied
        If a public tag would come or go, unless a superuser asks.
    """
    changed = {tag for tag in set(before) ^ set(after) if tag.public}
    if changed and not by.is_superuser:
        names = ", ".join(sorted(tag.name for tag in changed))
        raise PermissionDenied(f"only a superuser may change what is public by {names}; ask one")


@transaction.atomic
def create_dataset(values: Mapping[str, Any], *, by: LabMember) -> Dataset:
    """Record one dataset without files; as the default revision it takes over from the one before.

    Its format is ``unknown`` unless one is given.
    """
    full = {"collection": "", "created_by": by, **values}
    full["data_format"] = full.get("data_format") or DataFormat.objects.get_or_create(name=UNKNOWN)[0]
    new = Dataset(**{name: full.get(name) for name in ("session", "collection", "name", "revision")})
    policy.check_may_write(by, new)
    check_may_name(by, full["created_by"])
    check_may_tag((), full.get("tags", ()), by)
    if full.get("default_dataset", True):
        _siblings(new).update(default_dataset=False, auto_datetime=timezone.now())
    return changes.create_row(Dataset, full, by=by)


def check_change(dataset: Dataset, values: Mapping[str, Any], *, by: LabMember) -> None:
    """Refuse what may not happen to a protected dataset.

    Raises
    ------
    ProtectedDataset
        If its size, hash, name or place would change, or if someone who is no superuser would take off a tag
        that protects.
    """
    if dataset._state.adding:
        return
    before = Dataset.objects.get(pk=dataset.pk)
    protecting = set(before.tags.filter(protected=True))
    touched = {name for name in CONTENT & values.keys() if values[name] != getattr(before, name)}
    if protecting and touched:
        raise ProtectedDataset(f"Dataset {dataset.pk} is protected, cannot change {', '.join(sorted(touched))}")
    lost = protecting - set(values.get("tags", protecting))
    if lost and not by.is_superuser:
        names = ", ".join(sorted(tag.name for tag in lost))
        raise ProtectedDataset(f"Dataset {dataset.pk} is protected by {names}; ask a superuser to take that off")


@transaction.atomic
def change_dataset(dataset: Dataset, values: Mapping[str, Any], *, by: LabMember) -> Dataset:
    """Change a dataset; the content of a protected one stays.

    Raises
    ------
    ProtectedDataset
        As :func:`check_change`.
    """
    policy.check_may_write(by, dataset)
    if values.get("created_by", dataset.created_by) != dataset.created_by:
        check_may_name(by, values["created_by"])
    if "tags" in values:
        check_may_tag(dataset.tags.all(), values["tags"], by)
    if values.get("session", dataset.session) != dataset.session:
        check_may_tag(dataset.tags.all(), (), by)  # its session is as public as it is
    check_change(dataset, values, by=by)
    _forget_copies(dataset, values)
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
    """Make a dataset type; patterns are compared in lower case, and may not take the files of other types."""
    check_may_name(by, values.get("created_by"))
    _check_pattern(values.get("filename_pattern"), DatasetType.objects.all())
    return changes.create_row(DatasetType, {"created_by": by, **_lowered(values)}, by=by)


def change_dataset_type(row: DatasetType, values: Mapping[str, Any], *, by: LabMember) -> DatasetType:
    """Change a dataset type, as :func:`create_dataset_type`."""
    if values.get("created_by", row.created_by) != row.created_by:
        check_may_name(by, values["created_by"])
    _check_pattern(values.get("filename_pattern"), DatasetType.objects.exclude(pk=row.pk))
    return changes.change_row(row, _lowered(values), by=by)


@transaction.atomic
def create_file_record(values: Mapping[str, Any], *, by: LabMember) -> FileRecord:
    """Record a copy of a dataset; in the own store, in the folder of its session, and only what is there exists.

    Raises
    ------
    InvalidRequest
        If the path is one of the own store and in the folder of another session, or the own store lacks the file.
    """
    new = FileRecord(**{name: values.get(name) for name in ("dataset", "data_repository", "relative_path")})
    policy.check_may_write(by, new)
    _check_place(new, new.relative_path)
    _check_held(new, values)
    return changes.create_row(FileRecord, values, by=by)


def create_notice(values: Mapping[str, Any], *, by: LabMember) -> DataNotice:
    """Write a notice about datasets; whoever asks may name themself as its author."""
    check_may_name(by, values.get("created_by"))
    return changes.create_row(DataNotice, values, by=by)


@transaction.atomic
def change_file_record(record: FileRecord, values: Mapping[str, Any], *, by: LabMember) -> FileRecord:
    """Change what is known of a copy; its dataset counts as changed."""
    policy.check_may_write(by, record)
    names = ("dataset", "data_repository", "relative_path")
    new = FileRecord(**{name: values.get(name, getattr(record, name)) for name in names})
    is_moved = any(getattr(new, name) != getattr(record, name) for name in names)
    if is_moved:
        _check_lent((record.dataset, new.dataset), by)
        _check_place(new, new.relative_path)
    if is_moved or not record.exists:
        _check_held(new, {"exists": record.exists, **values})
    changed = changes.change_row(record, values, by=by)
    _touch(record)
    return changed


@transaction.atomic
def delete_file_record(record: FileRecord, *, by: LabMember) -> None:
    """Forget a copy; the last one of a protected dataset only as a superuser.

    Raises
    ------
    PermissionDenied, ProtectedDataset
        If this person may not, or the dataset would be nowhere.
    """
    policy.check_may_write(by, record)
    if not record.dataset.file_records.filter(exists=True).exclude(pk=record.pk).exists():
        _check_lent((record.dataset,), by)
    changes.delete_row(record, by=by)


@transaction.atomic
def mark_received(record: FileRecord) -> None:
    """Note that a repository now holds a file, whole, unless other bytes were registered meanwhile."""
    flags = {name: value for name, value in (record.json or {}).items() if name != "mismatch_hash"}
    rows = FileRecord.objects.filter(pk=record.pk, dataset__hash=record.dataset.hash)
    rows.update(exists=True, json=flags or None)
    _touch(record)


def _forget_copies(dataset: Dataset, values: Mapping[str, Any]) -> None:
    """Count the copies of a dataset as missing when other bytes are recorded than they hold."""
    known = {"hash": dataset.hash, "file_size": dataset.file_size}
    if any(before and values.get(name, before) != before for name, before in known.items()):
        dataset.file_records.update(exists=False)


def _touch(record: FileRecord) -> None:
    Dataset.objects.filter(pk=record.dataset_id).update(auto_datetime=timezone.now())


def _check_place(record: FileRecord, path: str) -> None:
    """Keep each session's files in its own folder of the own store; other stores have folders as they like."""
    session = record.dataset.session
    if session is None or not is_own_store(record.data_repository):
        return
    if record.dataset.file_records.filter(relative_path=path).exists():
        return
    found = SessionParts.of(path)
    day = session.start_time and session.start_time.astimezone(UTC).date()
    if (found.subject, found.date, found.number) != (session.subject.nickname, day, session.number):
        raise InvalidRequest(f"{path!r} is not in the folder of {session}, to which {record.dataset.name} belongs")


def _check_lent(datasets: Iterable[Dataset], by: LabMember) -> None:
    """Let only superusers say that the copy of a protected dataset is elsewhere, of another one, or nowhere."""
    found = Dataset.objects.filter(pk__in=[dataset.pk for dataset in datasets], tags__protected=True).first()
    if found is not None and not by.is_superuser:
        raise ProtectedDataset(f"Dataset {found.pk} is protected, cannot move or forget its copies; ask a superuser")


def _check_held(record: FileRecord, values: Mapping[str, Any]) -> None:
    """Believe no client that a file is in the own store."""
    if values.get("exists") and is_own_store(record.data_repository) and not holds(record):
        raise InvalidRequest(
            f"the store of this installation has no {record.relative_path}; send the file, it then counts as existing"
        )


def _check_pattern(pattern: str | None, others: Any) -> None:
    """Refuse a pattern that would match files of other types: nobody could register those any more."""
    if not pattern:
        return
    names = others.values_list("name", flat=True)
    taken = [name for name in names if fnmatchcase(f"{name}.npy".lower(), pattern.lower())]
    if taken:
        shown = ", ".join(sorted(taken)[:3])
        raise ValidationError({"filename_pattern": f"{pattern!r} matches files of other types, such as {shown}"})


def _lowered(values: Mapping[str, Any]) -> dict[str, Any]:
    pattern = values.get("filename_pattern")
    return {**values, "filename_pattern": pattern.lower() or None} if pattern is not None else dict(values)


def _siblings(dataset: Dataset) -> Any:
    """Return the other revisions of a dataset in its session."""
    same = Dataset.objects.filter(session=dataset.session, collection=dataset.collection, name=dataset.name)
    return same.exclude(pk=dataset.pk).filter(default_dataset=True, session__isnull=False)
