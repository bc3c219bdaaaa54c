"""Makes of each value of a dump the text that PostgreSQL reads, or says why it cannot be one of its column."""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bregma.alyx.importing.errors import BadValue
from bregma.alyx.importing.reading.sql_text import array_items

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    Convert = Callable[[Any], str]

PLAIN_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRUE, FALSE = {True, "t", "true", "True", "1"}, {False, "f", "false", "False", "0"}
LARGEST = {"SmallIntegerField": 2**15, "PositiveSmallIntegerField": 2**15, "BigIntegerField": 2**63}


def converter(field: models.Field[Any, Any], zone: ZoneInfo, *, textual: bool) -> Convert:
    """Return what reads the values of a column; it raises :class:`BadValue`.

    Parameters
    ----------
    field : Field
        The field of the column; of a relation, the key of the other table counts.
    zone : ZoneInfo
        Where the clocks of moments without an offset stood.
    textual : bool
        Whether values are texts of SQL, rather than values of JSON.
    """
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.DateTimeField):
        return lambda value: _moment(value, zone)
    if isinstance(field, models.JSONField):
        return _json_text if textual else _json_value
    if isinstance(field, ArrayField):
        item = converter(field.base_field, zone, textual=True)
        return lambda value: _array(value, item, field.size)
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        longest = field.max_length
        return lambda value: _text(value, longest)
    if isinstance(field, models.IntegerField):
        bound = LARGEST.get(field.get_internal_type(), 2**31)
        return lambda value: _integer(value, bound)
    return _simple(field)


def _simple(field: models.Field[Any, Any]) -> Convert:
    for kind, convert in (
        (models.UUIDField, _uuid),
        (models.BooleanField, _boolean),
        (models.FloatField, _number),
        (models.DateField, _day),
    ):
        if isinstance(field, kind):
            return convert
    raise TypeError(f"no conversion for {field!r}; add one here")


def _uuid(value: Any) -> str:
    if isinstance(value, str) and PLAIN_UUID.fullmatch(value):
        return value
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise BadValue(f"{_short(value)} is no uuid") from error


def _boolean(value: Any) -> str:
    if isinstance(value, bool | str | int):
        if value in TRUE:
            return "t"
        if value in FALSE:
            return "f"
    raise BadValue(f"{_short(value)} is neither true nor false")


def _integer(value: Any, bound: int) -> str:
    if isinstance(value, bool | list | dict):
        raise BadValue(f"{_short(value)} is no whole number")
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadValue(f"{_short(value)} is no whole number") from error
    if number != float(value) or not -bound <= number < bound:
        raise BadValue(f"{_short(value)} is no whole number that fits")
    return str(number)


def _number(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise BadValue(f"{_short(value)} is no number")
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise BadValue(f"{_short(value)} is no number") from error
    if not math.isfinite(number):
        raise BadValue(f"{_short(value)} is no finite number")
    return repr(number)


def _day(value: Any) -> str:
    try:
        return date.fromisoformat(value[:10] if len(value) > len("2020-01-01") else value).isoformat()
    except (TypeError, ValueError) as error:
        raise BadValue(f"{_short(value)} is no date, such as 2020-01-31") from error


def _moment(value: Any, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadValue(f"{_short(value)} is no moment, such as 2020-01-31T12:00:00") from error
    if not 1 < moment.year < 9999:
        raise BadValue(f"{_short(value)} is not in the years 2 to 9998")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def _text(value: Any, longest: int | None) -> str:
    if not isinstance(value, str):
        raise BadValue(f"{_short(value)} is no text")
    if "\x00" in value:
        raise BadValue("a character of number zero is in the text")
    if longest is not None and len(value) > longest:
        raise BadValue(f"{_short(value)} has {len(value)} characters, {longest} at most")
    return value


def _json_value(value: Any) -> str:
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise BadValue("its JSON holds a number that is not finite") from error
    if "\\u0000" in text:
        raise BadValue("a character of number zero is in the JSON")
    return text


def _json_text(value: Any) -> str:
    try:
        return _json_value(json.loads(value))
    except (TypeError, json.JSONDecodeError) as error:
        raise BadValue(f"{_short(value)} is no JSON") from error


def _array(value: Any, item: Convert, size: int | None) -> str:
    """Read a list, a list written as JSON (so dumpdata does) or an array of PostgreSQL."""
    if isinstance(value, str):
        try:
            value = array_items(value) if value.startswith("{") else json.loads(value)
        except json.JSONDecodeError as error:
            raise BadValue(f"{_short(value)} is no list") from error
    if not isinstance(value, list):
        raise BadValue(f"{_short(value)} is no list")
    if size is not None and len(value) > size:
        raise BadValue(f"{_short(value)} has {len(value)} items, {size} at most")
    return "{" + ",".join(item(each) for each in value) + "}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
