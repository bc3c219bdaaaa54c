"""Rows of the database as parquet, by COPY: PostgreSQL sorts and writes, Arrow reads, a row group at a time."""

from __future__ import annotations

from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from pyarrow import csv

from bregma.alf import QC
from bregma.one.tables.schema import QC_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

ROW_GROUP = 50_000
_QC_NUMBERS = pa.array(sorted(QC), pa.int64())
_SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL statement_timeout = 0"


class OneMoment(transaction.Atomic):
    """A transaction that reads all tables as they are at one moment, however long that takes."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __enter__(self) -> None:
        outermost = not connection.in_atomic_block
        super().__enter__()
        with connection.cursor() as cursor:
            if outermost:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(_SETTINGS)


def write_parquet(rows: QuerySet[Any], schema: pa.Schema, file: IO[bytes]) -> int:
    """Write the columns of some rows as one parquet file.

    Parameters
    ----------
    rows : QuerySet
        A ``values_list`` of the columns, in the order of the schema.
    schema : pyarrow.Schema
        Their names and types.
    file : file object
        Where the bytes go.

    Returns
    -------
    int
        How many rows there were.
    """
    number = 0
    texts = [field.name for field in schema if field.name not in {"id", "hash", "rel_path"}]
    with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=texts) as writer:
        for table in read_columns(rows, schema):
            writer.write_table(table)
            number += table.num_rows
    return number


def read_columns(rows: QuerySet[Any], schema: pa.Schema) -> Iterator[pa.Table]:
    """Read the columns of some rows, a row group at a time."""
    for lines in _copied(rows):
        yield _parsed(lines, schema)


def _copied(rows: QuerySet[Any]) -> Iterator[bytes]:
    """Give the rows as lines of CSV, so many at a time."""
    try:
        query, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    connection.ensure_connection()
    written = psycopg.ClientCursor(connection.connection).mogrify(query, parameters)
    with connection.cursor() as cursor, cursor.copy(f"COPY ({written}) TO STDOUT (FORMAT csv)") as copy:
        while lines := b"".join(islice(copy, ROW_GROUP)):
            yield lines


def _parsed(lines: bytes, schema: pa.Schema) -> pa.Table:
    types = {field.name: pa.int64() if pa.types.is_dictionary(field.type) else field.type for field in schema}
    table = csv.read_csv(
        pa.BufferReader(lines),
        csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=len(lines) + 1),
        csv.ParseOptions(newlines_in_values=b'"' in lines),
        csv.ConvertOptions(
            column_types=types, null_values=[""], true_values=["t"], false_values=["f"], check_utf8=False
        ),
    )
    columns = [
        _named(column.combine_chunks()) if pa.types.is_dictionary(field.type) else column
        for field, column in zip(schema, table.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _named(numbers: pa.Array) -> pa.DictionaryArray:
    codes = pc.index_in(numbers, value_set=_QC_NUMBERS).cast(pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array(QC_NAMES), ordered=True)
