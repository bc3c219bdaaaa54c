"""The Arrow schema of each cache table, with the metadata by which pandas restores its index and types.

Texts are plain strings under ``numpy_type`` object, as pandas 2 writes them: pandas 2 reads objects, pandas 3 its own
text type, and both read uuids as text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bregma.alf import QC
from bregma.one.tables import COLUMNS, INDEX, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bregma.one.tables import TablesInfo

QC_NAMES = [qc.name for qc in sorted(QC)]
_QC_TYPE = pa.dictionary(pa.int8(), pa.string(), ordered=True)
_TYPES: dict[str, pa.DataType] = {
    "date": pa.date32(),
    "birth_date": pa.date32(),
    "death_date": pa.date32(),
    "number": pa.uint16(),
    "level": pa.uint16(),
    "datasets": pa.uint32(),
    "file_size": pa.uint64(),
    "exists": pa.bool_(),
    "default_revision": pa.bool_(),
    "protected": pa.bool_(),
    "public": pa.bool_(),
    "n_trials": pa.uint32(),
    "n_correct_trials": pa.uint32(),
    **dict.fromkeys(OUTCOMES, _QC_TYPE),
}
_PANDAS_TYPES = {"date32[day]": ("date", "object"), "string": ("unicode", "object"), "uint64": ("uint64", "UInt64")}
_NULLABLE = {"n_trials": ("uint32", "UInt32"), "n_correct_trials": ("uint32", "UInt32")}


def arrow_schema(name: str, info: TablesInfo, others: Mapping[str, pa.DataType | None] | None = None) -> pa.Schema:
    """Describe one cache table: columns, index and origin.

    Parameters
    ----------
    name : str
        One of :data:`bregma.one.tables.NAMES`.
    info : TablesInfo
        When and by whom the tables are made.
    others : mapping of str to pyarrow.DataType, optional
        Further columns; None for the type that is known of one, else text.

    Returns
    -------
    pyarrow.Schema
        The columns of the index first, then those of the table.
    """
    types = dict.fromkeys((*INDEX[name], *COLUMNS[name])) | dict(others or {})
    fields = [pa.field(column, type_ or _TYPES.get(column) or pa.string()) for column, type_ in types.items()]
    pandas = json.dumps(_pandas_metadata(fields, list(INDEX[name])))
    return pa.schema(fields, metadata={"pandas": pandas, "one_metadata": info.to_json()})


def _pandas_metadata(fields: list[pa.Field[Any]], index: list[str]) -> dict[str, Any]:
    label = {
        "name": None,
        "field_name": None,
        "pandas_type": "unicode",
        "numpy_type": "object",
        "metadata": {"encoding": "UTF-8"},
    }
    return {
        "index_columns": index,
        "column_indexes": [label],
        "columns": [_column(field) for field in fields if field.type == _QC_TYPE or _is_plain(field.type)],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.3.3",
    }


def _is_plain(type_: pa.DataType) -> bool:
    """Tell whether pandas has one type for it; of others it finds out itself."""
    number = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_boolean(type_)
    return number or str(type_) in _PANDAS_TYPES


def _column(field: pa.Field[Any]) -> dict[str, Any]:
    if field.type == _QC_TYPE:
        kinds, metadata = ("categorical", "int8"), {"num_categories": len(QC_NAMES), "ordered": True}
    else:
        known = _NULLABLE.get(field.name) or _PANDAS_TYPES.get(str(field.type))
        kinds, metadata = known or (str(field.type), str(field.type)), None
    names = {"name": field.name, "field_name": field.name}
    return names | {"pandas_type": kinds[0], "numpy_type": kinds[1], "metadata": metadata}
