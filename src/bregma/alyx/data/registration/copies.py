"""Writes where the copies of registered files are: one file record per dataset and repository."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bregma.alyx.data.addresses import is_own_store
from bregma.alyx.data.models import FileRecord
from bregma.alyx.data.repositories import repositories_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bregma.alyx.data.models import DataRepository
    from bregma.alyx.data.registration.files import NewFile, Options, Plan

Copies = dict[Any, list[FileRecord]]
State = tuple[bool, Any]


def write_copies(plan: Plan, files: Sequence[NewFile], options: Options) -> Copies:
    """Write the records of registered files; return all records of each dataset.

    The copies of what is patched count as missing, but for those of the repository that holds the files now.
    """
    repositories = repositories_of(options.labs, options.repository, server_only=options.server_only)
    here = _holding(repositories, options)
    copies = _known(plan)
    states = {row.pk: (row.exists, row.json) for rows in copies.values() for row in rows}
    _refresh(plan, copies, here)
    new = list(_missing(plan, files, repositories, copies, here))
    FileRecord.objects.bulk_create(new)
    _save([row for rows in copies.values() for row in rows if row.pk in states], states)
    return copies


def _known(plan: Plan) -> Copies:
    """Return the records that datasets have already; no query if all are new."""
    copies: Copies = defaultdict(list)
    if plan.before:
        rows = FileRecord.objects.filter(dataset__in=plan.before.keys()).select_related("data_repository")
        for row in rows.order_by("pk"):
            copies[row.dataset_id].append(row)
    return copies


def _refresh(plan: Plan, copies: Copies, here: set[Any]) -> None:
    for key, rows in copies.items():
        for row in rows:
            if key in plan.patched:
                row.exists, row.json = row.data_repository_id in here, None
            elif row.data_repository_id in here:
                row.exists = True


def _missing(
    plan: Plan, files: Sequence[NewFile], repositories: Sequence[DataRepository], copies: Copies, here: set[Any]
) -> Iterable[FileRecord]:
    """Make the records that lack, and add them to the known ones."""
    for file in files:
        dataset = plan.datasets[file.key]
        known = {row.data_repository_id for row in copies[dataset.pk]}
        for repository in repositories:
            if repository.pk not in known:
                row = FileRecord(dataset=dataset, data_repository=repository, relative_path=file.relative_path)
                row.exists = repository.pk in here
                copies[dataset.pk].append(row)
                yield row


def _save(rows: Iterable[FileRecord], states: dict[Any, State]) -> None:
    """Write the records whose state changed: a statement for each state."""
    changed: dict[tuple[bool, bool], list[Any]] = defaultdict(list)
    for row in rows:
        exists, json = states[row.pk]
        if (exists, json) != (row.exists, row.json):
            changed[row.exists, json is not None and row.json is None].append(row.pk)
    for (exists, forgets), keys in changed.items():
        values: dict[str, Any] = {"exists": exists, "json": None} if forgets else {"exists": exists}
        FileRecord.objects.filter(pk__in=keys).update(**values)


def _holding(repositories: Iterable[DataRepository], options: Options) -> set[Any]:
    """Return the keys of the repositories that hold the files now; the own store knows better than the client."""
    if not options.exists:
        return set()
    named = [options.repository] if options.repository else []
    holding = repositories if options.server_only else named
    return {repository.pk for repository in holding if not is_own_store(repository)}
