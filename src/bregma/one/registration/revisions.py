"""Which revision a changed file goes to when the one it has is released. Pure: nothing is moved here."""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Known = Sequence[Mapping[str, bool]]


def plan_revisions(
    names: Sequence[str], details: Sequence[Mapping[str, Known]], *, today: date | None = None
) -> list[str]:
    """Choose a name for each file that the server lets be written.

    Parameters
    ----------
    names : sequence of str
        Paths in the session.
    details : sequence of mapping
        For each of them, from its name to its revisions, newest first, with whether they are protected.
    today : date, optional
        The day that new revisions are named by.

    Returns
    -------
    list of str
        The same paths, with the folder of a revision where one is needed.
    """
    day = (today or date.today()).isoformat()  # noqa: DTZ011 - the day of the lab
    known = [next(iter(each.values()), ()) for each in details]
    return [_plan(PurePosixPath(name), each, day) for name, each in zip(names, known, strict=True)]


def next_revision(revision: str, reserved: Sequence[str] = (), alpha: str = "a") -> str:
    """Return the first of ``2024-01-01a``, ``…b`` and so on that is not taken.

    Raises
    ------
    ValueError
        If it should begin with more than one letter.
    """
    if len(alpha) != 1:
        raise ValueError(f"a revision goes on by one letter, not by {alpha!r}")
    return next(name for i in count(ord(alpha)) if (name := f"{revision}{chr(i)}") not in reserved)


def _plan(path: PurePosixPath, known: Known, day: str) -> str:
    states = {revision: protected for each in known for revision, protected in each.items()}
    own = path.parent.name.strip("#") if path.parent.name.startswith("#") else ""
    if not states.get(own, False) and (own or not any(states.values())):
        return path.as_posix()
    taken = [revision for revision, protected in states.items() if protected]
    folder = path.parent.parent if own else path.parent
    return (folder / f"#{_revision(own, states, taken, day)}#" / path.name).as_posix()


def _revision(own: str, states: Mapping[str, bool], taken: Sequence[str], day: str) -> str:
    """Choose a free revision: beside the own one; else the newest if it is a day and free; else today's."""
    if own:
        return next_revision(own, taken)
    newest = next(iter(states))
    if newest and not states[newest] and _is_day(newest):
        return newest
    return next_revision(day, taken) if day in taken else day


def _is_day(revision: str) -> bool:
    try:
        date.fromisoformat(revision[:10])
    except ValueError:
        return False
    return True
