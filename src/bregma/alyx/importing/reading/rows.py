"""One row of a dump, as its file writes it."""

from __future__ import annotations

from typing import Any, NamedTuple


class DumpRow(NamedTuple):
    """One row, before anything is known about its values.

    Parameters
    ----------
    source : str
        ``app.model`` of a JSON dump, or the name of a table of an SQL dump.
    values : dict
        Values by field (JSON; the key is under ``pk``) or by column (SQL; texts and None). Nothing at all: the table
        is in the dump, whether or not rows follow.
    place : str
        Where it stands in the file, for messages.
    """

    source: str
    values: dict[str, Any]
    place: str
