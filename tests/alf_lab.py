"""A lab on disk: a folder with files and the tables that ONE searches, without a server."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pandas as pd

from bregma.one import ONE, write_tables
from bregma.one.client import AlyxClient
from bregma.store import Fingerprint

NAMESPACE = UUID("22222222-2222-4222-8222-222222222222")


@dataclass
class AlfLab:
    """Sessions as folders; ``write`` makes tables of all that lies in them."""

    root: Path
    sessions: list[dict[str, Any]] = field(default_factory=list)
    insertions: list[dict[str, Any]] = field(default_factory=list)
    not_default: set[str] = field(default_factory=set)

    def add_session(self, subject: str, day: str, number: int = 1, *, lab: str = "mylab", **more: Any) -> Path:
        eid = uuid5(NAMESPACE, f"{subject}{day}{number}")
        row = {"id": str(eid), "lab": lab, "subject": subject, "date": day, "number": number}
        self.sessions.append({**row, "task_protocol": "ephysChoiceWorld", "projects": "brainwide", **more})
        folder = self.folder(self.sessions[-1])
        folder.mkdir(parents=True)
        return folder

    def add_insertion(self, eid: UUID | str, name: str) -> None:
        row = {"eid": str(eid), "id": str(uuid5(NAMESPACE, f"{eid}{name}")), "name": name}
        self.insertions.append({**row, "model": "3B2", "serial": "1900"})

    def folder(self, row: dict[str, Any]) -> Path:
        return self.root / row["lab"] / "Subjects" / row["subject"] / row["date"] / f"{row['number']:03d}"

    def eid(self, index: int = 0) -> UUID:
        return UUID(self.sessions[index]["id"])

    def write(self) -> None:
        rows = []
        for session in self.sessions:
            folder = self.folder(session)
            for path in sorted(one for one in folder.rglob("*") if one.is_file()):
                measured, rel_path = Fingerprint.of(path), path.relative_to(folder).as_posix()
                key = uuid5(NAMESPACE, session["id"] + rel_path)
                rows.append(
                    {"eid": session["id"], "id": str(key), "rel_path": rel_path, "file_size": measured.size}
                    | {"hash": measured.md5, "qc": "PASS", "default_revision": rel_path not in self.not_default}
                )
        columns = ["eid", "id", "rel_path", "file_size", "hash", "qc", "default_revision"]
        insertions = pd.DataFrame(self.insertions, columns=["eid", "id", "name", "model", "serial"])
        write_tables(
            self.root, pd.DataFrame(self.sessions), pd.DataFrame(rows, columns=columns), insertions, origin="lab"
        )

    def open(self, **more: Any) -> ONE:
        """Open the folder in local mode, with a client that is never asked."""
        return ONE(client=AlyxClient("http://nowhere.test"), cache_dir=self.root, mode="local", **more)
