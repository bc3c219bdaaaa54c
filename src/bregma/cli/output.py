"""What the commands print: data to stdout, words to stderr, JSON when asked."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def say(text: str) -> None:
    """Tell a person something, on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table with aligned columns, or as a JSON list."""
    if as_json:
        print(json.dumps(rows, indent=1, default=str))
        return
    if not rows:
        return
    columns = list(rows[0])
    cells = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_paths(paths: Iterable[object], *, as_json: bool) -> None:
    """Print a path per line, for other programs to read, or a JSON list of objects."""
    if as_json:
        print_rows([{"path": str(path)} for path in paths], as_json=True)
    for path in () if as_json else paths:
        print(path)


def print_record(record: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one record, a line per field, or as a JSON object."""
    if as_json:
        print(json.dumps(record, indent=1, default=str))
        return
    width = max((len(name) for name in record), default=0)
    for name, value in record.items():
        first, *more = _cell(value).split("\n")
        print("\n".join([f"{name.ljust(width)}  {first}", *(f"{' ' * width}  {line}" for line in more)]))


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
