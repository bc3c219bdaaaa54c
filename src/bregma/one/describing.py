"""What dataset types and revisions mean, and which files are of a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from bregma.alf import UnknownDatasetType, dataset_types, find_dataset_type, is_id
from bregma.one.catalogue.dataset_records import read_dataset_record
from bregma.one.errors import RecordNotFound, ServerUnavailable
from bregma.one.listing import Listing
from bregma.one.selection import as_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from bregma.alf import DatasetType
    from bregma.one.identifiers import SessionName
    from bregma.one.records import Dataset


class Describing(Listing):
    """Describes dataset types and revisions: as the server does, or, offline, as the field's own list of types does."""

    def describe_dataset(self, dataset_type: str | UUID | None = None) -> dict[str, Any] | list[dict[str, Any]]:
        """Tell what a dataset type holds.

        Parameters
        ----------
        dataset_type : str or UUID, optional
            Its name, or the name or id of a file of that type; all types, if not given.

        Returns
        -------
        dict, or list of dict
            name, description, filename_pattern, id; from a server its records.

        Raises
        ------
        UnknownDatasetType, DatasetNotFound
            If there is none.
        """
        if dataset_type is None:
            return [_record(one) for one in dataset_types()] if self.offline else list(self._types())
        if isinstance(dataset_type, UUID) or is_id(dataset_type):
            dataset_type = self.dataset2type(dataset_type)
        if self.offline:
            return _record(find_dataset_type(dataset_type))
        try:
            return self._type(dataset_type)
        except RecordNotFound:
            return self._type(find_dataset_type(dataset_type).name)

    def dataset2type(self, dset: str | UUID) -> str:
        """Find the type of a file, by its name, path or id.

        Raises
        ------
        UnknownDatasetType, DatasetNotFound
            If there is none.
        """
        if not isinstance(dset, UUID) and not is_id(dset):
            return find_dataset_type(dset).name
        if self.offline:
            _, dataset = self._local.dataset(UUID(str(dset)))
            return find_dataset_type(dataset.name).name
        return str(self.alyx.rest("datasets", "read", dset)["dataset_type"])

    def type2datasets(
        self, eid: SessionName, dataset_type: str | Sequence[str], details: bool = False
    ) -> list[str] | pd.DataFrame:
        """List the files of a session that are of a type, or of one of several.

        Parameters
        ----------
        eid : UUID, str, path or mapping
            Any name of the session.
        dataset_type : str or sequence of str
            Names of types, such as ``"camera.times"``.
        details : bool
            Whether a table is wanted, indexed by eid and id, instead of sorted paths.
        """
        names = list(as_texts(dataset_type))
        found = self._of_types_here(eid, names) if self.offline else self._of_types_there(eid, names)
        if not details:
            return sorted(one.rel_path for one in found)
        from bregma.one.frames import frame_of_datasets

        return frame_of_datasets(found)

    def describe_revision(self, revision: str, full: bool = False) -> str | dict[str, Any]:
        """Tell what a revision is: its description, or with ``full=True`` its whole record.

        Raises
        ------
        RecordNotFound
            If the server has none of that name.
        ServerUnavailable
            Offline: only servers describe revisions.
        """
        if self.offline:
            raise ServerUnavailable(f"tables do not describe revision {revision!r}; ask a server, with mode='remote'")
        record: dict[str, Any] = self.alyx.rest("revisions", "read", revision)
        return record if full else str(record.get("description") or "")

    def _types(self) -> list[dict[str, Any]]:
        return list(self.alyx.iterate("dataset-types"))

    def _type(self, name: str) -> dict[str, Any]:
        record: dict[str, Any] = self.alyx.rest("dataset-types", "read", name)
        return record

    def _of_types_here(self, eid: SessionName, names: list[str]) -> list[Dataset]:
        _, datasets = self._datasets(eid, "local")
        return [one for one in datasets if _type_of(one) in names]

    def _of_types_there(self, eid: SessionName, names: list[str]) -> list[Dataset]:
        question = f"session__id,{self.to_eid(eid)},dataset_type__name__in,{names}"
        return [read_dataset_record(record) for record in self.alyx.iterate("datasets", django=question)]


def _record(kind: DatasetType) -> dict[str, Any]:
    columns = ("name", "description", "filename_pattern")
    return {"id": str(kind.id), **{column: getattr(kind, column) for column in columns}}


def _type_of(dataset: Dataset) -> str | None:
    try:
        return find_dataset_type(dataset.name).name
    except UnknownDatasetType:
        return None
