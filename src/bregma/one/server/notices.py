"""What a server says beside its answers: notices, and the end of addresses (RFC 9745, RFC 8594); logged once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import httpx

_logger = logging.getLogger(__name__)


class Notices:
    """Logs each notice of a server once."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def note(self, response: httpx.Response) -> None:
        """Log what the headers of an answer say."""
        headers, path = response.headers, urlsplit(str(response.request.url)).path
        if notice := headers.get("Alyx-API-Notice"):
            urgent = notice.startswith("!!!")
            self._say(logging.WARNING if urgent else logging.INFO, notice.removeprefix("!!!") + _links(response))
        if unknown := headers.get("Bregma-Unknown-Parameters"):
            self._say(logging.WARNING, f"{path} takes no parameter {unquote(unknown)}")
        if lifecycle := _lifecycle(headers.get("Deprecation"), headers.get("Sunset")):
            self._say(logging.WARNING, f"{path} {lifecycle}{_links(response)}")

    def _say(self, level: int, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            _logger.log(level, "%s", words)


def _lifecycle(deprecation: str | None, sunset: str | None) -> str:
    words = []
    if deprecation:
        words.append(f"is deprecated{_since(deprecation)}")
    if sunset:
        words.append(f"goes away{_since(sunset)}")
    return " and ".join(words)


def _since(text: str) -> str:
    """Write a date of a header: ``@`` and seconds, or a date of HTTP; nothing if it is neither."""
    from email.utils import parsedate_to_datetime

    try:
        moment = datetime.fromtimestamp(int(text[1:]), UTC) if text.startswith("@") else parsedate_to_datetime(text)
    except (ValueError, OverflowError, OSError):
        return ""
    return f" ({moment:%Y-%m-%d})"


def _links(response: httpx.Response) -> str:
    urls = dict.fromkeys(link["url"] for link in response.links.values() if link.get("rel") not in {"next", "prev"})
    return f"; see {', '.join(urls)}" if urls else ""
