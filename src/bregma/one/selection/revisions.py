"""Choosing one revision of each file: the default one, or the last before a name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bregma.one.caution import warn
from bregma.one.errors import AmbiguousRevision, RevisionWarning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bregma.one.records import Dataset


def choose_revisions(datasets: Iterable[Dataset], revision: str | None) -> list[Dataset]:
    """Choose one revision of each file.

    Parameters
    ----------
    datasets : iterable of Dataset
        Any files of one session.
    revision : str or None
        The last revision up to and including this one, in the order of text; None for the default one, or the last
        where not just one is marked as default.

    Returns
    -------
    list of Dataset
        At most one per file; none of a file that has no revision early enough.
    """
    return [chosen[-1] for group in group_revisions(datasets) if (chosen := _candidates(group, revision))]


def group_revisions(datasets: Iterable[Dataset]) -> list[list[Dataset]]:
    """Put the revisions of each file together, in the order of text."""
    keyed = sorted(datasets, key=_key)
    return [list(group) for _, group in groupby(keyed, key=lambda one: one.base)]


def default_revisions(datasets: list[Dataset]) -> list[Dataset]:
    """Choose the revisions that are marked as default; the last ones, where none of all is (tables that do not say)."""
    marked = [one for one in datasets if one.default_revision]
    return marked or choose_revisions(datasets, None)


def check_defaults(datasets: Iterable[Dataset]) -> None:
    """Refuse files of which several revisions are marked as default.

    Raises
    ------
    AmbiguousRevision
        Names them.
    """
    for group in group_revisions(datasets):
        marked = [one.rel_path for one in group if one.default_revision]
        if len(marked) > 1:
            raise AmbiguousRevision(f"several revisions are the default: {', '.join(marked)}; give a revision")


def warn_of_unmarked(datasets: Iterable[Dataset]) -> None:
    """Warn of files with several revisions of which not one is the default: the last is used."""
    for group in group_revisions(datasets):
        if len(group) > 1 and sum(one.default_revision for one in group) != 1:
            _warn(f"{group[-1].rel_path} is the last of {len(group)} revisions, not just one of which is the default")


def warn_of_mixture(chosen: Iterable[Dataset]) -> None:
    """Warn where what is loaded together is of several revisions."""
    revisions = sorted({one.revision for one in chosen})
    if len(revisions) > 1:
        _warn(f"several revisions are loaded together: {', '.join(map(repr, revisions))}")


def warn_of_old(chosen: Iterable[Dataset]) -> None:
    """Warn of files that were named with their revision and are not the default."""
    old = [one.rel_path for one in chosen if not one.default_revision]
    if old:
        _warn(f"not the default revision: {', '.join(old)}; name the files without it to load the default")


def _candidates(group: list[Dataset], revision: str | None) -> list[Dataset]:
    if revision is not None:
        return [one for one in group if one.revision <= revision]
    marked = [one for one in group if one.default_revision]
    return marked if len(marked) == 1 else group


def _key(dataset: Dataset) -> tuple[str, str]:
    return dataset.base, dataset.revision


def _warn(message: str) -> None:
    warn(message, RevisionWarning)
