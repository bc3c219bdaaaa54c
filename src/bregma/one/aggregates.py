"""Datasets that belong to no session: what was made of all data of a subject, a project or a release."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from bregma.alf import read_file
from bregma.one.catalogue.dataset_records import NO_SESSION, read_dataset_record
from bregma.one.errors import AmbiguousDataset, DatasetNotFound, ServerUnavailable
from bregma.one.obtaining import Obtaining
from bregma.one.records import Session
from bregma.one.rel_path import split_rel_path
from bregma.one.selection import complete_filename, read_selection
from bregma.one.selection.expectation import expect_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bregma.one.records import Dataset
    from bregma.one.selection import Pattern

_FOLDER = "aggregates"


class Commons(Session):
    """What stands for the session of files that belong to none: they lie beside the labs."""

    @property
    def path(self) -> str:
        """The folder of all labs."""
        return ""


class Aggregates(Obtaining):
    """Lists and loads datasets under ``aggregates/Relation/identifier``, which the server has to be asked for."""

    def list_aggregates(
        self,
        relation: str,
        identifier: str | None = None,
        dataset: Pattern | Mapping[str, Pattern] = None,
        revision: Pattern = None,
        assert_unique: bool = False,
    ) -> pd.DataFrame:
        """List datasets that were made over a relation.

        Parameters
        ----------
        relation : str
            Such as ``"subjects"`` or ``"tags"``, in any case.
        identifier : str, optional
            A regular expression that is searched for in the rest of the folder, such as the subject's nickname.
        dataset, revision
            Patterns of the file name and of the revision, as ``list_datasets`` takes them.
        assert_unique : bool
            Whether more than one is an error.

        Returns
        -------
        pandas.DataFrame
            A row per file, indexed by id, with the columns of ``list_datasets`` and relation and identifier.

        Raises
        ------
        AmbiguousDataset
            If there are several and one was asked for.
        ServerUnavailable
            Offline: the tables have none of these.
        """
        from bregma.one.frames import frame_of_datasets

        found = self._aggregates(relation, identifier, dataset, revision)
        if assert_unique and len(found) > 1:
            raise AmbiguousDataset(f"{len(found)} datasets over {relation}: {', '.join(one.rel_path for one in found)}")
        frame = frame_of_datasets(found).droplevel("eid")
        places = [_place(path) for path in frame["rel_path"]]
        for i, column in enumerate(("relation", "identifier")):
            frame[column] = [place[i] for place in places]
        return frame.astype({"relation": "str", "identifier": "str"})

    def load_aggregate(
        self,
        relation: str,
        identifier: str,
        dataset: Pattern | Mapping[str, Pattern] = None,
        revision: Pattern = None,
        download_only: bool = False,
    ) -> Any:
        """Load the one dataset that was made over a relation; parameters as of ``list_aggregates``.

        Revisions are those that match exactly. With ``download_only=True`` the path is returned.

        Raises
        ------
        DatasetNotFound, AmbiguousDataset
            If there is none, or several.
        """
        if isinstance(dataset, str):
            dataset = complete_filename(dataset)
        found = self._aggregates(relation, identifier, dataset, revision)
        if not found:
            raise DatasetNotFound(f"no {dataset or 'dataset'} over {relation} {identifier!r}; see list_aggregates()")
        one = expect_one(found, f"{dataset!r} over {relation} {identifier!r}", found)
        (path,) = self._obtain(Commons(NO_SESSION, "", "", date.min, 0), [one], check_hash=True)
        return path if download_only else read_file(path)

    def _aggregates(
        self, relation: str, identifier: str | None, name: Pattern | Mapping[str, Pattern], revision: Pattern
    ) -> list[Dataset]:
        if self.offline:
            raise ServerUnavailable("tables have no datasets that belong to no session; ask a server, mode='remote'")
        selection = read_selection(name, revision=revision)
        records = self.alyx.iterate("datasets", django="session__isnull,True")
        found = selection.of(one for one in map(read_dataset_record, records) if one.exists)
        places = [(one, *_place(one.rel_path)) for one in found]
        return [
            one
            for one, kind, rest in places
            if kind == relation.casefold() and (identifier is None or re.search(identifier, rest))
        ]


def _place(rel_path: str) -> tuple[str, str]:
    """Split the folder of a file into relation and identifier; both are empty for other folders."""
    _, found, rest = f"{split_rel_path(rel_path).collection}/".partition(f"{_FOLDER}/")
    relation, _, identifier = rest.strip("/").partition("/")
    return (relation.casefold(), identifier) if found else ("", "")
