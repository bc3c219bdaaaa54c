"""What a session has of each kind of data, what was loaded of it, and why not the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from bregma.sessions.source import SessionFiles

COLUMNS = ["name", "part", "is_there", "is_loaded", "n_rows", "reason"]


@dataclass
class Report:
    """The state of each kind of data, and of each part of it (camera, probe, column).

    A part without a name is the whole.
    """

    loaded: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rows of what was loaded."""
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    """Why something was not, or not whole."""

    def start(self, name: str) -> None:
        """Forget what was known of one kind of data, which is to be loaded anew."""
        for known in (self.loaded, self.reasons):
            for key in [key for key in known if key[0] == name]:
                del known[key]

    def enter(self, name: str, rows: dict[str, int], reasons: dict[str, str]) -> None:
        """Enter what was loaded and what was not, by part."""
        self.loaded |= {(name, part): n_rows for part, n_rows in rows.items()}
        self.reasons |= {(name, part): reason for part, reason in reasons.items()}

    def to_frame(self, there: dict[str, set[str]], files: SessionFiles) -> pd.DataFrame:
        """Make the table.

        Parameters
        ----------
        there
            By kind of data, the parts that the session has files of.
        files
            Told which files could not be had or read.
        """
        known = {*self.loaded, *self.reasons}
        keys = {(name, part) for name, parts in there.items() for part in parts} | known
        keys |= {(name, "") for name in there} - {(name, "") for name, part in keys if part and name in there}
        keys |= {key for key in known if not key[1]}
        order = {name: i for i, name in enumerate(there)}
        rows = [
            (*key, key[1] in there.get(key[0], ()), key in self.loaded, self.loaded.get(key, 0), self._why(key, files))
            for key in sorted(keys, key=lambda key: (order.get(key[0], len(order)), key[1]))
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _why(self, key: tuple[str, str], files: SessionFiles) -> str:
        purpose = ".".join(part for part in key if part)
        reason, faults = self.reasons.get(key, ""), files.say_faults(purpose)
        return reason if faults in reason else "; ".join(filter(None, (reason, faults)))
