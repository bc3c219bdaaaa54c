"""An object of the convention in memory: attributes by name, one row per trial, spike, …"""

from __future__ import annotations

import copy
import logging
import re
from typing import TYPE_CHECKING, Any, Self

from bregma.alf.errors import UnequalLengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

logger = logging.getLogger(__name__)
_NUMBERED = re.compile(r"(?P<name>.+)_(?P<column>\d+)")
_MOST_COLUMNS = 10


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

    def _repr_html_(self) -> str:
        from bregma.alf.summary import shorten, summarize, write_html

        rows = [summarize(key, value) | {"value": shorten(value)} for key, value in self.items()]
        return write_html(rows) if rows else "<p>nothing in it</p>"

    def copy(self, deep: bool = False) -> Self:
        """Make a copy of the same class; of the values too, if it is to be deep."""
        return copy.deepcopy(self) if deep else type(self)(self)

    @property
    def lengths(self) -> dict[str, int]:
        """Rows of each attribute that has any (arrays and lists; not settings or paths)."""
        return {
            key: len(value)
            for key, value in self.items()
            if getattr(value, "shape", ()) != () or isinstance(value, list)
        }

    @property
    def check_dimensions(self) -> int:
        """0 if all attributes have the same number of rows, 1 if not; see the function of that name."""
        return check_dimensions(self)

    @property
    def is_consistent(self) -> bool:
        """Whether all attributes have the same number of rows; see ``check_dimensions``."""
        return check_dimensions(self) == 0

    def append(self, b: Mapping[str, Any], inplace: bool = False) -> AlfBunch | None:
        """Put the rows of another bunch below those of this one.

        Parameters
        ----------
        b : mapping
            The other bunch, with the same keys; an empty one changes nothing.
        inplace : bool
            Change this bunch and return nothing, instead of making another.

        Returns
        -------
        AlfBunch or None
            All rows: arrays, tables and lists. Of what has no rows, such as settings, this bunch's stay, which is
            logged as a warning; so is a result whose attributes differ in length.

        Raises
        ------
        UnequalLengths
            If the keys differ.
        """
        if self and b and set(self) != set(b):
            raise UnequalLengths(
                f"bunches differ in {', '.join(sorted(set(self) ^ set(b)))}; append takes the same keys, "
                "or join them as tables (to_df)"
            )
        rows = {key: _stack(key, self[key], b[key]) for key in self} if self and b else {**self, **b}
        if check_dimensions(rows):
            logger.warning("attributes differ in length: %s", AlfBunch(rows).lengths)
        if inplace:
            self.update(rows)
            return None
        return type(self)(copy.deepcopy(rows))

    def to_df(self) -> pd.DataFrame:
        """Make a table; see ``dataframe``."""
        return dataframe(self)

    @classmethod
    def from_df(cls, df: pd.DataFrame) -> Self:
        """Make arrays of a table's columns, each of its own type; ``x_0``, ``x_1`` become one array ``x``."""
        import numpy as np

        bunch, names = cls(), list(map(str, df.columns))
        for name, column in zip(names, df.columns, strict=True):
            stem = _stem(name, names)
            if stem is None:
                bunch[name] = df[column].to_numpy()
            elif stem not in bunch:
                series = [df[f"{stem}_{i}"].to_numpy() for i in range(_width(stem, names))]
                bunch[stem] = np.stack(series, axis=1)
        return bunch


def check_dimensions(dico: Mapping[str, Any]) -> int:
    """Check that arrays and tables have the same number of rows.

    Parameters
    ----------
    dico : mapping
        Attributes by name. One row stands for any number; ``timestamps`` may be (2, 2), two points of a line.
        What has no shape (lists, settings, paths) is not looked at.

    Returns
    -------
    int
        0 if they agree, 1 if not.
    """
    rows = set()
    for key, value in dico.items():
        shape = getattr(value, "shape", None)
        if not shape or (key.startswith("timestamps") and shape == (2, 2)):
            continue
        if key.startswith("timestamps") and len(shape) > 1 and shape[1:] != (1,):
            return 1
        rows.add(shape[0])
    return int(not rows <= {max(rows, default=1), 1})


def dataframe(adict: Mapping[str, Any]) -> pd.DataFrame:
    """Make a table of an object.

    Parameters
    ----------
    adict : mapping
        Arrays by attribute. One of two dimensions ``x`` becomes columns ``x_0``, ``x_1``, …, at most ten; those of
        more dimensions are left out, which is logged as a warning.

    Returns
    -------
    DataFrame
        One row per row of the arrays.

    Raises
    ------
    UnequalLengths
        If the arrays differ in their number of rows.
    """
    import pandas as pd

    if check_dimensions(adict):
        raise UnequalLengths(f"arrays differ in rows: {AlfBunch(adict).lengths}; make one table of each length")
    columns: dict[str, Any] = {}
    for key, value in adict.items():
        dimensions = getattr(value, "ndim", 1)
        if dimensions == 1:
            columns[key] = value
        elif dimensions == 2 and value.shape[1] == 1:
            columns[key] = value[:, 0]
        elif dimensions == 2:
            columns |= {f"{key}_{i}": value[:, i] for i in range(min(value.shape[1], _MOST_COLUMNS))}
        else:
            logger.warning("%r has %d dimensions; a table has no place for it", key, dimensions)
    return pd.DataFrame(columns)


def _stack(key: str, above: Any, below: Any) -> Any:
    """Put rows below rows."""
    import numpy as np
    import pandas as pd

    if isinstance(above, np.ndarray):
        return np.concatenate([above, below])
    if isinstance(above, list):
        return [*above, *below]
    if isinstance(above, (pd.DataFrame, pd.Series)):
        return pd.concat([above, below], ignore_index=True)
    logger.warning("%r is a %s, which has no rows; that of the first bunch stays", key, type(above).__name__)
    return above


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
