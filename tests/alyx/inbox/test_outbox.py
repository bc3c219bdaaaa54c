"""Mail that leaves through a real server: what is refused, delayed or cut off harms nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from tests.alyx.factories import PASSWORD
from tests.alyx.smtp import PostOffice, post_office

from bregma.alyx.accounts import create_user
from bregma.alyx.inbox import outbox
from bregma.alyx.inbox.environment import MailServer
from bregma.alyx.inbox.models import Delivery, MailPreference
from bregma.alyx.inbox.outbox import MailReport, claim_letters, open_connection, send_waiting
from bregma.alyx.inbox.services import notify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from email.message import EmailMessage

    from tests.alyx.factories import World

    from bregma.alyx.misc.models import LabMember

PEOPLE = ("ann", "ben", "cleo", "dan", "eve")


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with post_office() as (found, server):
        settings.BREGMA_MAIL = server
        settings.BREGMA_URL = "https://alyx.example.org"
        yield found


@pytest.fixture
def people(world: World) -> dict[str, LabMember]:
    return {name: create_user(name, PASSWORD, email=f"{name}@example.org", labs=["mainenlab"]) for name in PEOPLE}


def tell(people: dict[str, LabMember], *names: str, title: str = "news", **more: Any) -> None:
    for name in names or people:
        notify("mention", f"{title} for {name}", users=[people[name]], **more)


def send(now: datetime | None = None) -> MailReport:
    return send_waiting(now or timezone.now(), open_connection())


def words_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def state_of(name: str) -> tuple[str, int, str]:
    row = Delivery.objects.get(user__username=name)
    return row.status, row.attempts, row.error


def test_each_person_gets_a_mail(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people, message="1.2 mL & more\nper line", link="/inbox/")
    assert send() == MailReport(sent=5)
    assert sorted(office.reached) == [f"{name}@example.org" for name in PEOPLE]
    mail = office.mails[0]
    plain, html = words_of(mail, "plain"), words_of(mail, "html")
    assert mail["Subject"] == "news for ann"
    assert mail["From"] == "alyx@example.org"
    assert "1.2 mL & more\nper line" in plain
    assert "https://alyx.example.org/inbox/\n" in plain
    assert "https://alyx.example.org/inbox/preferences/" in plain
    assert "1.2 mL &amp; more<br>per line" in html
    assert mail["List-Unsubscribe"] == "<https://alyx.example.org/inbox/preferences/>"


def test_nothing_is_sent_twice(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people)
    send()
    assert send() == MailReport()
    assert len(office.mails) == 5


def test_a_refused_address_is_given_up_with_the_reason_and_alone(
    office: PostOffice, people: dict[str, LabMember]
) -> None:
    office.answers["ben@example.org"] = ["550 no such person"]
    tell(people)
    assert send() == MailReport(sent=4, given_up=1)
    assert state_of("ben") == ("failed", 1, "550 no such person")
    assert state_of("cleo") == ("sent", 1, "")


def test_a_delayed_address_is_tried_again_later(office: PostOffice, people: dict[str, LabMember]) -> None:
    office.answers["ben@example.org"] = ["451 try again later", "250 OK"]
    tell(people)
    now = timezone.now()
    assert send(now) == MailReport(sent=4, later=1)
    assert state_of("ben") == ("waiting", 1, "451 try again later")
    assert send(now + outbox.FIRST_PAUSE - timedelta(seconds=1)) == MailReport()
    assert send(now + outbox.FIRST_PAUSE) == MailReport(sent=1)
    assert state_of("ben") == ("sent", 2, "")


def test_pauses_double_and_attempts_end(office: PostOffice, people: dict[str, LabMember]) -> None:
    office.answers["ben@example.org"] = ["451 later"]
    tell(people, "ben")
    now, pauses = timezone.now(), []
    while state_of("ben")[0] == "waiting":
        due = Delivery.objects.get().next_attempt
        pauses.append((due - now).total_seconds() / 60)
        now = max(due, now)
        send(now)
    assert [round(pause) for pause in pauses[1:]] == [5, 10, 20, 40, 80, 160, 320]
    assert state_of("ben") == ("failed", outbox.MOST_ATTEMPTS, "451 later")
    assert len(office.asked) == outbox.MOST_ATTEMPTS


def test_a_lost_connection_delays_only_the_mail_at_which_it_was_lost(
    office: PostOffice, people: dict[str, LabMember]
) -> None:
    office.answers["ben@example.org"] = ["hang up", "250 OK"]
    tell(people)
    now = timezone.now()
    assert send(now) == MailReport(sent=4, later=1)
    assert state_of("ben")[:2] == ("waiting", 1)
    assert "closed the connection" in state_of("ben")[2]
    assert state_of("dan")[:2] == ("sent", 1)
    assert send(now + outbox.FIRST_PAUSE) == MailReport(sent=1)
    assert len(office.mails) == 5


def test_a_server_that_always_hangs_up_is_left_alone_until_the_next_run(
    office: PostOffice, people: dict[str, LabMember]
) -> None:
    for name in PEOPLE:
        office.answers[f"{name}@example.org"] = ["hang up"]
    tell(people)
    report = send()
    assert (report.sent, report.later) == (0, outbox.MOST_LOSSES)
    assert "again and again" in report.trouble
    assert state_of("eve")[:2] == ("waiting", 0)


def test_a_server_that_is_away_costs_no_attempt(people: dict[str, LabMember], settings: Any) -> None:
    settings.BREGMA_MAIL = MailServer("127.0.0.1", 1, "alyx@example.org")
    tell(people)
    report = send()
    assert "127.0.0.1:1" in report.trouble
    assert {row.attempts for row in Delivery.objects.all()} == {0}


def test_an_address_that_is_none_harms_nobody(office: PostOffice, people: dict[str, LabMember]) -> None:
    type(people["ben"]).objects.filter(username="ben").update(email="ben\r\nBcc: eve@example.org")
    tell(people, "ann", "ben", "cleo", "dan")
    type(people["dan"]).objects.filter(username="dan").update(email="")
    report = send()
    assert (report.sent, report.given_up) == (2, 2)
    assert "no mail can be written" in state_of("ben")[2]
    assert state_of("dan")[2] == "no e-mail address in the account"


def test_a_title_writes_no_headers(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people, "ann", title="hi\r\nBcc: eve@example.org\r\n\r\nbody")
    send()
    assert office.mails[0]["Bcc"] is None
    assert office.mails[0]["Subject"] == "hi Bcc: eve@example.org body for ann"
    assert office.asked == ["ann@example.org"]


def test_a_link_leads_to_this_server_only(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people, "ann", link="//evil.example.org/x")
    send()
    body = words_of(office.mails[0], "plain")
    assert "https://alyx.example.org/evil.example.org/x" in body


def test_what_waits_for_a_person_comes_in_one_mail(office: PostOffice, people: dict[str, LabMember]) -> None:
    MailPreference.objects.create(user=people["ann"], frequency="daily", digest_hour=7)
    for title in ("one", "two", "three"):
        tell(people, "ann", title=title)
    now = Delivery.objects.first().next_attempt  # type: ignore[union-attr]
    assert send(now - timedelta(minutes=1)) == MailReport()
    assert send(now) == MailReport(sent=1)
    assert office.mails[0]["Subject"] == "3 notices: one for ann, …"
    body = words_of(office.mails[0], "plain")
    assert body.index("one for ann") < body.index("three for ann")
    assert {row.status for row in Delivery.objects.all()} == {"sent"}


def test_a_crash_while_sending_loses_nothing_and_keeps_the_message_id(
    office: PostOffice, people: dict[str, LabMember]
) -> None:
    tell(people, "ann")
    now = timezone.now()
    claimed = claim_letters(now)  # and then the process is killed
    assert send(now) == MailReport()
    tell(people, "ann", title="more")
    assert send(now + outbox.FIRST_PAUSE) == MailReport(sent=2)
    assert office.mails[0]["Message-ID"] == f"<{claimed[0].key}@alyx.example.org>"
    assert len({mail["Message-ID"] for mail in office.mails}) == 2


def test_a_letter_that_kills_every_attempt_is_given_up(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people, "ann")
    now = timezone.now()
    for _ in range(outbox.MOST_ATTEMPTS):
        assert len(claim_letters(now)) == 1
        now += outbox.LONGEST_PAUSE
    assert send(now) == MailReport(given_up=1)
    assert office.asked == []


def test_what_was_read_on_the_page_is_not_mailed(office: PostOffice, people: dict[str, LabMember]) -> None:
    tell(people, "ann", "ben")
    Delivery.objects.filter(user=people["ann"]).update(read_at=timezone.now())
    type(people["ben"]).objects.filter(username="ben").update(is_active=False)
    assert send() == MailReport()
    assert {row.status for row in Delivery.objects.all()} == {"page"}


@pytest.mark.django_db(transaction=True)
def test_two_processes_share_the_letters(office: PostOffice, people: dict[str, LabMember]) -> None:
    import threading

    from django.db import connection

    tell(people)
    now, reports = timezone.now(), []

    def run() -> None:
        try:
            reports.append(send(now))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.sent for report in reports) == 5
    assert sorted(office.reached) == sorted(f"{name}@example.org" for name in PEOPLE)
