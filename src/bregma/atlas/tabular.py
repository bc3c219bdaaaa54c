"""Read a table from a Parquet or CSV file, and say which columns it lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from bregma.atlas.errors import InvalidValues


def read_table(path: Path | str, columns: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a table.

    Raises
    ------
    InvalidValues
        If one is missing; the message names those that there are.
    """
    import pandas as pd

    file = Path(path)
    table = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file)
    if missing := [name for name in columns if name not in table]:
        raise InvalidValues(f"{file} has no column {', '.join(missing)}; it has {', '.join(map(str, table.columns))}")
    return {name: table[name].to_numpy() for name in columns}
