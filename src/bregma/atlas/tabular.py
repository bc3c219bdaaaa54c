"""Read a table from a Parquet or CSV file, and say which columns it lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from bregma.atlas.errors import AtlasNotFound, InvalidValues


def read_table(path: Path | str, columns: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of a table.

    Raises
    ------
    AtlasNotFound
        If there is no such file.
    InvalidValues
        If it is damaged, or a column is missing; the message names those that there are.
    """
    import pandas as pd

    file = Path(path)
    if not file.is_file():
        raise AtlasNotFound(f"no table at {file}")
    try:
        table = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file)
    except (ValueError, OSError) as error:
        raise InvalidValues(f"{file} is no readable table: {error}") from error
    if missing := [name for name in columns if name not in table]:
        raise InvalidValues(f"{file} has no column {', '.join(missing)}; it has {', '.join(map(str, table.columns))}")
    return {name: table[name].to_numpy() for name in columns}
