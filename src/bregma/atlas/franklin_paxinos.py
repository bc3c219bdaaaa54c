"""The structures of Franklin and Paxinos' stereotaxic atlas of the mouse, from the table of its unification."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bregma.atlas.own import make_regions
from bregma.atlas.regions import Regions
from bregma.atlas.tabular import read_table

Texts = npt.NDArray[np.object_]

_ID = "Structural ID"
_PARENT = "Parent ID"
_COLOURS = ("red", "green", "blue")
_ALLEN = ("Allen abbreviation", "Allen Full name")
_OWN = ("Franklin-Paxinos abbreviation", "Franklin-Paxinos Full name")
_ROOT = 997


def read_franklin_paxinos(path: Path | str) -> Regions:
    """Read the region table of the Franklin–Paxinos atlas.

    Parameters
    ----------
    path : Path
        The table of structures published with the atlas as a CSV file, each beside its like in the Allen atlas.

    Returns
    -------
    Regions
        A root and its structures, with Allen's acronym and name where a structure has its like, else its own. Of
        structures that would have the same acronym, the first has it and the others keep their own.

    Raises
    ------
    InvalidValues
        If a column is missing.
    InvalidAtlas
        If the parents make no tree.

    Notes
    -----
    Chon et al., Nature Communications 10, 5067 (2019).
    """
    table = read_table(path, (_ID, _PARENT, *_COLOURS, *_ALLEN, *_OWN))
    known = ~np.isnan(table[_ID].astype(np.float64))
    columns = {name: column[known] for name, column in table.items()}
    acronyms, names = (_prefer(columns[allen], columns[own]) for allen, own in zip(_ALLEN, _OWN, strict=True))
    ids = [_ROOT, *columns[_ID].astype(int).tolist()]
    regions = make_regions(
        ids,
        ["root", *_tell_apart(acronyms, _prefer(columns[_OWN[0]], columns[_OWN[0]]))],
        parents=[None, *columns[_PARENT].astype(int).tolist()],
        names=["root", *names],
        rgb=np.vstack([[255, 255, 255], np.column_stack([columns[name] for name in _COLOURS])]),
    )
    return replace(regions, parcellations={"FranklinPaxinos": np.array(ids)})


def _prefer(first: Texts, second: Texts) -> list[str]:
    """Return the first text, or the second where that is missing."""
    return [(one if isinstance(one, str) else other).strip() for one, other in zip(first, second, strict=True)]


def _tell_apart(acronyms: Sequence[str], own: Sequence[str]) -> list[str]:
    """Keep the first of equal acronyms; the others go by their own, with a number if that is taken too."""
    taken: set[str] = set()
    told: list[str] = []
    for acronym, other in zip(acronyms, own, strict=True):
        choices = (acronym, other, *(f"{other}-{i}" for i in range(2, len(acronyms))))
        told.append(next(each for each in choices if each not in taken))
        taken.add(told[-1])
    return told
