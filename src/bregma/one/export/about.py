"""What an exported folder says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bregma.one.records import Dataset, Session


@dataclass(frozen=True, slots=True)
class About:
    """Words for the readers of shared data.

    Parameters
    ----------
    title : str
        What the data are.
    licence : str
        Under which others may use them, such as ``"CC-BY-4.0"``.
    citation : str
        What to cite, such as an article or a DOI.
    authors : sequence of str
        Whose data they are.
    """

    title: str = "Sessions of neurophysiology"
    licence: str = "not stated; ask the authors before you use these data"
    citation: str = "not stated"
    authors: Sequence[str] = ()


def readme(about: About, sessions: Sequence[Session], datasets: Sequence[Dataset], *, alf: str) -> str:
    """Write the README of an exported folder; ``alf`` is the folder inside it that ONE opens, or empty."""
    subjects = sorted({session.subject for session in sessions})
    size = sum(dataset.file_size or 0 for dataset in datasets)
    inner = f"{alf}/" if alf else ""
    authors = f"Authors: {', '.join(about.authors)}\n\n" if about.authors else ""
    bids = "The names outside of `sourcedata` are those of BIDS where it has any.\n\n" if alf else ""
    return f"""# {about.title}

{authors}{len(sessions)} sessions of {len(subjects)} subjects ({", ".join(subjects)}),
{len(datasets)} files, {size:,} bytes.

Licence: {about.licence}

Cite: {about.citation}

{bids}## Open it

Files are named by the ALF convention,
`lab/Subjects/subject/date/number/collection/#revision#/object.attribute.extension`.
The tables `sessions.pqt`, `datasets.pqt` and others are parquet. With Python:

```python
from bregma.one import ONE  # or: from one.api import One

one = ONE(cache_dir="path/to/{alf or "this/folder"}", mode="local")
eid = one.search()[0]
one.list_datasets(eid)
```

A zip need not be unpacked: `ONE("path/or/address/of.zip")`.

## Check it

`md5sum --check md5sums.txt` compares all files.
`{inner}one.lock` names every dataset with its id, revision, size and md5.
"""
