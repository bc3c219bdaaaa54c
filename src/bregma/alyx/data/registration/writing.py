"""Writes the datasets of registered files, in a constant number of queries for each owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from bregma.alyx import policy
from bregma.alyx.data.models import Dataset
from bregma.alyx.data.registration.copies import write_copies
from bregma.alyx.data.registration.files import WRITTEN, Batch, Plan, Registered, columns
from bregma.alyx.data.registration.links import link_insertions
from bregma.alyx.data.registration.protection import age, check_protected, known_revisions, protected_keys
from bregma.alyx.data.revisions import find_revisions
from bregma.alyx.errors import ProtectedDataset
from bregma.alyx.records import QC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bregma.alyx.data.models import Revision
    from bregma.alyx.data.registration.files import Key, NewFile, Options, Owner
    from bregma.alyx.misc.models import LabMember

WRITTEN_FIELDS = [name.removesuffix("_id") for name in WRITTEN]


def register_files(owner: Owner, files: Sequence[NewFile], options: Options, *, by: LabMember) -> list[Registered]:
    """Record files as datasets with one file record per repository.

    Returns
    -------
    list of Registered
        In the order of ``files``.

    Raises
    ------
    PermissionDenied
        If this person may not write the subject.
    ProtectedDataset
        If a file is protected and would be patched, or (if asked) any revision of a file is protected.
    """
    return register_batches([Batch(owner, files, options)], by=by)[0]


@transaction.atomic
def register_batches(batches: Sequence[Batch], *, by: LabMember) -> list[list[Registered]]:
    """Record the files of several owners, all or none. Raises as :func:`register_files`."""
    for batch in batches:
        policy.check_may_write(by, batch.owner.new_dataset())
    _lock([batch.owner for batch in batches])
    return [_register(batch) for batch in batches]


def _lock(owners: Iterable[Owner]) -> None:
    """Let two registrations for one session follow each other; locks are taken in one order, so that none waits."""
    rows = {(type(owner.row).__name__, owner.row.pk): owner.row for owner in owners}
    for key in sorted(rows):
        list(type(rows[key])._default_manager.select_for_update().filter(pk=key[1]).order_by().values("pk"))


def _register(batch: Batch) -> list[Registered]:
    owner, files, options = batch.owner, batch.files, batch.options
    if not files:
        return []
    if options.check_protected:
        check_protected(owner, files)
    known = known_revisions(owner, files)
    defaults = {row.pk for row in known.values() if row.default_dataset}
    plan = _plan(batch, known)
    _save(plan, known, defaults)
    records = write_copies(plan, files, options)
    if owner.session is not None:
        owner.session.users.add(options.created_by)
        link_insertions(owner.session)
    datasets = [plan.datasets[file.key] for file in files]
    return [Registered(dataset, records[dataset.pk]) for dataset in datasets]


def _plan(batch: Batch, known: dict[Key, Dataset]) -> Plan:
    """Say what the datasets shall be.

    Raises
    ------
    ProtectedDataset
        If the bytes of a protected one would change.
    """
    plan = Plan()
    protected = protected_keys(known.values())
    revisions = find_revisions(file.revision for file in batch.files)
    for file in batch.files:
        dataset = plan.datasets.get(file.key) or known.get(file.key)
        if dataset is None:
            dataset = _new(batch, file, revisions)
        elif not dataset._state.adding:
            plan.before.setdefault(dataset.pk, columns(dataset))
            if not (file.hash and file.hash == dataset.hash):
                _check_unprotected(dataset, protected)
                plan.patched.add(dataset.pk)
        _fill(dataset, file, default=batch.options.default)
        plan.datasets[file.key] = dataset
    _keep_one_default(plan.datasets.values())
    return plan


def _new(batch: Batch, file: NewFile, revisions: dict[str, Revision]) -> Dataset:
    dataset = Dataset(**batch.owner.columns(), collection=file.collection, name=file.name)
    dataset.revision = revisions.get(file.revision)
    dataset.created_by = batch.options.created_by
    return dataset


def _check_unprotected(dataset: Dataset, protected: set[Any]) -> None:
    if dataset.pk in protected:
        raise ProtectedDataset(f"Dataset {dataset.pk} is protected, cannot patch")


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


def _keep_one_default(datasets: Iterable[Dataset]) -> None:
    """Of several revisions registered at once, only the newest is the default."""
    newest: dict[tuple[str | None, str], Dataset] = {}
    for dataset in sorted(datasets, key=age, reverse=True):
        first = newest.setdefault((dataset.collection, dataset.name), dataset)
        dataset.default_dataset = dataset.default_dataset and first is dataset


def _save(plan: Plan, known: dict[Key, Dataset], defaults: set[Any]) -> None:
    """Write datasets; the revisions that were the default before stop being it first."""
    now = timezone.now()
    places = {(row.collection, row.name) for row in plan.datasets.values() if row.default_dataset}
    replaced = {
        row.pk
        for (collection, name, _), row in known.items()
        if row.pk in defaults and (collection, name) in places and not plan.makes_default(row)
    }
    if replaced:
        Dataset.objects.filter(pk__in=replaced).update(default_dataset=False, auto_datetime=now)
    Dataset.objects.bulk_create(plan.new())
    changed = plan.changed()
    Dataset.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=[*WRITTEN_FIELDS, "auto_datetime"]
    )
    same = plan.before.keys() - {row.pk for row in changed}
    if same:
        Dataset.objects.filter(pk__in=same).update(auto_datetime=now)
