"""Writes comments; those mentioned are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from bregma.alyx import changes, policy
from bregma.alyx.actions.models.notifications import NotificationType
from bregma.alyx.inbox.services import notify
from bregma.alyx.misc.models import LabMember
from bregma.alyx.notebook.addresses import address_of
from bregma.alyx.notebook.mentions import mentioned_names
from bregma.alyx.notebook.models import Comment

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model

MOST_CHARACTERS = 10_000


@transaction.atomic
def write_comment(on: Model, text: str, *, by: LabMember) -> Comment:
    """Say something about a subject, a session or a note that one may read, and tell those mentioned.

    Raises
    ------
    PermissionDenied
        If this person may not read it.
    ValidationError
        If there is no text, or too much.
    """
    content_type = ContentType.objects.get_for_model(on)
    values = {"user": by, "text": _checked(text), "content_type": content_type, "object_id": on.pk}
    comment = changes.create_row(Comment, values, by=by)
    _mention(comment, on, before=(), by=by)
    return comment


@transaction.atomic
def change_comment(comment: Comment, text: str, *, by: LabMember) -> Comment:
    """Change what one said; those mentioned for the first time are told. Raises as :func:`write_comment`."""
    _check_own(comment, by)
    before = set(comment.mentions.all())
    changes.change_row(comment, {"text": _checked(text), "edited_at": timezone.now()}, by=by)
    if comment.content_object is not None:
        _mention(comment, comment.content_object, before=before, by=by)
    return comment


@transaction.atomic
def delete_comment(comment: Comment, *, by: LabMember) -> None:
    """Delete what one said."""
    _check_own(comment, by)
    changes.delete_row(comment, by=by)


def _checked(text: str) -> str:
    if not text.strip():
        raise ValidationError({"text": "Write something first."})
    if len(text) > MOST_CHARACTERS:
        raise ValidationError({"text": f"A comment has {MOST_CHARACTERS} characters at most; write a note instead."})
    return text.strip()


def _check_own(comment: Comment, by: LabMember) -> None:
    if comment.user_id != by.pk and not by.is_superuser:
        raise PermissionDenied(f"{comment.user or 'somebody who left'} said this; answer with a comment of your own")


def _mention(comment: Comment, on: Model, *, before: Collection[LabMember], by: LabMember) -> None:
    """Keep whom a comment mentions: people with an account who may read what it is about."""
    named = LabMember.objects.filter(username__in=mentioned_names(comment.text), is_active=True)
    people = [person for person in named if policy.has_account(person) and policy.may_read(person, on)]
    comment.mentions.set(people)
    fresh = [person for person in people if person not in before and person != by]
    if fresh:
        _tell(comment, on, fresh, by)


def _tell(comment: Comment, on: Model, people: list[LabMember], by: LabMember) -> None:
    """Tell people of a mention; naming the subject would tell its responsible user too."""
    link = f"{address_of(on)}#comment-{comment.pk}"
    notify(
        NotificationType.MENTION, f"{by} mentioned you on {on}", users=people, message=comment.text, link=link, by=by
    )
