"""A real mail server on this machine, that refuses, delays or hangs up as a test asks."""

from __future__ import annotations

import email
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from bregma.alyx.inbox.environment import MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

TAKEN = "250 OK"


@dataclass
class PostOffice:
    """What arrived, and how addresses are answered: ``answers[address]`` is a list of replies, the last one stays.

    The reply ``hang up`` closes the connection instead.
    """

    answers: dict[str, list[str]] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take an address or answer as told."""
        self.asked.append(address)
        replies = self.answers.get(address, [TAKEN])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply == "hang up":
            server.transport.abort()
            return "421 good bye"
        if reply == TAKEN:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return TAKEN

    @property
    def reached(self) -> list[str]:
        """The addresses that mail arrived for."""
        return [str(mail["To"]) for mail in self.mails]


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, MailServer]]:
    """Run a server on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, MailServer("127.0.0.1", port, "alyx@example.org")
    finally:
        controller.stop()
