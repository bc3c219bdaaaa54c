"""Registers the files of a session: all or none, and safely again.

A file that is already there with the hash that is given stays as it is. With another hash, or none, it is patched:
its copies count as missing until they arrive anew. A protected file is never patched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.data.models import Dataset, FileRecord, Revision
from bregma.alyx.data.repositories import repositories_of
from bregma.alyx.data.revisions import find_revisions
from bregma.alyx.errors import ProtectedDataset, ProtectedRevisions
from bregma.alyx.experiments.models import ProbeInsertion
from bregma.alyx.records import QC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.contrib.contenttypes.models import ContentType

    from bregma.alyx.actions.models import Session
    from bregma.alyx.data.models import DataFormat, DataRepository, DatasetType
    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file to register; ``relative_path`` begins with the subject."""

    relative_path: str
    given_name: str
    collection: str
    revision: str
    name: str
    dataset_type: DatasetType
    data_format: DataFormat
    hash: str | None
    size: int | None
    version: str
    qc: int | None

    @property
    def key(self) -> Key:
        """What is unique in a session: collection, name, revision."""
        return (self.collection, self.name, self.revision)


@dataclass(frozen=True, slots=True)
class Owner:
    """What files belong to: a session, or else any row such as a subject."""

    subject: Subject
    session: Session | None = None
    content_type: ContentType | None = None
    object_id: Any = None

    def columns(self) -> dict[str, Any]:
        """Return the columns of a dataset that say so."""
        return {"session": self.session, "content_type": self.content_type, "object_id": self.object_id}

    def datasets(self) -> Any:
        """Return its datasets."""
        return Dataset.objects.filter(**self.columns())


@dataclass(frozen=True, slots=True)
class Options:
    """How files are registered: who made them, where copies go and are, and whether they become the default."""

    created_by: LabMember
    labs: Sequence[Lab]
    repository: DataRepository | None = None
    exists: bool = True
    server_only: bool = False
    default: bool = True
    check_protected: bool = False


@transaction.atomic
def register_files(owner: Owner, files: Sequence[NewFile], options: Options, *, by: LabMember) -> list[Dataset]:
    """Record files as datasets with one file record per repository; a constant number of queries.

    Returns
    -------
    list of Dataset
        In the order of ``files``.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ProtectedDataset
        If a file is protected and would be patched, or (if asked) any revision of a file is protected.
    """
    policy.check_may_write(by, owner.session or owner.subject)
    _lock(owner)
    known = _known(owner, files)
    if options.check_protected:
        check_protected(owner, files)
    revisions = find_revisions(file.revision for file in files)
    datasets, patched = _merge(owner, files, known, revisions, options)
    _save(datasets, known)
    _save_records(datasets, files, patched, options)
    if owner.session is not None:
        owner.session.users.add(options.created_by)
        link_insertions(owner.session)
    return datasets


def check_protected(owner: Owner, files: Sequence[NewFile]) -> None:
    """Refuse if any revision of a file is protected.

    Raises
    ------
    ProtectedRevisions
        Listing the revisions of each file, the newest first.
    """
    rows = owner.datasets().filter(name__in={file.name for file in files}).select_related("revision")
    found = sorted(rows.prefetch_related("tags"), key=_age, reverse=True)
    details = []
    for file in files:
        same = [row for row in found if (row.collection or "", row.name) == file.key[:2]]
        details.append({file.given_name: [{_revision_name(row): is_protected(row)} for row in same]})
    if any(protected for file in details for rows in file.values() for row in rows for protected in row.values()):
        raise ProtectedRevisions(details)


def is_protected(dataset: Dataset) -> bool:
    """Tell whether a tag protects a dataset; uses prefetched tags."""
    return any(tag.protected for tag in dataset.tags.all())


def link_insertions(session: Session) -> None:
    """Link each insertion of a session with the datasets of its folder: the second part of their collection."""
    insertions = {insertion.name: insertion.pk for insertion in ProbeInsertion.objects.filter(session=session)}
    if not insertions:
        return
    through = ProbeInsertion.datasets.through
    rows = Dataset.objects.filter(session=session).values_list("pk", "collection")
    links = [(key, (collection or "").split("/")) for key, collection in rows]
    through.objects.bulk_create(
        [
            through(probeinsertion_id=insertions[parts[1]], dataset_id=key)
            for key, parts in links
            if len(parts) > 1 and parts[1] in insertions
        ],
        ignore_conflicts=True,
    )


def _lock(owner: Owner) -> None:
    """Let two registrations for one session follow each other."""
    row: Any = owner.session or owner.subject
    list(type(row)._default_manager.select_for_update().filter(pk=row.pk).values("pk"))


def _known(owner: Owner, files: Sequence[NewFile]) -> dict[Key, Dataset]:
    """Return all revisions of the files that are registered already."""
    rows = owner.datasets().filter(name__in={file.name for file in files}).select_related("revision")
    return {(row.collection or "", row.name, _revision_name(row)): row for row in rows.prefetch_related("tags")}


def _merge(
    owner: Owner,
    files: Sequence[NewFile],
    known: dict[Key, Dataset],
    revisions: dict[str, Revision],
    options: Options,
) -> tuple[list[Dataset], set[Any]]:
    """Return the datasets as they shall be, and the keys of those whose bytes change."""
    datasets: dict[Key, Dataset] = {}
    patched = set()
    for file in files:
        dataset = known.get(file.key)
        if dataset is None:
            dataset = Dataset(**owner.columns(), collection=file.collection, name=file.name)
            dataset.revision = revisions.get(file.revision)
            dataset.created_by = options.created_by
        elif not (file.hash and file.hash == dataset.hash):
            if is_protected(dataset):
                raise ProtectedDataset(f"Dataset {dataset.pk} is protected, cannot patch")
            patched.add(dataset.pk)
        _fill(dataset, file, default=options.default)
        datasets[file.key] = dataset
    return [datasets[file.key] for file in files], patched


def _fill(dataset: Dataset, file: NewFile, *, default: bool) -> None:
    dataset.dataset_type, dataset.data_format = file.dataset_type, file.data_format
    dataset.default_dataset = default
    if file.hash is not None:
        dataset.hash = file.hash
    if file.size is not None:
        dataset.file_size = file.size
    if file.version:
        dataset.version = file.version
    dataset.qc = file.qc or QC.NOT_SET


COLUMNS = ("dataset_type", "data_format", "hash", "file_size", "version", "qc", "default_dataset", "auto_datetime")


def _save(datasets: Iterable[Dataset], known: dict[Key, Dataset]) -> None:
    """Write datasets; the revision that was the default before stops being it first."""
    unique = {dataset.pk: dataset for dataset in datasets}
    _keep_one_default(unique.values())
    defaults = {(row.collection, row.name) for row in unique.values() if row.default_dataset}
    before = [row.pk for (collection, name, _), row in known.items() if (collection, name) in defaults]
    Dataset.objects.filter(pk__in=before, default_dataset=True).update(
        default_dataset=False, auto_datetime=timezone.now()
    )
    old = [row for row in unique.values() if not row._state.adding]
    Dataset.objects.bulk_create([row for row in unique.values() if row._state.adding])
    for row in old:
        row.auto_datetime = timezone.now()
    Dataset.objects.bulk_update(old, COLUMNS)


def _keep_one_default(datasets: Iterable[Dataset]) -> None:
    """Of several revisions registered at once, only the newest is the default."""
    newest: dict[tuple[str | None, str], Dataset] = {}
    for dataset in sorted(datasets, key=_age, reverse=True):
        first = newest.setdefault((dataset.collection, dataset.name), dataset)
        dataset.default_dataset = dataset.default_dataset and first is dataset


def _save_records(datasets: Sequence[Dataset], files: Sequence[NewFile], patched: set[Any], options: Options) -> None:
    """Write one file record per dataset and repository."""
    repositories = repositories_of(options.labs, options.repository, server_only=options.server_only)
    here = _holding(repositories, options)
    rows = FileRecord.objects.filter(dataset__in=datasets)
    old = {(row.dataset_id, row.data_repository_id): row for row in rows}
    new, changed = {}, {}
    for dataset, file in zip(datasets, files, strict=True):
        for key, row in old.items():
            if key[0] == dataset.pk and dataset.pk in patched:
                row.exists, row.json = key[1] in here, None
                changed[row.pk] = row
        for repository in repositories:
            place = (dataset.pk, repository.pk)
            if place not in old:
                new[place] = FileRecord(
                    dataset=dataset,
                    data_repository=repository,
                    relative_path=file.relative_path,
                    exists=repository.pk in here,
                )
            elif repository.pk in here:
                old[place].exists = True
                changed[old[place].pk] = old[place]
    FileRecord.objects.bulk_create(new.values())
    FileRecord.objects.bulk_update(changed.values(), ["exists", "json"])


def _holding(repositories: Iterable[DataRepository], options: Options) -> set[Any]:
    """Return the keys of the repositories that hold the files now."""
    if not options.exists:
        return set()
    if options.server_only:
        return {repository.pk for repository in repositories}
    return {options.repository.pk} if options.repository else set()


def _revision_name(dataset: Dataset) -> str:
    return dataset.revision.name if dataset.revision else ""


def _age(dataset: Dataset) -> tuple[bool, str]:
    return (dataset.revision is not None, _revision_name(dataset))
