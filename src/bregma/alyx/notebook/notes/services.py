"""Writes notes: a text, a picture, or both, on anything that a person may write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.data.services import check_may_name
from bregma.alyx.misc.models import Note
from bregma.alyx.notebook.models import Comment
from bregma.alyx.notebook.notes.images import Picture, read_picture, thumbnail_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import Model

    from bregma.alyx.misc.models import LabMember

MOST_IMAGES = 12
"""How many pictures are taken in one go."""


@dataclass(frozen=True)
class Terms:
    """What a note may say besides its words.

    Attributes
    ----------
    when : datetime or None
        The moment that it tells of; now, or as it was, unless given.
    author : LabMember or None
        Who wrote it; the person who asks, or as it was, unless given.
    width : int or None
        How wide its picture is kept, in pixels; as it is unless given.
    json : object
        What programs keep with it; nothing, or as it was, unless given.
    """

    when: datetime | None = None
    author: LabMember | None = None
    width: int | None = None
    json: Any = None


@transaction.atomic
def write_note(
    on: Model,
    text: str = "",
    image: IO[bytes] | None = None,
    *,
    by: LabMember,
    terms: Terms | None = None,
) -> Note:
    """Write a note on a row; the picture is drawn anew.

    Raises
    ------
    PermissionDenied
        If this person may not write what the note is on, or not in the name of another.
    ValidationError
        If there is neither a text nor a picture, or the picture cannot be kept.
    """
    if not text.strip() and image is None:
        raise ValidationError({"text": "Write something, or add a picture."})
    terms = terms or Terms()
    author = terms.author or by
    check_may_name(by, author)
    values = {
        "user": author,
        "date_time": terms.when or timezone.now(),
        "text": text,
        "json": terms.json,
        **_key_of(on),
    }
    policy.check_may_write(by, Note(**{**values, "user": None}))
    picture = read_picture(image, width=terms.width) if image is not None else None
    note = changes.create_row(Note, {**values, **_file_of(picture)}, by=by)
    _keep_thumbnail(note, picture)
    return note


@transaction.atomic
def write_notes(on: Model, text: str, images: Sequence[IO[bytes]], *, by: LabMember) -> list[Note]:
    """Write one note for each picture, or one for the text alone; the text goes with the first.

    Raises as :func:`write_note`; then nothing is written.
    """
    if len(images) > MOST_IMAGES:
        raise ValidationError(f"These are {len(images)} pictures; {MOST_IMAGES} go in one go. Send the others after.")
    if not images:
        return [write_note(on, text, by=by)]
    return [write_note(on, "" if i else text, image, by=by) for i, image in enumerate(images)]


@transaction.atomic
def change_note(
    note: Note, text: str | None = None, image: IO[bytes] | None = None, *, by: LabMember, terms: Terms | None = None
) -> Note:
    """Change the text of a note, its picture, or what else it says; only its author and administrators may.

    Raises
    ------
    PermissionDenied
        If another person wrote it, or this one may write it no more.
    ValidationError
        If nothing would be left of it, or the picture cannot be kept.
    """
    terms = terms or Terms()
    check_is_author(note, by)
    if terms.author is not None and terms.author != note.user:
        check_may_name(by, terms.author)
    picture = read_picture(image, width=terms.width) if image is not None else None
    new_text = note.text if text is None else text
    if not new_text.strip() and not note.image and picture is None:
        raise ValidationError({"text": "Nothing would be left of this note; delete it instead."})
    old = picture_name(note) if picture is not None else ""
    told = {"date_time": terms.when, "user": terms.author, "json": terms.json}
    more = {name: value for name, value in told.items() if value is not None}
    changed = changes.change_row(note, {"text": new_text, **more, **_file_of(picture)}, by=by)
    _keep_thumbnail(changed, picture)
    _forget_files([old])
    return changed


@transaction.atomic
def delete_note(note: Note, *, by: LabMember) -> None:
    """Delete a note, its picture and what was said about it; only its author and administrators may."""
    check_is_author(note, by)
    name = picture_name(note)
    Comment.objects.filter(**_key_of(note)).delete()
    changes.delete_row(note, by=by)
    _forget_files([name])


@transaction.atomic
def forget_words_on(rows: Sequence[Model]) -> None:
    """Delete the notes and comments on rows that are about to be deleted; the caller asked the policy."""
    for row in rows:
        notes = Note.objects.filter(**_key_of(row))
        files = [name for name in notes.values_list("image", flat=True) if name]
        about_notes = Comment.objects.filter(
            content_type=ContentType.objects.get_for_model(Note), object_id__in=notes.values("pk")
        )
        about_notes.delete()
        Comment.objects.filter(**_key_of(row)).delete()
        notes.delete()
        _forget_files(files)


def may_change_note(note: Note, user: policy.User) -> bool:
    """Tell whether somebody wrote a note, or is an administrator."""
    return user.is_authenticated and (user.is_superuser or note.user_id == user.pk)


def picture_name(note: Note) -> str:
    """Return where the picture of a note is kept; empty if it has none."""
    return str(note.image.name) if note.image else ""


def check_is_author(note: Note, by: LabMember) -> None:
    """Refuse to change the words of another.

    Raises
    ------
    PermissionDenied
        Naming the author, and what to do instead.
    """
    if not may_change_note(note, by):
        raise PermissionDenied(f"{note.user or 'somebody who left'} wrote this note; answer it with one of your own")


def _key_of(row: Model) -> dict[str, Any]:
    """Return the columns that say what a note or comment is on; proxies are their tables."""
    return {"content_type": ContentType.objects.get_for_model(row), "object_id": row.pk}


def _file_of(picture: Picture | None) -> dict[str, Any]:
    return {} if picture is None else {"image": ContentFile(picture.content, name=f"image.{picture.ending}")}


def _keep_thumbnail(note: Note, picture: Picture | None) -> None:
    if picture is not None:
        default_storage.save(thumbnail_name(picture_name(note)), ContentFile(picture.thumbnail))


def _forget_files(names: Iterable[str]) -> None:
    """Delete pictures once the transaction is through."""
    kept = [name for name in names if name]

    def forget() -> None:
        for name in kept:
            default_storage.delete(name)
            default_storage.delete(thumbnail_name(name))

    transaction.on_commit(forget)
