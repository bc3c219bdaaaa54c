"""Reads JSON bodies strictly: what PostgreSQL or a later reader of the rows could not hold is refused at the door."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO


class StrictJSONParser(JSONParser):
    """JSON without zero characters, halves of surrogate pairs, infinite numbers or endless nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Read a body; raises ParseError (400), which says what is wrong."""
        try:
            content = super().parse(stream, media_type, parser_context)
            _check(content)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except LookupError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        return content


def _check(content: Any) -> None:
    if isinstance(content, str):
        _check_text(content)
    elif isinstance(content, float) and not isfinite(content):
        raise ParseError("JSON parse error - a number is too large")
    elif isinstance(content, list):
        for item in content:
            _check(item)
    elif isinstance(content, dict):
        for name, item in content.items():
            _check_text(name)
            _check(item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ParseError(r"JSON parse error - texts must not have zero characters (\u0000)")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError(f"JSON parse error - a text has half of a surrogate pair: {error.reason}") from error
