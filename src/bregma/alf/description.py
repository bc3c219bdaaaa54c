"""The convention in words, and names made for people to read or of what people write."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TYPE_CHECKING

from bregma.alf.errors import InvalidALFName
from bregma.alf.grammar import NameParts, is_valid

if TYPE_CHECKING:
    from collections.abc import Iterable

PATTERN = (
    "(lab/Subjects/)subject/date/number/(collection/)(#revision#/)(_namespace_)object.attribute(_timescale)"
    "(.extra).extension"
)

SPEC_DESCRIPTION = {
    "lab": "The lab that recorded the session. May be absent.",
    "Subjects": "A folder of this name stands between the lab and its subjects, where the lab is named.",
    "subject": "The subject's nickname: letters, digits, underscores, hyphens and dots.",
    "date": "The day of the session, YYYY-MM-DD.",
    "number": "The number of the session on that day, best written with three digits: 001.",
    "collection": (
        "Folders inside the session that tell apart what would have the same name, such as the spikes of two "
        "probes: alf/probe00, alf/probe01. May be absent."
    ),
    "revision": (
        "A later version of the files, in a folder between two #. Revisions are in the order of their texts, so a "
        "date is a good name. Who asks for one that is not there gets the last one before it. May be absent."
    ),
    "namespace": (
        "Whose own convention an object follows, between two underscores: _ibl_, _iblrig_, _phy_. May be absent "
        "for what everybody shares."
    ),
    "object": (
        "A table: all its files have the same number of rows. A plural in camel case: trials, spikes, wheelMoves. "
        "An attribute that is named as another object holds row numbers of it, from 0: spikes.clusters points into"
        " clusters."
    ),
    "attribute": (
        "A column of that table, in camel case. times are moments in seconds on the clock that all files share; "
        "intervals have two columns, start and end; timestamps belong to a continuous series: one time per row, or"
        " two rows of sample number and time, between which times are interpolated."
    ),
    "timescale": "The clock of times that are not on the shared one: times_bpod. May be absent.",
    "extra": (
        "More parts, such as a dataset id. Files that differ in nothing else are joined in the order of their "
        "extra parts. May be absent."
    ),
    "extension": (
        "The format. npy is best for arrays, pqt for tables, tsv for text; a bin file needs a .metadata.json "
        "beside it that says dtype and columns."
    ),
}
"""What each part of a path is for."""

_CLOCKED = re.compile(r"_(?:times|timestamps|intervals)$")
_ACRONYM = re.compile("[A-Z]+s?")
_WORD_BEGINS = re.compile(r"(?=[A-Z][a-rt-z0-9])|(?<=[a-z0-9])(?=[A-Z])")


def path_pattern() -> str:
    """Return the form of a path; what is in brackets may be absent."""
    return PATTERN


def describe(part: str | None = None, width: int = 99) -> None:
    """Print the form of a path and what one of its parts is for, or all.

    Parameters
    ----------
    part : str, optional
        One of the parts, such as ``"collection"``.
    width : int
        The longest line, in characters.

    Raises
    ------
    ValueError
        If there is no such part; the message lists those there are.
    """
    if part is not None and part not in SPEC_DESCRIPTION:
        raise ValueError(f"no part {part!r}; choose from {', '.join(SPEC_DESCRIPTION)}")
    lines = [PATTERN]
    if part is not None:
        lines.append(" " * PATTERN.index(part) + "^" * len(part))
    for name in [part] if part else SPEC_DESCRIPTION:
        lines += ["", name.upper(), *textwrap.wrap(SPEC_DESCRIPTION[name], width)]
    sys.stdout.write("\n".join(lines) + "\n")


def to_alf(
    object: str,  # noqa: A002 - the word of the convention
    attribute: str,
    extension: str,
    namespace: str | None = None,
    timescale: str | Iterable[str] | None = None,
    extra: str | Iterable[str] | None = None,
) -> str:
    """Make a file name of parts that people write: blanks and underscores become camel case.

    Parameters
    ----------
    object, attribute, extension : str
        What the file is about, what about it, and its format, with or without a dot.
    namespace : str, optional
        Whose convention the object follows.
    timescale, extra : str or several, optional
        The clock, and parts before the extension.

    Raises
    ------
    TypeError
        If there is no extension.
    InvalidALFName
        If a part has characters that it may not have.

    Examples
    --------
    >>> to_alf("spikes", "times", "ssv", namespace="ibl", timescale=("ephys clock", "minutes"))
    '_ibl_spikes.times_ephysClock_minutes.ssv'
    """
    if not extension:
        raise TypeError("an ALF name needs an extension, such as 'npy'")
    clocks = [timescale] if isinstance(timescale, str) else list(timescale or ())
    parts = NameParts(
        namespace or None,
        _camel(object),
        _camel(_CLOCKED.sub("", attribute)) + "".join(_CLOCKED.findall(attribute)),
        "_".join(_camel(clock) for clock in clocks if clock) or None,
        (extra if isinstance(extra, str) else ".".join(extra or ())) or None,
        extension.removeprefix("."),
    )
    given = (object, attribute, namespace or "", *clocks, parts.extension)
    if "_" in (namespace or "") or object.startswith("_") or any("." in part for part in given):
        raise InvalidALFName(
            f"{str(parts)!r}: only extra may have dots, no namespace underscores, no object one in front"
        )
    if not is_valid(str(parts)):
        raise InvalidALFName(f"{str(parts)!r} is not an ALF file name; use letters and digits")
    return str(parts)


def readableALF(name: str, capitalize: bool = False) -> str:  # noqa: N802 - the name that scripts know
    """Write an object or attribute as words; acronyms stay.

    Examples
    --------
    >>> readableALF("someROIDataset", capitalize=True)
    'Some ROI dataset'
    """
    words = [word if _ACRONYM.fullmatch(word) else word.lower() for word in _WORD_BEGINS.split(name)]
    text = " ".join(word for word in words if word)
    return text[:1].upper() + text[1:] if capitalize else text


def _camel(text: str) -> str:
    """Write words in camel case; acronyms and what is one word already stay."""
    first, *others = re.split(r"[_\s]", text)
    if not others:
        return first[:1].lower() + first[1:]
    first = first if _ACRONYM.fullmatch(first) else first.lower()
    return first + "".join(word if _ACRONYM.fullmatch(word) else word.capitalize() for word in others)
