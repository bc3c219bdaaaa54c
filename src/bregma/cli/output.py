"""What the commands print: data to stdout, words to stderr, JSON when asked."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def say(text: str) -> None:
    """Tell a person something, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """Write what would command the terminal as its escapes: names and notes were written by anybody."""
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table with aligned columns, or as a JSON list."""
    if as_json:
        print(_json(rows))
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
        print(printable(str(path)))


def print_record(record: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one record, a line per field, or as a JSON object."""
    if as_json:
        print(_json(record))
        return
    width = max((len(name) for name in record), default=0)
    for name, value in record.items():
        first, *more = _cell(value).split("\n")
        print("\n".join([f"{name.ljust(width)}  {first}", *(f"{' ' * width}  {line}" for line in more)]))


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return "" if value is None else printable(str(value))


def _json(content: object) -> str:
    """Write JSON as all programs read it: numbers that are none are null."""
    try:
        return json.dumps(content, indent=1, default=str, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(content), indent=1, default=str)


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
