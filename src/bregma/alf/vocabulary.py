"""The dataset types that the field knows: what a file is, by its name. The list is data, in dataset_types.tsv."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from bregma.alf.errors import UnknownDatasetType
from bregma.alf.grammar import NameParts, is_valid


class DatasetType(NamedTuple):
    """A kind of dataset."""

    id: UUID
    """The key of its row in a database."""
    name: str
    """Such as ``trials.table``."""
    filename_pattern: str | None
    """A shell pattern of its files, in any case; None: the files are called object.attribute, as the type."""
    description: str
    """What it holds and in which unit; empty where the name says it."""
    of_alyx: bool
    """Whether every Alyx begins with it."""

    def matches(self, filename: str) -> bool:
        """Tell whether a file is of this type."""
        if self.filename_pattern is not None and fnmatchcase(filename.lower(), self.filename_pattern.lower()):
            return True
        return is_valid(filename) and self.name.lower() == _stem(filename)


@cache
def dataset_types() -> tuple[DatasetType, ...]:
    """Return all dataset types; those of Alyx first."""
    text = Path(__file__).with_name("dataset_types.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple(
        DatasetType(UUID(key), name, pattern or None, words, origin == "alyx")
        for key, name, pattern, words, origin in rows
    )


def find_dataset_type(name: str) -> DatasetType:
    """Find a dataset type by its own name, or by the name or path of a file.

    Parameters
    ----------
    name : str
        Such as ``"trials.table"``, ``"_ibl_trials.table.pqt"`` or ``"alf/probe00/spikes.times.npy"``.

    Returns
    -------
    DatasetType
        Of several that match a file, the one with the longest pattern.

    Raises
    ------
    UnknownDatasetType
        If there is none; the message names types of the same object.
    """
    filename = name.rpartition("/")[2]
    named = [one for one in dataset_types() if one.name.lower() == filename.lower()]
    found = named or [one for one in dataset_types() if one.matches(filename)]
    if found:
        return max(found, key=lambda one: len(one.filename_pattern or one.name))
    thing = _stem(filename).partition(".")[0]
    alike = [one.name for one in dataset_types() if one.name.lower().partition(".")[0] == thing]
    raise UnknownDatasetType(
        f"no dataset type is called {name!r}; of this object there are: {', '.join(alike) or 'none'}"
    )


def _stem(filename: str) -> str:
    """Return ``object.attribute`` in small letters; of another text, the text."""
    if not is_valid(filename):
        return filename.lower()
    parts = NameParts.of(filename)
    return f"{parts.object}.{parts.attribute}".lower()
