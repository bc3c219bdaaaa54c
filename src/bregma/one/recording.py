"""What was loaded, so that it can be told, pinned and shared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from bregma.one.records import Dataset, Session


class Recorder:
    """The datasets that were loaded, each once, in the order of their first load. Threads may share it."""

    def __init__(self) -> None:
        self._entries: dict[tuple[object, object], tuple[Session, Dataset]] = {}
        self._lock = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"_entries": self._entries}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._entries = state["_entries"]
        self._lock = Lock()

    @property
    def entries(self) -> list[tuple[Session, Dataset]]:
        """The datasets with their sessions."""
        with self._lock:
            return list(self._entries.values())

    def add(self, session: Session, datasets: Iterable[Dataset]) -> None:
        """Record datasets of one session."""
        with self._lock:
            for dataset in datasets:
                self._entries.setdefault((session.eid, dataset.id), (session, dataset))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()


def write_ids(folder: Path, name: str, ids: Iterable[UUID]) -> Path:
    """Write ids to a file of their own, named by the time of day: a table of one column of that name."""
    import csv

    moment = datetime.now().astimezone()
    path = Path(folder, f"{moment:%Y-%m-%dT%H-%M-%S}_loaded_{name}s.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([[name], *([key] for key in ids)])
    return path
