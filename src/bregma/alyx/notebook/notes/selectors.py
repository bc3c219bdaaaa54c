"""Reads notes: those on one row, and all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from bregma.alyx import policy
from bregma.alyx.actions.models import Session
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.comments.selectors import Said, comments_on
from bregma.alyx.notebook.notes.services import may_change_note
from bregma.alyx.subjects.models import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import Model, QuerySet

    from bregma.alyx.policy import User

MOST_SHOWN = 100
"""Notes on one page of a record."""


@dataclass(frozen=True)
class Written:
    """A note as one person sees it, with what was said about it."""

    note: Note
    may_change: bool
    comments: list[Said]
    about: Model | None = None
    """What it is on, where a list shows notes on several things."""

    @property
    def is_picture(self) -> bool:
        """Whether it has a picture."""
        return bool(self.note.image)


def notes_on(row: Model, user: User) -> list[Written]:
    """Return the newest hundred notes on a row that somebody may read, with comments: three queries at most."""
    content_type = ContentType.objects.get_for_model(row)
    notes = policy.readable(user, Note.objects.filter(content_type=content_type, object_id=row.pk))
    return describe_notes(notes.select_related("user")[:MOST_SHOWN], user)


def notes_of_subject(subject: Subject, user: User, *, offset: int = 0, limit: int = 25) -> tuple[list[Written], bool]:
    """Return notes on a subject and on its sessions, newest first, and whether there are older ones."""
    kinds = ContentType.objects.get_for_models(Subject, Session)
    sessions = policy.readable(user, Session.objects.filter(subject=subject))
    condition = Q(content_type=kinds[Subject], object_id=subject.pk)
    condition |= Q(content_type=kinds[Session], object_id__in=sessions.order_by().values("pk"))
    notes = policy.readable(user, Note.objects.filter(condition)).select_related("user")
    found = list(notes.order_by("-date_time", "pk")[offset : offset + limit + 1])
    keys = {note.object_id for note in found if note.content_type_id == kinds[Session].pk}
    about: dict[UUID, Model] = dict(sessions.select_related("subject").in_bulk(list(keys)).items()) if keys else {}
    return describe_notes(found[:limit], user, about), len(found) > limit


def describe_notes(notes: Iterable[Note], user: User, about: dict[UUID, Model] | None = None) -> list[Written]:
    """Add comments and what the person may do to notes: two queries."""
    rows = list(notes)
    said: dict[UUID, list[Said]] = defaultdict(list)
    for one in comments_on(Note, [note.pk for note in rows], user):
        said[one.comment.object_id].append(one)
    return [
        Written(note, may_change_note(note, user), said[note.pk], (about or {}).get(note.object_id)) for note in rows
    ]


def find_notes(user: User) -> QuerySet[Note]:
    """Return every note that somebody may read, newest first."""
    return policy.readable(user, Note.objects.all()).select_related("user", "content_type").order_by("-date_time", "pk")
