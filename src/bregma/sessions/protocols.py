"""What loaders need of the source of a session's data: ONE, a file, or anything with these methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bregma.one.records import Dataset, Session

ID = Any
"""Any name of a session: an id, a path, a reference, a record."""


class DataSource(Protocol):
    """The methods of ``bregma.one.ONE`` that loaders call; anything that has them will do."""

    def list_datasets(self, eid: Any, /) -> Iterable[Any]:
        """Return the relative paths of a session's datasets."""

    def load_object(self, eid: Any, obj: str, /, collection: str | None = None) -> Any:
        """Return an object of a session: attribute names to arrays."""

    def pid2eid(self, pid: Any, /) -> tuple[Any, str]:
        """Return the session and the probe's name of an insertion."""


@runtime_checkable
class DerivedSource(Protocol):
    """A source whose data were made of files that it names, as an NWB file's were."""

    def origins_of(self, rel_path: str, /) -> list[Dataset]:
        """Return the records of the files that a dataset was made of; none, if that is not known."""


@runtime_checkable
class FileSource(Protocol):
    """A source that tells the record of each file and brings it here, as ``bregma.one.ONE`` does."""

    default_revision: str | None

    def files_of(self, eid: Any) -> tuple[Session, list[Dataset]]:
        """Look up a session with all its files."""

    def bring(self, session: Session, datasets: Iterable[Dataset]) -> list[Any]:
        """Bring files here, whole, and tell where they are."""

    def open_file(
        self,
        session: Session,
        dataset: Dataset,
        beside: Iterable[Dataset] = (),
        *,
        explained: Mapping[str, Any] | None = None,
    ) -> Any:
        """Open a file where it is."""
