"""What a page says about where its data come from, and what of it is simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Source:
    """Where data come from, and under which licence."""

    text: str
    licence: str


def source_of(row: Any) -> Source | None:
    """Return the source that a row's JSON names, or None."""
    content: Mapping[str, Any] = row.json if isinstance(row.json, dict) else {}
    text = content.get("source") or ""
    licence = content.get("licence") or content.get("license") or ""
    return Source(str(text), str(licence)) if text else None


def is_simulated(row: Any) -> bool:
    """Say whether a row was made up because no source gives it: its JSON or its narrative says so."""
    flagged = isinstance(row.json, dict) and bool(row.json.get("simulated"))
    return flagged or "simulated" in (getattr(row, "narrative", "") or "").lower()


WELFARE = {"weights", "weighings", "water"}


def simulated_welfare(subject: Any) -> bool:
    """Say whether a subject's JSON lists its weights or water among what was made up."""
    flag = subject.json.get("simulated") if isinstance(subject.json, dict) else None
    return isinstance(flag, list) and bool(WELFARE & {str(name) for name in flag})


def simulated_fields(row: Any) -> str:
    """Say what of a row is simulated, in words: a list in its JSON, or all of it."""
    flag = row.json.get("simulated") if isinstance(row.json, dict) else None
    if isinstance(flag, list | tuple):
        return ", ".join(str(name).replace("_", " ") for name in flag)
    if isinstance(flag, str):
        return flag
    return "some facts" if is_simulated(row) else ""
