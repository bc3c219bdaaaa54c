"""What must be found, and what is said when it is not: close names, or those that are several."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from bregma.alf import NameParts, is_valid
from bregma.one.errors import AmbiguousCollection, AmbiguousDataset, DatasetNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.one.records import Dataset


def expect_one(found: list[Dataset], wanted: str, available: Iterable[Dataset]) -> Dataset:
    """Return the only file.

    Raises
    ------
    DatasetNotFound
        If there is none; names close ones.
    AmbiguousDataset, AmbiguousCollection
        If there are several; names them.
    """
    if not found:
        raise DatasetNotFound(f"no dataset {wanted}; {_suggest(wanted, available)}")
    if len(found) > 1:
        collections = {one.collection for one in found}
        kind = AmbiguousCollection if len(collections) > 1 else AmbiguousDataset
        listed = ", ".join(dataset.rel_path for dataset in found[:10])
        raise kind(f"{wanted} matches {len(found)} datasets: {listed}; name the collection or the whole name")
    return found[0]


def expect_one_object(found: list[Dataset], wanted: str, available: Iterable[Dataset]) -> list[Dataset]:
    """Return the files, which must be of one object in one collection.

    Raises
    ------
    DatasetNotFound
        If there are none; lists the objects there are.
    AmbiguousDataset, AmbiguousCollection
        If there are several objects or collections; names them.
    """
    expect_some(found, wanted, available)
    objects = sorted({_object(one) for one in found})
    if len(objects) > 1:
        raise AmbiguousDataset(f"{wanted} is in several objects: {', '.join(map(repr, objects))}; name one")
    collections = sorted({one.collection for one in found})
    if len(collections) > 1:
        raise AmbiguousCollection(f"{wanted} is in several collections: {', '.join(map(repr, collections))}; name one")
    return found


def expect_some(found: list[Dataset], wanted: str, available: Iterable[Dataset]) -> list[Dataset]:
    """Return the files, of which there must be one at least.

    Raises
    ------
    DatasetNotFound
        If there are none; lists the objects there are.
    """
    if not found:
        objects = sorted({_place(one) for one in available if is_valid(one.name)})
        raise DatasetNotFound(f"no object {wanted}; there are {', '.join(objects) or 'none'}")
    return found


def _place(dataset: Dataset) -> str:
    """Name the object of a dataset with its collection, as in ``alf/probe00/spikes``."""
    return "/".join(part for part in (dataset.collection, _object(dataset)) if part)


def _object(dataset: Dataset) -> str:
    return NameParts.of(dataset.name).object if is_valid(dataset.name) else dataset.name


def _suggest(wanted: str, available: Iterable[Dataset]) -> str:
    paths = sorted({dataset.rel_path for dataset in available})
    name = wanted.split("'")[1] if "'" in wanted else wanted
    close = get_close_matches(name, [path.rpartition("/")[2] for path in paths], n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(dict.fromkeys(close))}?"
    return f"the session has {', '.join(paths[:20]) or 'no files that you may load'}"
