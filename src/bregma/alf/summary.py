"""What an object holds at a glance, and rows as the tables that notebooks show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_CHARACTERS = 60


def summarize(name: str, value: Any) -> dict[str, str]:
    """Tell the shape and type of an attribute; what has no shape is of shape 1."""
    shape = "x".join(str(size) for size in getattr(value, "shape", ())) or "1"
    return {"name": name, "shape": shape, "type": str(getattr(value, "dtype", type(value).__name__))}


def shorten(value: Any) -> str:
    """Write the beginning of a value on one line; of tables and objects, the names in them; nothing is fetched."""
    import numpy as np

    if isinstance(value, Mapping) or hasattr(value, "columns"):
        text = ", ".join(map(str, value if isinstance(value, Mapping) else value.columns))
    elif isinstance(value, np.ndarray) and value.ndim:
        text = ", ".join(str(one) for one in value[:4]) + (", …" if len(value) > 4 else "")
    else:
        text = "" if getattr(value, "shape", ()) else str(value)
    line = " ".join(text.split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:_MOST_CHARACTERS]}…"


def write_html(rows: Sequence[Mapping[str, str]]) -> str:
    """Write rows with the same names as a table."""
    from html import escape

    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row.values()) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
