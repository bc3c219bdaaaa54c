"""Connections to web servers that keep no cookies, and whose log shows no signatures, passwords or tokens."""

from __future__ import annotations

import logging
import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_LOGGERS = ("httpx", "httpcore.http11", "httpcore.http2", "httpcore.connection", "httpcore.proxy")
_SECRETS = re.compile(
    r"(?i)(?P<query>\?)[^\s\"'>]*(?:signature|sig|token|credential|key|password|auth)[^\s\"'>=]*=[^\s\"'>]*"
    r"|(?P<user>://)[^/@\s\"'>]+(?=@)"
    r"|(?P<cookie>b'set-cookie', b')[^']*"
)


def open_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Open connections to any servers.

    Parameters
    ----------
    transport : httpx.BaseTransport, optional
        Another way to reach them (tests, or a server in the same process).

    Returns
    -------
    httpx.Client
        It keeps no cookies: who asks is told by headers alone, so that nobody stays signed in who has left.
    """
    import httpx

    for name in _LOGGERS:
        logging.getLogger(name).addFilter(hide_secrets)
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.Client(transport=transport, timeout=httpx.Timeout(60.0, connect=10.0), cookies=cookies)


def hide_secrets(record: logging.LogRecord) -> bool:
    """Take what nobody else may read out of a line of a log; the line stays."""
    text = record.getMessage()
    shown = _SECRETS.sub(lambda found: f"{found['query'] or found['user'] or found['cookie']}…", text)
    if shown != text:
        record.msg, record.args = shown, ()
    return True
