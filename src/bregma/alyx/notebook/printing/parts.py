"""Parts that the records of subjects and sessions share: notes with pictures, comments, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils import timezone

from bregma.alyx.notebook.notes.images import content_type_of, thumbnail_name
from bregma.alyx.notebook.notes.services import picture_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bregma.alyx.history.changes_of import Entry
    from bregma.alyx.notebook.comments.selectors import Said
    from bregma.alyx.notebook.notes.selectors import Written
    from bregma.alyx.notebook.printing.document import Document

MOST_PICTURES = 40
MOST_ENTRIES = 200


def write_moment(moment: datetime | None) -> str:
    """Write a moment in the time zone that is set."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def add_notes(document: Document, notes: Sequence[Written], *, more: bool = False) -> None:
    """Add notes with their pictures, forty at most, and what was said about them."""
    document.add_heading("Notes")
    pictures = 0
    for one in notes:
        about = f", on {one.about}" if one.about else ""
        document.add_text(f"{write_moment(one.note.date_time)}, {one.note.user or 'unknown'}{about}", soft=True)
        document.add_text(one.note.text)
        if one.is_picture:
            pictures += 1
            _add_picture(document, one, shown=pictures <= MOST_PICTURES)
        for said in one.comments:
            document.add_text(f"{said.comment.user}: {said.comment.text}", soft=True)
    if not notes:
        document.add_text("None.", soft=True)
    if more:
        document.add_text(f"These are the latest {len(notes)}; older ones are in the database.", soft=True)


def add_comments(document: Document, comments: Sequence[Said]) -> None:
    """Add comments."""
    if comments:
        document.add_heading("Comments")
    for one in comments:
        document.add_text(f"{write_moment(one.comment.date_time)}, {one.comment.user or 'unknown'}", soft=True)
        document.add_text(one.comment.text)


def add_timeline(document: Document, entries: Sequence[Entry], *, title: str) -> None:
    """Add what happened, the newest first, two hundred entries at most."""
    document.add_heading(title)
    rows = []
    for entry in entries[:MOST_ENTRIES]:
        when = f"{entry.at:%Y-%m-%d}" if entry.day_only else write_moment(entry.at)
        told = "; ".join(f"{one.label}: {one.before or '–'} → {one.after or '–'}" for one in entry.changes)
        rows.append((when, entry.title, entry.words or told, entry.by))
    document.add_table(("When", "What", "More", "Who"), rows, of=len(entries))


def _add_picture(document: Document, one: Written, *, shown: bool) -> None:
    name = picture_name(one.note)
    small = thumbnail_name(name)
    chosen = small if default_storage.exists(small) else name
    if not shown:
        document.add_text("(picture left out: this record has too many)", soft=True)
    elif content_type_of(name) is None or not default_storage.exists(chosen):
        document.add_text("(picture that cannot be printed)", soft=True)
    else:
        with default_storage.open(chosen, "rb") as file:
            document.add_picture(file)
