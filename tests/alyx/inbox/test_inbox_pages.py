"""The notification centre: what one sees, reads and chooses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from bregma.alyx.actions.models import NotificationRule, NotificationType
from bregma.alyx.inbox.environment import MailServer
from bregma.alyx.inbox.models import Delivery, MailPreference
from bregma.alyx.inbox.selectors import mail_words
from bregma.alyx.inbox.services import notify

if TYPE_CHECKING:
    from tests.alyx.factories import World

SCOPES = dict.fromkeys(NotificationType.values, "mine")


def visit(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def tell(world: World, name: str, title: str = "KS014 is light", **more: Any) -> Delivery:
    found = notify("mouse_underweight", title, users=[world.people[name]], **more)
    assert found is not None
    return found.deliveries.get(user=world.people[name])


@pytest.mark.parametrize("path", ["/inbox/", "/inbox/?show=all", "/inbox/preferences/", "/inbox/log/"])
def test_a_page_costs_the_same_queries_however_many_notices(
    world: World, path: str, django_assert_max_num_queries: Any
) -> None:
    client = visit(world, "alice")
    for i in range(60):
        tell(world, "alice", f"news {i}", subject=world.subject)
    with django_assert_max_num_queries(12):
        assert client.get(path).status_code == 200


def test_one_sees_ones_own_notices_only(world: World) -> None:
    tell(world, "alice", "for alice")
    tell(world, "bob", "for bob")
    page = visit(world, "alice").get("/inbox/").content.decode()
    assert "for alice" in page
    assert "for bob" not in page
    assert "1 unread" in page


def test_opening_a_notice_reads_it_and_leads_to_its_page(world: World) -> None:
    row = tell(world, "alice", link="/colony/welfare/")
    answer = visit(world, "alice").get(f"/inbox/{row.pk}/")
    assert answer.headers["Location"] == "/colony/welfare/"
    row.refresh_from_db()
    assert row.read_at is not None


def test_a_notice_leads_nowhere_else(world: World) -> None:
    row = tell(world, "alice", link="//evil.example.org/")
    assert visit(world, "alice").get(f"/inbox/{row.pk}/").headers["Location"] == "/evil.example.org/"


@pytest.mark.parametrize("name", ["bob", "charlie", "visitor"])
def test_others_notices_are_not_there(world: World, name: str) -> None:
    row = tell(world, "alice")
    client = visit(world, name)
    assert client.get(f"/inbox/{row.pk}/").status_code == 404
    assert client.post(f"/inbox/{row.pk}/read/").status_code in (403, 404)
    row.refresh_from_db()
    assert row.read_at is None


def test_reading_all_reads_only_ones_own(world: World) -> None:
    mine, other = tell(world, "alice"), tell(world, "bob", "KS015 is light")
    visit(world, "alice").post("/inbox/read/")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.read_at
    assert other.read_at is None


def test_what_is_read_is_not_mailed(world: World, settings: Any) -> None:
    settings.BREGMA_MAIL = MailServer("127.0.0.1", 25, "alyx@example.org")
    row = tell(world, "alice")
    assert row.status == Delivery.Status.WAITING
    visit(world, "alice").post(f"/inbox/{row.pk}/read/", {"query": "show=all"})
    row.refresh_from_db()
    assert (row.status, row.read_at is None) == (Delivery.Status.ON_PAGE, False)


def test_the_bell_counts_what_is_unread(world: World) -> None:
    tell(world, "alice")
    tell(world, "alice", "second")
    page = visit(world, "alice").get("/inbox/").content.decode()
    assert "Notices, 2 unread" in page


def test_preferences_change_what_waits(world: World, settings: Any) -> None:
    settings.BREGMA_MAIL = MailServer("127.0.0.1", 25, "alyx@example.org")
    row = tell(world, "alice")
    client = visit(world, "alice")
    asked = {**SCOPES, "mouse_water": "none", "frequency": "daily", "digest_hour": "9"}
    assert client.post("/inbox/preferences/", asked).status_code == 302
    row.refresh_from_db()
    assert (row.next_attempt.hour, row.next_attempt.minute) == (9, 0)
    assert row.next_attempt > timezone.now()
    rule = NotificationRule.objects.get(user=world.people["alice"], notification_type="mouse_water")
    assert rule.subjects_scope == "none"
    client.post("/inbox/preferences/", {**asked, "frequency": "never"})
    row.refresh_from_db()
    assert row.status == Delivery.Status.ON_PAGE


def test_a_wrong_choice_is_said_and_nothing_saved(world: World) -> None:
    answer = visit(world, "alice").post("/inbox/preferences/", {**SCOPES, "frequency": "hourly", "digest_hour": "9"})
    assert answer.status_code == 422
    assert not MailPreference.objects.exists()


def test_the_account_for_the_public_chooses_nothing(world: World) -> None:
    assert visit(world, "visitor").get("/inbox/preferences/").status_code == 403
    assert visit(world, "visitor").get("/inbox/").status_code == 200


def test_only_administrators_see_the_deliveries_of_all(world: World) -> None:
    tell(world, "alice", "for alice")
    assert "for alice" in visit(world, "root").get("/inbox/log/").content.decode()
    assert "for alice" in visit(world, "alice").get("/inbox/log/").content.decode()
    assert "for alice" not in visit(world, "bob").get("/inbox/log/").content.decode()


def test_the_centre_says_that_no_mail_is_sent(world: World) -> None:
    assert "sends no mail" in visit(world, "alice").get("/inbox/").content.decode()


def test_unknown_notices_are_not_there(world: World) -> None:
    assert visit(world, "alice").get(f"/inbox/{uuid.uuid4()}/").status_code == 404


def test_the_state_of_a_mail_is_said_in_words() -> None:
    due = timezone.now().replace(year=2026, month=3, day=4, hour=7, minute=0)
    row = Delivery(status="waiting", next_attempt=due)
    assert mail_words(row) == "mail waits, 4 Mar, 07:00"
    row.attempts, row.error = 2, "451 later"
    assert mail_words(row) == "mail waits until 4 Mar, 07:00; attempt 2: 451 later"
    row.status = "failed"
    assert mail_words(row) == "mail given up: 451 later"
    row.status, row.error = "page", "no e-mail address in the account"
    assert mail_words(row) == "here only: no e-mail address in the account"
    row.status, row.sent_at = "sent", due
    assert mail_words(row) == "mailed 4 Mar, 07:00"
