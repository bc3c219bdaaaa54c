"""Splits the text of a free filter, and reads lists in it as literals: Python's and JSON's, never evaluated."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from bregma.alyx.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_LETTERS = 200_000
MOST_IN_VALUE = 2_000
MOST_ITEMS = 10_000
MOST_BRACKETS = 8
WRAPPERS = frozenset({"UUID", "str_", "int64", "int32", "float64", "float32", "bool_"})
"""What Python prints around the values of a list of identifiers or of numpy's numbers."""
NAMES = {"true": True, "false": False, "null": None, "none": None}
OPENING, CLOSING = "([{", ")]}"


def split(text: str, separators: str = ",") -> Iterator[str]:
    """Split at separators outside of brackets, and of quotes that begin a part or stand in brackets."""
    depth, quote, start = 0, "", 0
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"" and (depth or (not text[start:i].strip() and _closes(text, i, separators))):
            quote = character
        elif character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= depth > 0
        elif character in separators and depth == 0:
            yield text[start:i]
            start = i + 1
    yield text[start:]


def pairs(text: str, is_field: Callable[[str], bool], *, separators: str = ",") -> list[tuple[str, str]]:
    """Read fields and their values; a part such as ``" imaging"`` that is no field belongs to the value before it.

    Raises
    ------
    InvalidRequest
        If the text is too long, or a field has no value.
    """
    if len(text) > MOST_LETTERS:
        raise InvalidRequest(f"a filter of {len(text)} characters is too long; at most {MOST_LETTERS}")
    words: list[str] = []
    for part in split(text, separators):
        at_field = len(words) % 2 == 0
        if at_field and words and part[:1].isspace() and not is_field(part.strip()):
            words[-1] += f",{part}"
        elif part.strip() or not at_field or not words:
            words.append(part)
    if len(words) % 2:
        raise InvalidRequest(
            f"{text[:200]!r} is not a list of pairs: write field,value,field,value ... and put a value that has "
            "commas in quotes"
        )
    return [(name.strip(), value.strip()) for name, value in zip(words[::2], words[1::2], strict=True)]


def unquoted(text: str) -> tuple[str, bool]:
    """Return a value without the quotes around it, and whether there were any."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1], True
    return text, False


def read_literal(text: str) -> object:
    """Read a list, tuple or dictionary of texts, numbers, true, false and None.

    Raises
    ------
    ValueError
        If it is anything else: a call, a sum, a name.
    """
    if _depth(text) > MOST_BRACKETS:
        raise ValueError(f"brackets are nested too deeply; at most {MOST_BRACKETS}")
    try:
        found = _read(ast.parse(text, mode="eval").body)
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("expected a list such as ['a', 'b']") from error
    if isinstance(found, list) and len(found) > MOST_ITEMS:
        raise ValueError(f"{len(found)} values are too many; at most {MOST_ITEMS}")
    return found


def _read(node: ast.expr) -> object:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_read(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {str(_read(key)): _read(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Name(id=name) if name.lower() in NAMES:
            return NAMES[name.lower()]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant() as wrapped], keywords=[]):
            if name in WRAPPERS:
                return _read(wrapped)
    raise ValueError("expected texts and numbers only, such as ['a', 'b'] or [1, 2]")


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in OPENING) - (character in CLOSING)
        deepest = max(deepest, depth)
    return deepest


def _closes(text: str, start: int, separators: str) -> bool:
    """Tell whether the quote that opens here closes before a separator or at the end."""
    end = text.find(text[start], start + 1)
    return end > 0 and (not text[end + 1 :].strip() or text[end + 1 :].lstrip()[0] in separators)
