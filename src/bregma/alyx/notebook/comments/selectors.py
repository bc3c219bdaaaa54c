"""Reads comments, and the people whom one may mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from bregma.alyx import policy
from bregma.alyx.misc.models import LabMember
from bregma.alyx.notebook.models import Comment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import Model

    from bregma.alyx.policy import User

MOST_SHOWN = 200
MOST_PEOPLE = 8


@dataclass(frozen=True)
class Said:
    """A comment as one person sees it."""

    comment: Comment
    people: frozenset[str]
    """User names that it mentions."""
    is_mine: bool


def comments_on(model: type[Model], keys: Sequence[UUID], user: User) -> list[Said]:
    """Return the comments on rows of one table, oldest first: two queries."""
    if not keys:
        return []
    content_type = ContentType.objects.get_for_model(model)
    comments = policy.readable(user, Comment.objects.filter(content_type=content_type, object_id__in=keys))
    newest = comments.select_related("user").prefetch_related("mentions").order_by("-date_time", "pk")[:MOST_SHOWN]
    return [
        Said(one, frozenset(person.username for person in one.mentions.all()), one.user_id == user.pk)
        for one in reversed(newest)
    ]


def people_named(start: str, user: User) -> list[LabMember]:
    """Return people whose user name or name begins with some letters, as far as somebody may know of them."""
    people = policy.readable(user, LabMember.objects.filter(is_active=True, is_public_user=False))
    return list(people.filter(_begins(start)).order_by("username")[:MOST_PEOPLE])


def _begins(start: str) -> Q:
    return Q(username__istartswith=start) | Q(first_name__istartswith=start) | Q(last_name__istartswith=start)
