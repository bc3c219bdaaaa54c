"""Rows as Arrow record batches; the type of a column follows from how the serializer writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from rest_framework import serializers

from bregma.alyx.api.fields import NaiveDateTimeField, UrlField
from bregma.alyx.api.modern.columns import readable_fields

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = {"encoding": "json"}
"""What the field of a column says whose texts are JSON."""

KINDS: tuple[tuple[type, pa.DataType], ...] = (
    (NaiveDateTimeField, pa.timestamp("us", tz="UTC")),
    (serializers.BooleanField, pa.bool_()),
    (serializers.IntegerField, pa.int64()),
    (serializers.FloatField, pa.float64()),
    (serializers.UUIDField, pa.string()),
    (serializers.CharField, pa.string()),
    (serializers.ChoiceField, pa.string()),
    (serializers.DateField, pa.date32()),
    (serializers.SlugRelatedField, pa.string()),
    (serializers.HyperlinkedRelatedField, pa.string()),
    (UrlField, pa.string()),
)
"""Types by kind of field, the first that fits counts; anything else is JSON in a text."""

METHODS = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "str": pa.string()}


class ArrowWriter:
    """Writes chunks of rows into one stream of Arrow's IPC format, whose bytes are taken as they come.

    Parameters
    ----------
    serializer : Serializer
        Writes one row.
    asked : tuple of str
        The columns; all, if empty.
    """

    def __init__(self, serializer: Any, asked: tuple[str, ...]) -> None:
        fields = {name: field for name, field in readable_fields(serializer).items() if not asked or name in asked}
        self._schema = pa.schema([_column(name, field) for name, field in fields.items()])
        self._sink = _Drain()
        self._stream = pa.ipc.new_stream(pa.PythonFile(self._sink, "w"), self._schema)

    def write(self, rows: list[dict[str, Any]]) -> bytes:
        """Write rows; returns the bytes that are to be sent next."""
        arrays = [_array([row.get(field.name) for row in rows], field) for field in self._schema]
        self._stream.write_batch(pa.record_batch(arrays, schema=self._schema))
        return self._sink.take()

    def end(self) -> bytes:
        """Return the last bytes, with the schema where there was no row."""
        self._stream.close()
        return self._sink.take()


class _Drain:
    """A file to write into, whose content is taken out again and again."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keep bytes."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        found, self._parts = b"".join(self._parts), []
        return found

    def flush(self) -> None:
        """Do nothing: what is written is here."""

    def close(self) -> None:
        """Do nothing: what was written can still be taken."""


def _column(name: str, field: Any) -> pa.Field:
    kind = _kind(field)
    return pa.field(name, kind or pa.string(), metadata=None if kind is not None else JSON)


def _kind(field: Any) -> pa.DataType | None:
    """Return the type of a column, None where its values are written as JSON."""
    if isinstance(field, serializers.ManyRelatedField):
        return pa.list_(pa.string()) if _kind(field.child_relation) == pa.string() else None
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return pa.string()
    if isinstance(field, serializers.SerializerMethodField):
        method = getattr(field.parent, str(field.method_name))
        return METHODS.get(str(method.__annotations__.get("return")).removesuffix(" | None"))
    return next((kind for known, kind in KINDS if isinstance(field, known)), None)


def _array(values: list[Any], field: pa.Field) -> pa.Array:
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(field.type)
    if pa.types.is_date(field.type):
        return pa.array([None if value is None else str(value) for value in values], pa.string()).cast(field.type)
    if pa.types.is_string(field.type):
        write: Callable[[Any], str] = json.dumps if field.metadata else str
        values = [None if value is None else write(value) for value in values]
    return pa.array(values, field.type)
