"""The table of a session's files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bregma.alyx.data.addresses import dataset_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.alyx.data.models import Dataset


@dataclass(frozen=True)
class FileRow:
    """One file: ``url`` is empty as long as no repository serves it."""

    name: str
    collection: str
    revision: str
    size: int | None
    hash: str
    qc: int
    url: str
    tags: tuple[str, ...]


def describe_datasets(datasets: Sequence[Dataset]) -> list[FileRow]:
    """Write datasets, with their sessions and records prefetched, as rows."""
    return [
        FileRow(
            name=dataset.name,
            collection=dataset.collection or "",
            revision=dataset.revision.name if dataset.revision else "",
            size=dataset.file_size,
            hash=dataset.hash or "",
            qc=dataset.qc,
            url=dataset_url(dataset, "/") or "",
            tags=tuple(tag.name for tag in dataset.tags.all()),
        )
        for dataset in datasets
    ]
