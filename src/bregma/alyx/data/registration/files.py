"""What is registered: files, what they belong to, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from bregma.alyx.data.models import Dataset, FileRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.contenttypes.models import ContentType

    from bregma.alyx.actions.models import Session
    from bregma.alyx.data.models import DataFormat, DataRepository, DatasetType
    from bregma.alyx.misc.models import Lab, LabMember
    from bregma.alyx.subjects.models import Subject

Key = tuple[str, str, str]
Columns = tuple[Any, ...]


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

    @property
    def row(self) -> Any:
        """The row that is locked meanwhile."""
        return self.session or self.subject

    def new_dataset(self) -> Dataset:
        """Return a dataset of it: who may write that may register."""
        return Dataset(**self.columns())


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


@dataclass(frozen=True, slots=True)
class Batch:
    """The files of one owner, registered in one way."""

    owner: Owner
    files: Sequence[NewFile]
    options: Options


class Registered(NamedTuple):
    """A dataset as it now is, with all its copies."""

    dataset: Dataset
    records: list[FileRecord]


@dataclass(slots=True)
class Plan:
    """What one registration will write.

    Attributes
    ----------
    datasets : dict
        By key, as they shall be.
    before : dict
        Of those that were there, the columns as they were.
    patched : set
        The keys of those that were there and whose bytes change.
    """

    datasets: dict[Key, Dataset] = field(default_factory=dict)
    before: dict[Any, Columns] = field(default_factory=dict)
    patched: set[Any] = field(default_factory=set)

    def new(self) -> list[Dataset]:
        """Return the datasets that were not there."""
        return [row for row in self.datasets.values() if row.pk not in self.before]

    def makes_default(self, dataset: Dataset) -> bool:
        """Tell whether a dataset that was there is registered now, and as the default."""
        return dataset.pk in self.before and dataset.default_dataset

    def changed(self) -> list[Dataset]:
        """Return the datasets that were there and change."""
        return [row for row in self.datasets.values() if row.pk in self.before and self.before[row.pk] != columns(row)]


WRITTEN = ("dataset_type_id", "data_format_id", "hash", "file_size", "version", "qc", "default_dataset")
"""The columns of a dataset that registration writes."""


def columns(dataset: Dataset) -> Columns:
    """Return the values of these columns."""
    return tuple(getattr(dataset, name) for name in WRITTEN)
