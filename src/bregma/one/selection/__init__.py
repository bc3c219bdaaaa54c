"""Choosing among the files of a session: by name, collection, revision and quality."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from bregma.alf import QC, NameParts, is_valid
from bregma.one.rel_path import split_rel_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bregma.one.records import Dataset
    from bregma.one.rel_path import RelPath

Pattern = str | list[str] | None
"""A text or several of which one must match; an empty text for what is absent, None for anything."""

PARTS = frozenset({"namespace", "object", "attribute", "timescale", "extra", "extension"})


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files are meant. Patterns must match the whole text; upper and lower case differ.

    Parameters
    ----------
    filename : str, list of str, or None
        The file name; a pattern with a ``/`` is compared with the path in the session, from any of its folders on.
    collection : str, list of str, or None
        The folder in the session.
    parts : mapping
        Parts of the file name, such as ``{"object": "trials"}``.
    worst_qc : QC
        Files of a worse quality are left out.
    wildcards : bool
        Whether patterns are those of a shell (``*``, ``?``, ``[…]``) or else regular expressions.
    revision : str, list of str, or None
        The revision, exactly; see ``choose_revisions`` for the last one before.
    looked_at : bool
        Whether files of unknown quality are left out too.
    """

    filename: Pattern = None
    collection: Pattern = None
    parts: Mapping[str, Pattern] = field(default_factory=dict)
    worst_qc: QC = QC.FAIL
    wildcards: bool = True
    revision: Pattern = None
    looked_at: bool = False

    def of(self, datasets: Iterable[Dataset]) -> list[Dataset]:
        """Choose, ordered by path."""
        chosen = [one for one in datasets if self.accepts_qc(one.qc) and self.accepts_path(one.rel_path)]
        return sorted(chosen, key=lambda dataset: dataset.rel_path)

    def accepts_qc(self, qc: QC) -> bool:
        """Tell whether a quality is good enough."""
        return qc <= self.worst_qc and not (self.looked_at and qc is QC.NOT_SET)

    def accepts_path(self, rel_path: str) -> bool:
        """Tell whether a file is meant, by its path in the session."""
        place = split_rel_path(rel_path)
        return (
            self.matches(place.collection, self.collection)
            and self.matches(place.revision, self.revision)
            and self._accepts_name(rel_path, place)
            and self._accepts_parts(place.name)
        )

    def matches(self, value: str | None, pattern: Pattern) -> bool:
        """Compare one text with a pattern."""
        if pattern is None:
            return True
        if isinstance(pattern, str):
            return _compile(pattern, self.wildcards).fullmatch(value or "") is not None
        return any(_compile(text, self.wildcards).fullmatch(value or "") for text in pattern)

    def _accepts_name(self, rel_path: str, place: RelPath) -> bool:
        if self.filename is None:
            return True
        texts = as_texts(self.filename)
        names = [text for text in texts if "/" not in text]
        paths = [text for text in texts if "/" in text]
        return self.matches(place.name, names) or (
            bool(paths) and any(self.matches(end, paths) for end in _ends(rel_path))
        )

    def _accepts_parts(self, name: str) -> bool:
        if not self.parts:
            return True
        if not is_valid(name):
            return False
        parts = NameParts.of(name)
        return all(self.matches(getattr(parts, part), pattern) for part, pattern in self.parts.items())


def read_selection(
    filename: Pattern | Mapping[str, Pattern],
    collection: Pattern = None,
    revision: Pattern = None,
    worst_qc: QC = QC.FAIL,
    *,
    wildcards: bool = True,
    looked_at: bool = False,
) -> Selection:
    """Read which files are meant: by a name or several, or by parts, the collection and the revision among them.

    Raises
    ------
    ValueError
        If a file name has no such part.
    """
    if not isinstance(filename, Mapping):
        return Selection(filename, collection, {}, worst_qc, wildcards, revision, looked_at)
    parts = {"collection": collection, "revision": revision, **filename}
    folder, moment = parts.pop("collection"), parts.pop("revision")
    return Selection(None, folder, check_parts(parts), worst_qc, wildcards, moment, looked_at)


def as_texts(pattern: str | Sequence[str]) -> Sequence[str]:
    """Make several patterns of one or several."""
    return [pattern] if isinstance(pattern, str) else pattern


def check_parts(parts: Mapping[str, Pattern]) -> dict[str, Pattern]:
    """Return parts of a file name, without those that may be anything.

    Raises
    ------
    ValueError
        If a file name has no such part.
    """
    unknown = set(parts) - PARTS
    if unknown:
        raise ValueError(f"a file name has no part {min(unknown)!r}; there are {', '.join(sorted(PARTS))}")
    return {part: pattern for part, pattern in parts.items() if pattern is not None}


def complete_filename(name: str) -> str:
    """Let ``object.attribute`` stand for any extension."""
    return f"{name}.*" if name.count(".") == 1 else name


def _ends(rel_path: str) -> Iterable[str]:
    """List the path from each of its folders on, the whole first; not the mere name."""
    folders = rel_path.split("/")
    return list(accumulate(reversed(folders), lambda end, folder: f"{folder}/{end}"))[:0:-1]


@lru_cache(maxsize=1024)
def _compile(text: str, wildcards: bool) -> re.Pattern[str]:
    try:
        return re.compile(translate(text) if wildcards else text)
    except re.error as error:
        raise ValueError(
            f"{text!r} is not a regular expression ({error}); escape what is meant literally, or use wildcards=True"
        ) from error
