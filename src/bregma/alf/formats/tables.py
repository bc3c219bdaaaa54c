"""Tables: parquet and separated text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table."""
    import pandas as pd

    return pd.read_parquet(path)


def reader_of_text(separator: str) -> Callable[[Path], pd.DataFrame | pd.Series]:
    """Make a reader of tables as text: a Series, where there is one column."""

    def read(path: Path) -> pd.DataFrame | pd.Series:
        import pandas as pd

        table = pd.read_csv(path, sep=separator)
        return table.iloc[:, 0] if table.shape[1] == 1 else table

    return read
