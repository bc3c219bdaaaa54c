"""Who is told what: rules, people named, repeats; the cases that users of Alyx rely on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as sent_mail

from bregma.alyx.actions.models import Notification, NotificationRule
from bregma.alyx.inbox.environment import MailServer, mail_server
from bregma.alyx.inbox.hours import next_hour
from bregma.alyx.inbox.models import Delivery, MailPreference
from bregma.alyx.inbox.services import notify
from bregma.alyx.misc.models import LabMembership

if TYPE_CHECKING:
    from tests.alyx.factories import World

WATER = "mouse_water"


@pytest.fixture
def mail(settings: Any) -> None:
    settings.BREGMA_MAIL = MailServer(host="127.0.0.1", port=25, sender="alyx@example.org")


def told(world: World, users: list[str] | None, *, kind: str = WATER, by: str = "") -> list[str]:
    named = None if users is None else [world.people[name] for name in users]
    who = world.people.get(by)
    found = notify(kind, "news", subject=world.subject, users=named, by=who, resend_after=timedelta(0))
    assert found is not None
    assert {row.user for row in found.deliveries.all()} == set(found.users.all())
    return [user.username for user in found.users.order_by("username")]


def rule(world: World, name: str, scope: str) -> NotificationRule:
    return NotificationRule.objects.update_or_create(
        user=world.people[name], notification_type=WATER, defaults={"subjects_scope": scope}
    )[0]


def test_rules_decide_who_is_told(world: World) -> None:
    assert told(world, None) == ["alice"]
    rule(world, "alice", "none")
    assert told(world, None) == []
    rule(world, "alice", "lab")
    assert told(world, None) == ["alice"]
    world.subject.responsible_user = world.people["bob"]
    world.subject.save()
    assert told(world, None) == ["alice", "bob"]
    rule(world, "alice", "all")
    assert told(world, None) == ["alice", "bob"]
    rule(world, "alice", "mine")
    assert told(world, None) == ["bob"]


def test_people_named_are_told_besides_the_responsible_user(world: World) -> None:
    rule(world, "alice", "mine")
    assert told(world, []) == ["alice"]
    assert told(world, ["alice"]) == ["alice"]
    assert told(world, ["bob"]) == ["alice", "bob"]
    assert told(world, ["alice", "bob"]) == ["alice", "bob"]
    rule(world, "alice", "none")
    assert told(world, ["bob"]) == ["bob"]
    assert told(world, ["alice", "bob"]) == ["bob"]


def test_the_scope_of_a_lab_is_that_of_today(world: World) -> None:
    rule(world, "charlie", "lab")
    assert told(world, None) == ["alice"]
    rule(world, "bob", "lab")
    assert told(world, None) == ["alice", "bob"]
    LabMembership.objects.filter(user=world.people["bob"]).update(start_date="2020-01-01", end_date="2020-02-01")
    assert told(world, None) == ["alice"]


def test_nobody_is_told_of_what_they_may_not_read(world: World) -> None:
    LabMembership.objects.filter(user=world.people["charlie"]).update(role="guest")
    rule(world, "charlie", "all")
    rule(world, "visitor", "all")
    assert told(world, ["charlie", "visitor"]) == ["alice"]


def test_who_did_it_is_told_only_if_named(world: World) -> None:
    assert told(world, None, by="alice") == []
    assert told(world, ["alice"], by="alice") == ["alice"]


def test_the_same_words_are_not_said_again_within_an_hour(world: World) -> None:
    first = notify(WATER, "1 mL", subject=world.subject)
    assert first is not None
    assert notify(WATER, "1 mL", subject=world.subject) is None
    assert notify(WATER, "2 mL", subject=world.subject) is not None
    Notification.objects.filter(pk=first.pk).update(send_at=first.send_at - timedelta(seconds=3601))
    assert notify(WATER, "1 mL", subject=world.subject) is not None
    assert notify("mention", "hello", users=[world.people["bob"]]) is not None
    assert notify("mention", "hello", users=[world.people["bob"]]) is not None


def test_a_type_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="mouse_hungry"):
        notify("mouse_hungry", "news")


def test_no_mail_leaves_in_the_request(world: World, mail: None) -> None:
    notify(WATER, "news", subject=world.subject)
    assert sent_mail.outbox == []
    assert Delivery.objects.get().status == Delivery.Status.WAITING


def test_a_title_is_one_line(world: World) -> None:
    found = notify("mention", "hello\r\nBcc: all@example.org", users=[world.people["bob"]])
    assert found is not None
    assert found.title == "hello Bcc: all@example.org"


def test_without_server_or_address_or_wish_it_stays_on_the_page(world: World, settings: Any) -> None:
    alice, bob, dora = (world.people[name] for name in ("alice", "bob", "dora"))
    notify(WATER, "no server", users=[alice])
    settings.BREGMA_MAIL = MailServer(host="127.0.0.1", port=25, sender="alyx@example.org")
    MailPreference.objects.create(user=alice, frequency="never")
    notify(WATER, "no wish, no address", users=[alice, bob, dora])
    rows = Delivery.objects.order_by("created", "user__username")
    assert {row.status for row in rows} == {Delivery.Status.ON_PAGE}
    assert rows.get(user=bob).error == "no e-mail address in the account"


def test_a_digest_waits_for_its_hour_where_the_lab_is(world: World, mail: None) -> None:
    world.lab.timezone = "America/New_York"
    world.lab.save()
    MailPreference.objects.create(user=world.people["alice"], frequency="daily", digest_hour=7)
    notify(WATER, "news", subject=world.subject)
    due = Delivery.objects.get().next_attempt
    assert due.hour in (11, 12)  # 7 in New York, by season
    assert due.minute == 0


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-28T05:30+00:00", "2026-03-28T06:00+00:00"),
        ("2026-03-28T06:00+00:00", "2026-03-28T06:00+00:00"),
        ("2026-03-28T06:01+00:00", "2026-03-29T05:00+00:00"),  # clocks went forward in between
        ("2026-10-24T23:00+00:00", "2026-10-25T06:00+00:00"),
    ],
)
def test_the_hour_of_a_digest_follows_the_clocks(now: str, due: str) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    found = next_hour(7, ZoneInfo("Europe/Berlin"), datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(due)


def test_the_environment_names_the_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BREGMA_MAIL_URL", raising=False)
    assert mail_server() is None
    monkeypatch.setenv("BREGMA_MAIL_URL", "smtp://us%40er:p%3Ass@mail.example.org:2525?tls=1")
    with pytest.raises(ValueError, match="BREGMA_MAIL_FROM"):
        mail_server()
    monkeypatch.setenv("BREGMA_MAIL_FROM", "alyx@example.org")
    server = mail_server()
    assert server == MailServer("mail.example.org", 2525, "alyx@example.org", "us@er", "p:ss", starttls=True)
    assert "p:ss" not in repr(server)
    monkeypatch.setenv("BREGMA_MAIL_URL", "pop://user:secret@host")
    with pytest.raises(ValueError, match="pop://host") as refused:
        mail_server()
    assert "secret" not in str(refused.value)
