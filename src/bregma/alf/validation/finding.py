"""What a validation found: how bad it is, in which file, what it is and what to do."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """The file cannot be used as its name says."""
    WARNING = "warning"
    """It can, but hardly means what it says."""


class Finding(NamedTuple):
    """One thing that is wrong."""

    severity: Severity
    file: Path
    what: str
    advice: str

    def to_dict(self) -> dict[str, str]:
        """Make a plain dict, for JSON and tables."""
        return {"severity": self.severity.value, "file": str(self.file), "what": self.what, "advice": self.advice}


def error(file: Path, what: str, advice: str) -> Finding:
    """Make a finding of a file that cannot be used as its name says."""
    return Finding(Severity.ERROR, file, what, advice)


def warning(file: Path, what: str, advice: str) -> Finding:
    """Make a finding of a file that hardly means what it says."""
    return Finding(Severity.WARNING, file, what, advice)
