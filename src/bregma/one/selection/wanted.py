"""What files of a session are wanted, in the words of a caller: names, patterns, parts, paths, or a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bregma.one.errors import AmbiguousCollection
from bregma.one.selection import Selection, as_texts, check_parts, complete_filename
from bregma.one.selection.revisions import check_defaults, choose_revisions, warn_of_unmarked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import pandas as pd

    from bregma.alf import QC
    from bregma.one.records import Dataset
    from bregma.one.selection import Pattern

    Name = str | list[str] | Mapping[str, Pattern]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file of a session.

    Parameters
    ----------
    name : str, list of str or mapping
        Its name, which may be a pattern, or several that it may have; its path in the session; or parts of its name.
    collection : str, list of str, or None
        A pattern of its folder.
    revision : str or None
        The last revision up to this one; the default one, if None.
    is_path : bool
        Whether the name is the path in the session, with the revision.
    """

    name: Name
    collection: Pattern = None
    revision: str | None = None
    is_path: bool = False

    def find(self, available: Sequence[Dataset], qc: QC, *, wildcards: bool) -> list[Dataset]:
        """Choose among the files of a session: one, unless the name is ambiguous.

        Raises
        ------
        AmbiguousCollection, AmbiguousRevision
            If files of several folders match, or several revisions are the default.
        """
        exact = [one for one in available if one.rel_path == self.name and one.qc <= qc]
        if self.is_path or (exact and "/" in exact[0].rel_path):
            return exact
        found = self._selection(qc, wildcards=wildcards).of(available)
        collections = sorted({one.collection for one in found})
        if len(collections) > 1:
            raise AmbiguousCollection(
                f"{self} is in several collections: {', '.join(map(repr, collections))}; name one"
            )
        if self.revision is None:
            check_defaults(found)
            warn_of_unmarked(found)
        return choose_revisions(found, self.revision)

    def __str__(self) -> str:
        name = dict(self.name) if isinstance(self.name, Mapping) else self.name
        words = [repr(name)]
        words += [f"in collection {self.collection!r}"] if self.collection is not None else []
        words += [f"of revision {self.revision!r} or before"] if self.revision is not None else []
        return " ".join(words)

    def _selection(self, qc: QC, *, wildcards: bool) -> Selection:
        if not isinstance(self.name, Mapping):
            names = [complete_filename(name) if wildcards else name for name in as_texts(self.name)]
            return Selection(names, self.collection, worst_qc=qc, wildcards=wildcards)
        parts = {"collection": self.collection, **self.name}
        collection = parts.pop("collection")
        return Selection(None, collection, check_parts(parts), qc, wildcards)


def read_wanted(
    datasets: Sequence[Name] | pd.DataFrame,
    collections: Sequence[Pattern] | str | None,
    revisions: Sequence[str | None] | str | None,
    *,
    default_revision: str | None,
    eid: UUID,
) -> list[Wanted]:
    """Read what several files are wanted.

    Parameters
    ----------
    datasets : sequence of str or mapping, or DataFrame
        Names or parts; if one is a path all are; or a table as ``list_datasets(details=True)`` gives it.
    collections, revisions : str, sequence or None
        Of all, or of each.
    default_revision : str or None
        The revision where none is given.
    eid : UUID
        The session.

    Raises
    ------
    TypeError
        If one text is given in place of several.
    ValueError
        If collections or revisions are given for paths, or not as many as names; if names and parts are mixed; if
        a table is of another session.
    """
    names = _names(datasets, eid)
    if hasattr(datasets, "columns") or any(isinstance(name, str) and "/" in name for name in names):
        if collections is not None or revisions is not None:
            raise ValueError("collections and revisions are part of paths; give them only for names without folders")
        return [Wanted(name, is_path=True) for name in names]
    if len({isinstance(name, str) for name in names}) > 1:
        raise ValueError("datasets must be all names or all mappings of parts, not some of each")
    folders = _each(collections, len(names), "collections")
    moments = _each(revisions or default_revision, len(names), "revisions")
    return [Wanted(*each) for each in zip(names, folders, moments, strict=True)]


def _names(datasets: Any, eid: UUID) -> list[Name]:
    if isinstance(datasets, str):
        raise TypeError(f"datasets must be several names, not the text {datasets!r}; write [{datasets!r}]")
    if not hasattr(datasets, "columns"):
        return list(datasets)
    if "eid" in datasets.index.names:
        others = set(datasets.index.get_level_values("eid")) - {eid}
        if others:
            raise ValueError(f"the table is of other sessions than {eid} too: {', '.join(map(str, others))}")
    return [str(path) for path in datasets["rel_path"]]


def _each(value: Any, n: int, what: str) -> list[Any]:
    if not value or isinstance(value, str):
        return [value] * n
    if len(value) != n:
        raise ValueError(f"{len(value)} {what} for {n} datasets; give one for all, or one for each")
    return list(value)
