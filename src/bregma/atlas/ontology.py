"""The structures of the Allen mouse brain atlas, as a region table."""

import csv
from functools import cache
from importlib import resources

import numpy as np

from bregma.atlas.regions import Regions

_PARCELLATIONS = {"Beryl": "B", "Cosmos": "C", "Swanson": "S"}
"""Letters in the column ``mappings`` of the table."""


@cache
def read_ontology() -> Regions:
    """Return void and the 1,327 structures; the table is shared between calls."""
    with (resources.files("bregma.atlas") / "regions.csv").open(encoding="utf-8") as file:
        ids, acronyms, names, parents, rgb, letters = zip(*list(csv.reader(file))[1:], strict=True)
    row_by_id = {identifier: row for row, identifier in enumerate(ids, start=1)}
    numbers = np.array([0, *map(int, ids)])
    listed = {name: numbers[1:][[letter in each for each in letters]] for name, letter in _PARCELLATIONS.items()}
    return Regions(
        ids=numbers,
        acronyms=("void", *acronyms),
        names=("void", *names),
        parents=np.array([0, *(row_by_id.get(parent, row) for row, parent in enumerate(parents, start=1))]),
        rgb=np.frombuffer(bytes.fromhex("000000" + "".join(rgb)), dtype=np.uint8).reshape(-1, 3),
        parcellations={"Allen": numbers[1:], **listed},
    )
