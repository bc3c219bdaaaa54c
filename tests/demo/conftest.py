"""The two public archives, where a test needs the real ones; and a server that keeps its rows in a dictionary."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import platformdirs
import pytest

from bregma.alf import ALFPath
from bregma.demo.errors import DownloadFailed
from bregma.demo.sources import fetch_sources
from bregma.store import hash_file


@pytest.fixture(scope="session")
def archives() -> Mapping[str, Path]:
    """Return the real archives, from the user's cache or downloaded into it."""
    try:
        return fetch_sources(platformdirs.user_cache_path("bregma") / "sources")
    except DownloadFailed as error:
        pytest.skip(f"the public recordings are not here and cannot be downloaded: {error}")


class FakeServer:
    """Answers REST calls from lists of rows, and registers sessions and files as a rig's client does."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.files: dict[tuple[str, str, str], bytes] = {}
        self.calls: list[tuple[str, str]] = []

    def rest(self, endpoint: str, action: str, id: object = None, data: Any = None, **filters: Any) -> Any:  # noqa: A002
        self.calls.append((action, endpoint))
        if action == "list":
            wanted = {"subject" if key == "nickname" else key: value for key, value in filters.items()}
            return [row for row in self.rows[endpoint] if all(row.get(key) == wanted[key] for key in wanted)]
        if action == "create":
            table = {"restrict-water": "water-restriction"}.get(endpoint, endpoint)
            self.rows[table].append(self._complete(endpoint, dict(data)))
            return self.rows[table][-1]
        row = next(row for row in self.rows[endpoint] if id in {row.get("name"), row.get("id")})
        row.update(data or {})
        return row

    def register_session(
        self, ses_path: Path, users: Any = None, file_list: bool = True, **details: Any
    ) -> tuple[dict[str, Any], None]:
        parts = ALFPath(ses_path).session
        subject, date, number = parts.subject, str(parts.date), parts.number
        details["users"] = users
        assert file_list is False
        assert any(row["nickname"] == subject for row in self.rows["subjects"])
        row = {"id": str(uuid4()), "subject": subject, "number": number, **details}
        assert row["start_time"].startswith(date)
        self.rows["sessions"].append(row)
        return row, None

    def send_files(self, file_list: Sequence[Path], *, lab: str) -> None:
        session = ALFPath(file_list[0]).session
        (eid,) = (
            row["id"]
            for row in self.rows["sessions"]
            if (row["subject"], row["start_time"][:10], row["number"])
            == (session.subject, str(session.date), session.number)
        )
        for file in file_list:
            collection = ALFPath(file).collection
            self.files[eid, collection, file.name] = file.read_bytes()
            known = self.rows["datasets"]
            known[:] = [row for row in known if (row["session"], row["name"]) != (f"http://x/{eid}", file.name)]
            known.append(
                {
                    "session": f"http://x/{eid}",
                    "subject": session.subject,
                    "collection": collection,
                    "name": file.name,
                    "hash": hash_file(file),
                    "file_records": [{"exists": True}],
                }
            )

    def _complete(self, endpoint: str, row: dict[str, Any]) -> dict[str, Any]:
        if endpoint == "insertions":
            session = next(each for each in self.rows["sessions"] if each["id"] == row["session"])
            row["subject"] = session["subject"]
        return {"filename_pattern": None, **row}


@pytest.fixture
def server() -> FakeServer:
    """Return a server that knows one dataset type."""
    fake = FakeServer()
    fake.rows["dataset-types"].append({"name": "spikes.times", "filename_pattern": "*spikes.times*.npy"})
    return fake
