"""Which mail server sends notices, as the environment says; without one, notices are read on the page only."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from bregma.alyx.access.environment import read_secret

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    """Encrypt after greeting; smtps encrypts from the first byte on."""
    tls: bool = False


def mail_server() -> MailServer | None:
    """Read ``BREGMA_MAIL_URL`` (``smtp://user:password@host:587?tls=1``, or smtps) and ``BREGMA_MAIL_FROM``.

    Raises
    ------
    ValueError
        If the address is of another kind, names no host, or nobody to send from is named.
    """
    address = urlsplit(read_secret("BREGMA_MAIL_URL"))
    if not address.scheme:
        return None
    if address.scheme not in PORTS or not address.hostname:
        raise ValueError(
            f"BREGMA_MAIL_URL begins with {address.scheme}://{address.hostname or ''}; "
            "write smtp://user:password@host:587?tls=1 or smtps://user:password@host"
        )
    sender = os.environ.get("BREGMA_MAIL_FROM", "").strip()
    if not sender:
        raise ValueError(
            "BREGMA_MAIL_URL is set but not BREGMA_MAIL_FROM; set it to the address that notices come from"
        )
    return MailServer(
        host=address.hostname,
        port=address.port or PORTS[address.scheme],
        sender=sender,
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        starttls=address.scheme == "smtp" and parse_qs(address.query).get("tls", ["0"])[0] not in ("", "0"),
        tls=address.scheme == "smtps",
    )
