"""Where files are: paths without the dataset's uuid in tables, URLs and store keys with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from bregma.alyx.data.models import DataRepository, Dataset, FileRecord


def path_with_uuid(relative_path: str, dataset: UUID | str) -> str:
    """Put a dataset's uuid before the extension of its file."""
    stem, dot, extension = relative_path.rpartition(".")
    return f"{stem}.{dataset}{dot}{extension}"


def is_own_store(repository: DataRepository) -> bool:
    """Tell whether a repository is this installation's store."""
    return not repository.data_url and not repository.globus_is_personal


def repository_url(repository: DataRepository, lab: str | None, base_url: str) -> str | None:
    """Return the URL under which a repository serves a lab's files; None if it serves none.

    Parameters
    ----------
    repository : DataRepository
        Without a ``data_url`` it is this installation's store.
    lab : str or None
        The lab's name; None where it is unknown.
    base_url : str
        Of this server, with a slash at its end.
    """
    if repository.data_url:
        return repository.data_url
    if not is_own_store(repository):
        return None
    return own_store_url(lab, base_url)


def own_store_url(lab: str | None, base_url: str) -> str:
    """Return the URL under which this installation's store serves a lab's files."""
    return f"{base_url}store/{lab}/Subjects/" if lab else f"{base_url}store/"


def copy_url(copy: Mapping[str, str | None], dataset: Dataset, base_url: str) -> str:
    """Return the URL of a copy, of which the path and the URL of its repository were read with the dataset."""
    url = copy["url"] or own_store_url(lab_of(dataset), base_url)
    return f"{url}{path_with_uuid(str(copy['path']), dataset.pk)}"


def lab_of(dataset: Dataset) -> str | None:
    """Return the name of the lab in whose folder a dataset's files are."""
    session = dataset.session
    return session.lab.name if session and session.lab else None


def store_key(record: FileRecord, dataset: Dataset) -> str | None:
    """Return the key under which the own store keeps a copy of a dataset; None for one of no lab."""
    lab = lab_of(dataset)
    return lab and f"{lab}/Subjects/{path_with_uuid(record.relative_path, dataset.pk)}"


def record_url(record: FileRecord, dataset: Dataset, base_url: str) -> str | None:
    """Return the URL of one copy of a dataset; None if its repository serves no files."""
    url = repository_url(record.data_repository, lab_of(dataset), base_url)
    return url and f"{url}{path_with_uuid(record.relative_path, dataset.pk)}"


def dataset_url(dataset: Dataset, base_url: str) -> str | None:
    """Return the URL of a copy that exists and is served; uses prefetched file records.

    Of several copies it is the one that clients of Alyx get: of the repository whose name comes last, before those
    on personal computers.
    """
    records = sorted(dataset.file_records.all(), key=lambda record: record.data_repository.name, reverse=True)
    records.sort(key=lambda record: bool(record.data_repository.globus_is_personal))
    urls = (record_url(record, dataset, base_url) for record in records if record.exists)
    return next((url for url in urls if url), None)
