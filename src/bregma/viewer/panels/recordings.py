"""Recordings that ONE knows, as lines to choose from."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bregma.one import ONE

_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class RecordingRow:
    """A session or an insertion.

    Parameters
    ----------
    id : str
        The eid or the pid.
    is_insertion : bool
        Which of both it is.
    title, words : str
        What a person reads.
    """

    id: str
    is_insertion: bool
    title: str
    words: str


def find_recordings(one: "ONE", text: str, *, insertions: bool, most: int = 200) -> tuple[RecordingRow, ...]:
    """Return the sessions or insertions that a text finds: an id, a day, or a part of a subject's or lab's name.

    Parameters
    ----------
    one : ONE
        Where to look.
    text : str
        Words, all of which must fit; none finds the newest.
    insertions : bool
        Whether insertions are looked for, else sessions.
    most : int
        Return no more.
    """
    find = one.find_insertions if insertions else one.find_sessions
    found = find(**read_terms(text))[:most]
    return tuple(_of_insertion(one, each) if insertions else _of_session(each) for each in found)


def read_terms(text: str) -> dict[str, Any]:
    """Return the terms of a search that words mean: an id, a day, a number, else a subject."""
    terms: dict[str, Any] = {}
    for word in text.replace("/", " ").split():
        if _ID.fullmatch(word):
            terms["id"] = word
        elif _DAY.fullmatch(word):
            terms["date_range"] = word
        elif word.startswith("probe"):
            terms["name"] = word
        elif word.isdigit() and len(word) <= 3 and "subject" in terms:
            terms["number"] = int(word)
        else:
            terms["subject"] = word
    return terms


def _of_session(session: Any) -> RecordingRow:
    words = " · ".join(part for part in (session.lab, session.task_protocol, ", ".join(session.projects)) if part)
    return RecordingRow(str(session.eid), False, f"{session.subject}  {session.date}  {session.number:03d}", words)


def _of_insertion(one: "ONE", insertion: Any) -> RecordingRow:
    place = str(insertion.told.get("session_info", "")) or str(insertion.eid)
    words = " · ".join(part for part in (insertion.model, place) if part)
    return RecordingRow(str(insertion.pid), True, insertion.name, words)
