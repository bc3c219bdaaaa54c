"""An object of the convention in memory: attributes by name, one row per trial, spike, …"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_NUMBERED = re.compile(r"(?P<name>.+)_(?P<column>\d+)")


class AlfBunch(dict[str, Any]):
    """A dict whose keys are attributes too: ``trials.choice`` is ``trials["choice"]``."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no attribute {name!r}; there are {', '.join(self) or 'none'}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self]

    def copy(self) -> Self:
        """Make a shallow copy of the same class."""
        return type(self)(self)

    @property
    def lengths(self) -> dict[str, int]:
        """Rows of each attribute that has any (arrays and lists; not settings or paths)."""
        return {key: len(value) for key, value in self.items() if hasattr(value, "shape") or isinstance(value, list)}

    @property
    def is_consistent(self) -> bool:
        """Whether all attributes have the same number of rows."""
        return len(set(self.lengths.values())) <= 1

    def to_frame(self) -> pd.DataFrame:
        """Make a table; a two-dimensional attribute ``x`` becomes columns ``x_0``, ``x_1``, …"""
        import pandas as pd

        columns: dict[str, Any] = {}
        for key, value in self.items():
            if getattr(value, "ndim", 1) == 1:
                columns[key] = value
            else:
                columns |= {f"{key}_{i}": value[:, i] for i in range(value.shape[1])}
        return pd.DataFrame(columns)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Make arrays of a table's columns, each of its own type; ``x_0``, ``x_1`` become one array ``x``."""
        import numpy as np

        bunch, names = cls(), list(map(str, frame.columns))
        for name, column in zip(names, frame.columns, strict=True):
            stem = _stem(name, names)
            if stem is None:
                bunch[name] = frame[column].to_numpy()
            elif stem not in bunch:
                series = [frame[f"{stem}_{i}"].to_numpy() for i in range(_width(stem, names))]
                bunch[stem] = np.stack(series, axis=1)
        return bunch


def _width(stem: str, names: list[str]) -> int:
    """Count the columns ``stem_0``, ``stem_1``, … that follow each other from 0."""
    width = 0
    while f"{stem}_{width}" in names:
        width += 1
    return width


def _stem(name: str, names: list[str]) -> str | None:
    """Tell which array a column belongs to: one of at least two numbered columns whose name is free."""
    match = _NUMBERED.fullmatch(name)
    if match is None or match["name"] in names:
        return None
    width = _width(match["name"], names)
    return match["name"] if width > 1 and int(match["column"]) < width else None
