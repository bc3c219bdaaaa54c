"""Columns of several probes as one table, below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from bregma.sessions.nwb.content import Columns


def stack_columns(parts: list[tuple[int, Columns]]) -> Columns:
    """Stack columns of several probes; where one lacks a column, NaN or an empty text.

    Arrays of other shapes per row (waveforms of more channels) become a column of their own, ``name_1``, ``name_2`` …
    """
    found: dict[str, list[tuple[int, ...]]] = {}
    for name, values in ((name, values) for _, columns in parts for name, values in columns.items()):
        shapes = found.setdefault(name, [])
        if (shape := _row_shape(values)) not in shapes:
            shapes.append(shape)
    return {
        f"{name}_{number}" if number else name: _stack(
            [(n, _of_shape(columns.get(name), shape)) for n, columns in parts]
        )
        for name, shapes in found.items()
        for number, shape in enumerate(shapes)
    }


def _row_shape(values: Any) -> tuple[int, ...]:
    return tuple(getattr(values, "shape", (0,))[1:])


def _of_shape(values: Any, shape: tuple[int, ...]) -> Any:
    return values if values is not None and _row_shape(values) == shape else None


def _stack(parts: list[tuple[int, Any]]) -> Any:
    there = [values for _, values in parts if values is not None]
    if any(isinstance(values, list) for values in there):
        padded = [[*map(str, [] if each is None else each)] + [""] * (n - _rows(each)) for n, each in parts]
        return [text for texts in padded for text in texts]
    shape = there[0].shape[1:]
    whole = all(_rows(values) == n_rows for n_rows, values in parts)
    kind = np.result_type(*there) if whole else np.result_type(np.float32, *there)
    made = np.full((sum(n for n, _ in parts), *shape), np.nan if not whole else 0, dtype=kind)
    row = 0
    for n_rows, values in parts:
        if values is not None:
            made[row : row + len(values)] = values
        row += n_rows
    return made


def _rows(values: Any) -> int:
    return 0 if values is None else len(values)
