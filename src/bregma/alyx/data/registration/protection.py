"""Tells which files are protected: no registration touches those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alyx.data.models import Dataset
from bregma.alyx.errors import ProtectedRevisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bregma.alyx.data.registration.files import Key, NewFile, Owner


def known_revisions(owner: Owner, files: Iterable[NewFile]) -> dict[Key, Dataset]:
    """Return all revisions of files that are registered already; one query."""
    rows = owner.datasets().filter(name__in={file.name for file in files}).select_related("revision", "created_by")
    return {(row.collection or "", row.name, revision_name(row)): row for row in rows}


def protected_keys(datasets: Iterable[Dataset]) -> set[Any]:
    """Return the keys of the datasets that a tag protects; one query, none without datasets."""
    keys = [dataset.pk for dataset in datasets]
    links = Dataset.tags.through.objects.filter(dataset__in=keys, tag__protected=True)
    return set(links.values_list("dataset_id", flat=True)) if keys else set()


def check_protected(owner: Owner, files: Sequence[NewFile]) -> None:
    """Refuse if any revision of a file is protected.

    Raises
    ------
    ProtectedRevisions
        Listing the revisions of each file, the newest first.
    """
    found = sorted(known_revisions(owner, files).values(), key=age, reverse=True)
    protected = protected_keys(found)
    if not protected:
        return
    revisions: dict[tuple[str, str], list[dict[str, bool]]] = {}
    for row in found:
        place = (row.collection or "", row.name)
        revisions.setdefault(place, []).append({revision_name(row): row.pk in protected})
    details = [{file.given_name: revisions.get(file.key[:2], [])} for file in files]
    if any(flag for file in details for rows in file.values() for row in rows for flag in row.values()):
        raise ProtectedRevisions(details)


def revision_name(dataset: Dataset) -> str:
    """Return the name of a dataset's revision, empty without one."""
    return dataset.revision.name if dataset.revision else ""


def age(dataset: Dataset) -> tuple[bool, str]:
    """Return what orders revisions: those without a name are the oldest."""
    return (dataset.revision is not None, revision_name(dataset))
