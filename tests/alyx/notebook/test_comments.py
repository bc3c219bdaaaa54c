"""Comments: by those who may read, with the people they mention told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from bregma.alyx.actions.models import Notification
from bregma.alyx.actions.models.notifications import NotificationType
from bregma.alyx.misc.models import LabMembership
from bregma.alyx.notebook.comments.services import change_comment, delete_comment, write_comment
from bregma.alyx.notebook.mentions import mentioned_names
from bregma.alyx.notebook.models import Comment
from bregma.alyx.notebook.notes.services import write_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from tests.alyx.factories import World

    Visit = Callable[[str], Client]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bob look", ["bob"]),
        ("ask @bob.", ["bob"]),
        ("(@bob, @dora)", ["bob", "dora"]),
        ("bob@example.org", []),
        ("@bob @bob", ["bob"]),
        ("@", []),
        ("see https://a.example/@bob", []),
    ],
)
def test_mentions_are_found_as_people_write_them(text: str, names: list[str]) -> None:
    assert mentioned_names(text) == names


def test_those_mentioned_are_kept_and_told_once(world: World) -> None:
    comment = write_comment(world.session, "@bob and @nobody: look, @visitor", by=world.people["alice"])
    assert list(comment.mentions.all()) == [world.people["bob"]]
    told = Notification.objects.get(notification_type=NotificationType.MENTION)
    assert list(told.users.all()) == [world.people["bob"]]
    assert told.link.startswith(reverse("session", args=[world.session.pk]))
    change_comment(comment, "@bob and @dora", by=world.people["alice"])
    latest = Notification.objects.filter(notification_type=NotificationType.MENTION).exclude(pk=told.pk).get()
    assert list(latest.users.all()) == [world.people["dora"]]
    assert comment.edited_at


def test_nobody_is_told_of_what_they_may_not_read(world: World) -> None:
    charlie = world.people["charlie"]
    LabMembership.objects.filter(user=charlie).update(role="guest")
    comment = write_comment(world.subject, "@charlie", by=world.people["alice"])
    assert not comment.mentions.exists()
    assert not Notification.objects.filter(notification_type=NotificationType.MENTION).exists()


def test_guests_comment_where_they_may_read(world: World) -> None:
    guest = world.people["charlie"]
    membership = LabMembership.objects.get(user=guest)
    membership.role, membership.lab = "guest", world.lab
    membership.save()
    assert write_comment(world.subject, "welcome", by=guest)
    membership.lab = world.other_lab
    membership.save()
    with pytest.raises(PermissionDenied):
        write_comment(world.subject, "hello", by=guest)


def test_only_the_author_changes_and_deletes(world: World) -> None:
    comment = write_comment(world.session, "mine", by=world.people["bob"])
    for act in (lambda by: change_comment(comment, "x", by=by), lambda by: delete_comment(comment, by=by)):
        with pytest.raises(PermissionDenied, match="bob said"):
            act(world.people["alice"])
    delete_comment(comment, by=world.people["bob"])
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 10_001])
def test_empty_and_endless_comments_are_refused(world: World, text: str) -> None:
    with pytest.raises(ValidationError):
        write_comment(world.session, text, by=world.people["bob"])


def test_the_form_answers_htmx_with_the_comments(visit: Visit, world: World) -> None:
    url = reverse("comment-write", args=["session", world.session.pk])
    answer = visit("bob").post(url, {"text": "**hm** @alice <script>"}, headers={"HX-Request": "true"})
    shown = answer.content.decode()
    assert '<span class="mention">@alice</span>' in shown
    assert "&lt;script&gt;" in shown
    assert "<html" not in shown
    assert visit("bob").post(url, {"text": "again"}).status_code == 302
    assert visit("visitor").post(url, {"text": "x"}).status_code == 404
    assert Comment.objects.count() == 2


def test_comments_are_changed_on_a_page(visit: Visit, world: World) -> None:
    note = write_note(world.session, "n", by=world.people["alice"])
    comment = write_comment(note, "one", by=world.people["bob"])
    url = reverse("comment-edit", args=[comment.pk])
    assert visit("bob").get(url).status_code == 200
    assert visit("alice").get(url).status_code == 403
    assert visit("bob").post(url, {"text": "two"}).status_code == 302
    comment.refresh_from_db()
    assert comment.text == "two"
    assert visit("bob").post(reverse("comment-delete", args=[comment.pk])).status_code == 302
    assert not Comment.objects.exists()


def test_names_are_offered_to_those_who_may_know_them(visit: Visit, world: World) -> None:
    assert b"@bob" in visit("alice").get("/notebook/people/?q=bo").content
    assert b"@bob" not in visit("visitor").get("/notebook/people/?q=bo").content
