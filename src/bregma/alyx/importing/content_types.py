"""Which table of Alyx a number stands for, in notes and in datasets without a session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bregma.alyx.importing.errors import BadDump

if TYPE_CHECKING:
    from pathlib import Path

ALYX = {
    1: "actions.session",
    2: "actions.ephyssession",
    3: "actions.imagingsession",
    4: "subjects.subject",
    18: "actions.surgery",
    33: "data.dataset",
    51: "experiments.probeinsertion",
    57: "experiments.fov",
}
"""The numbers that a fresh Alyx 3.6 gives."""


def known_names() -> dict[int, str]:
    """Return the names that a fresh Alyx gives to its numbers: a guess for dumps that do not say."""
    return dict(ALYX)


def read_names(path: Path) -> dict[int, str]:
    """Read a JSON object such as ``{"4": "subjects.subject"}``.

    Raises
    ------
    BadDump
        If the file is something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {int(number): str(name).lower() for number, name in found.items()}
    except (ValueError, AttributeError) as error:
        raise BadDump(f'{path} maps no numbers to tables ({error}); write {{"4": "subjects.subject", ...}}') from error
