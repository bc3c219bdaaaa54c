"""Log lines: JSON without secrets."""

import json
import logging
import sys

import pytest

from bregma.alyx.logs import JsonFormatter, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Token 0123abcd", "Authorization: Token ***"),
        ("password=hunter2&x=1", "password=***&x=1"),
        ('{"token": "abc"}', '{"token": "***"}'),
        ("GET /sign-in/eyJhbG:x-y_z HTTP/1.1", "GET /sign-in/*** HTTP/1.1"),
        ("GET /sessions?subject=KS014", "GET /sessions?subject=KS014"),
    ],
)
def test_secrets_are_replaced_by_stars(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_a_record_is_one_line_with_its_traceback() -> None:
    try:
        int("password=hunter2")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "no %s", ("luck",), sys.exc_info())
    line = JsonFormatter().format(record)
    content = json.loads(line)
    assert (content["level"], content["logger"], content["message"]) == ("ERROR", "x", "no luck")
    assert "ValueError" in content["traceback"]
    assert "hunter2" not in line
    assert "\n" not in line
