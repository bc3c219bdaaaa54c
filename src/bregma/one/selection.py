"""Choosing among the files of a session: by name, collection, revision and quality."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import groupby
from typing import TYPE_CHECKING

from bregma.alf import QC, is_valid
from bregma.one.errors import AmbiguousDataset, DatasetNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bregma.one.records import Dataset

Pattern = str | list[str] | None
"""A text or several of which one must match; an empty text for what is absent, None for anything."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files are meant.

    Parameters
    ----------
    filename, collection : str, list of str, or None
        The file name and its folder in the session.
    parts : mapping
        Parts of the file name, such as ``{"object": "trials"}``.
    worst_qc : QC
        Files of a worse quality are left out.
    wildcards : bool
        Whether ``*``, ``?`` and ``[…]`` in a text stand for any characters.
    """

    filename: Pattern = None
    collection: Pattern = None
    parts: Mapping[str, Pattern] = field(default_factory=dict)
    worst_qc: QC = QC.FAIL
    wildcards: bool = True

    def of(self, datasets: Iterable[Dataset]) -> list[Dataset]:
        """Choose, ordered by path."""
        chosen = [dataset for dataset in datasets if self._accepts(dataset)]
        return sorted(chosen, key=lambda dataset: dataset.rel_path)

    def matches(self, value: str | None, pattern: Pattern) -> bool:
        """Compare one text with a pattern."""
        if pattern is None:
            return True
        texts = pattern if isinstance(pattern, list) else [pattern]
        compare = fnmatchcase if self.wildcards else str.__eq__
        return any(compare(value or "", text) for text in texts)

    def _accepts(self, dataset: Dataset) -> bool:
        if dataset.qc > self.worst_qc or not self.matches(dataset.collection, self.collection):
            return False
        if not self.matches(dataset.name, self.filename):
            return False
        if not self.parts:
            return True
        parts = dataset.parts
        return parts is not None and all(
            self.matches(getattr(parts, part), pattern) for part, pattern in self.parts.items()
        )


def choose_revisions(datasets: Iterable[Dataset], revision: str | None) -> list[Dataset]:
    """Choose one revision of each file.

    Parameters
    ----------
    datasets : iterable of Dataset
        Any files of one session.
    revision : str or None
        The last revision up to and including this one, in the order of text; None for the default one, or the last
        where none is marked as default.

    Returns
    -------
    list of Dataset
        At most one per file; none of a file that has no revision early enough.
    """
    ordered = sorted(datasets, key=lambda dataset: (dataset.base, dataset.revision))
    chosen = []
    for _, group in groupby(ordered, key=lambda dataset: dataset.base):
        revisions = list(group)
        if revision is None:
            revisions = [one for one in revisions if one.default_revision] or revisions
        else:
            revisions = [one for one in revisions if one.revision <= revision]
        chosen += revisions[-1:]
    return chosen


def complete_filename(name: str) -> str:
    """Let ``object.attribute`` stand for any extension."""
    return name if is_valid(name) or name.count(".") != 1 else f"{name}.*"


def expect_one(found: list[Dataset], wanted: str, available: Iterable[Dataset]) -> Dataset:
    """Return the only file.

    Raises
    ------
    DatasetNotFound
        If there is none; names close ones.
    AmbiguousDataset
        If there are several; names them.
    """
    if not found:
        raise DatasetNotFound(f"no dataset {wanted}; {_suggest(wanted, available)}")
    if len(found) > 1:
        listed = ", ".join(dataset.rel_path for dataset in found[:10])
        raise AmbiguousDataset(
            f"{wanted} matches {len(found)} datasets: {listed}; name the collection or the whole name"
        )
    return found[0]


def expect_one_object(found: list[Dataset], wanted: str, available: Iterable[Dataset]) -> list[Dataset]:
    """Return the files, which must be of one object in one collection.

    Raises
    ------
    DatasetNotFound
        If there are none; lists the objects there are.
    AmbiguousDataset
        If there are several objects or collections; names them.
    """
    if not found:
        objects = sorted({_place(dataset) for dataset in available if dataset.parts})
        raise DatasetNotFound(f"no object {wanted}; there are {', '.join(objects) or 'none'}")
    for what in ("collection", "object"):
        values = sorted({_value(dataset, what) for dataset in found})
        if len(values) > 1:
            raise AmbiguousDataset(f"{wanted} is in several {what}s: {', '.join(map(repr, values))}; name one")
    return found


def _place(dataset: Dataset) -> str:
    """Name the object of a dataset with its collection, as in ``alf/probe00/spikes``."""
    return "/".join(part for part in (dataset.collection, _value(dataset, "object")) if part)


def _value(dataset: Dataset, what: str) -> str:
    return dataset.collection if what == "collection" or dataset.parts is None else dataset.parts.object


def _suggest(wanted: str, available: Iterable[Dataset]) -> str:
    paths = sorted({dataset.rel_path for dataset in available})
    name = wanted.split("'")[1] if "'" in wanted else wanted
    close = get_close_matches(name, [path.rpartition("/")[2] for path in paths], n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(dict.fromkeys(close))}?"
    return f"the session has {', '.join(paths[:20]) or 'no files that you may load'}"
