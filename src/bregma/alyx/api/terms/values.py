"""Reads the value of a condition as its column wants it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from bregma.alyx.api.terms.paths import COMPARISONS, PATTERNS
from bregma.alyx.api.terms.text import MOST_IN_VALUE, read_literal, unquoted

if TYPE_CHECKING:
    from bregma.alyx.api.terms.paths import Target

CONSTANTS: dict[str, object] = {"none": None, "true": True, "false": False}
BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
LISTS = frozenset({"in", "range", "has_keys", "has_any_keys"})
MOST_IN_PATTERN = 100
REPEAT = re.compile(r"[*+?]")
UNSAFE_PATTERN = re.compile(r"\(\?|\{|\\\d|\*{3}|[*+?]{2}|\)[*+]")
"""What makes a pattern slow: repeats of repeats, counted repeats, references back, and the options that hide them."""


def convert(text: str, target: Target) -> object:
    """Read a value.

    Raises
    ------
    ValueError, TypeError, ValidationError
        If the column cannot be compared with it.
    """
    if text.lower() == "none" and target.lookup != "has_key":
        return None
    if target.lookup == "isnull":
        return _boolean(text)
    if target.lookup in LISTS:
        values = read_literal(text) if text[:1] in ("[", "(") else None
        if not isinstance(values, list) or (target.lookup == "range" and len(values) != 2):
            raise ValueError("expected a list such as ['a', 'b']" + " of two" * (target.lookup == "range"))
        return [_convert_item(value, target) for value in values]
    if len(text) > MOST_IN_VALUE and not isinstance(target.column, models.JSONField | ArrayField):
        raise ValueError(f"it has {len(text)} characters; at most {MOST_IN_VALUE}")
    return _convert_one(*unquoted(text), target)


def _convert_item(value: object, target: Target) -> object:
    if target.lookup.startswith("has_"):
        return str(value)
    if isinstance(target.column, models.JSONField):
        return value
    if value is None or isinstance(value, list | dict):
        raise ValueError("expected texts and numbers only, such as ['a', 'b'] or [1, 2]")
    return _convert_one(str(value), False, target)


def _convert_one(text: str, is_quoted: bool, target: Target) -> object:
    if target.lookup in PATTERNS:
        return _pattern(text)
    if isinstance(target.column, models.JSONField):
        return _for_json(text, is_quoted, target)
    if isinstance(target.column, ArrayField):
        return _number(text) if target.is_key else read_literal(text)
    if target.part is not None:
        return _part(text, target.part)
    if target.lookup not in COMPARISONS:
        return text
    return _for_column(text, target.column)


def _for_column(text: str, column: Any) -> object:
    while column.is_relation:
        column = column.related_model._meta.pk
    if isinstance(column, models.DateTimeField):
        return _moment(text)
    if isinstance(column, models.BooleanField):
        return _boolean(text)
    if isinstance(column, models.IntegerField) and column.choices:
        return _choice(text, column)
    if isinstance(column, models.IntegerField | models.FloatField):
        return _number(text)
    return column.to_python(text)


def _choice(text: str, column: Any) -> object:
    """Read the number of a choice, or its name in any case."""
    named = {str(label).lower(): number for number, label in column.flatchoices}
    if text.lower() in named:
        return named[text.lower()]
    try:
        return _number(text)
    except ValueError as error:
        raise ValueError(f"choices are: {', '.join(str(label) for _, label in column.flatchoices)}") from error


def _for_json(text: str, is_quoted: bool, target: Target) -> object:
    if is_quoted or target.lookup == "has_key":
        return text
    if target.lookup not in COMPARISONS | {"contains", "contained_by"}:
        return text
    if text.lower() in CONSTANTS:
        return CONSTANTS[text.lower()]
    if text[:1] in ("[", "(", "{"):
        return read_literal(text)
    try:
        return _number(text)
    except ValueError:
        return text


def _pattern(text: str) -> str:
    if len(text) > MOST_IN_PATTERN and REPEAT.search(text):
        raise ValueError(f"a pattern with repeats may have {MOST_IN_PATTERN} characters at most")
    found = UNSAFE_PATTERN.search(text)
    if found:
        raise ValueError(f"{found.group()!r} may make a pattern slow; use simple repeats only, or icontains")
    try:
        re.compile(text)
    except (re.error, RecursionError) as error:
        raise ValueError(f"the pattern cannot be read: {error}") from error
    return text


def _part(text: str, part: str) -> object:
    if part == "date":
        return parse_date(text) or _fail("a day such as 2024-01-31")
    if part == "time":
        found = parse_time(text)
        return found if found is not None else _fail("a time such as 12:30")
    number = _number(text)
    return number if isinstance(number, int) and abs(number) < 100_000 else _fail("a small whole number")


def _number(text: str) -> int | float:
    if re.fullmatch(r"[+-]?\d{1,400}", text, re.ASCII):
        return int(text)
    number = float(text)
    if number != number or abs(number) == float("inf"):
        raise ValueError("expected a finite number")
    return int(number) if number.is_integer() else number


def _boolean(text: str) -> bool:
    if text.lower() not in BOOLEANS:
        raise ValueError("expected true or false")
    return BOOLEANS[text.lower()]


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        day = parse_date(text) or _fail("a moment such as 2024-01-31T12:00:00")
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fail(expected: str) -> Any:
    raise ValueError(f"expected {expected}")
