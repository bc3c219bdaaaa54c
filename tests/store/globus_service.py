"""A Globus transfer service of two folders, reached over the loopback."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from tests.web import serve

REMOTE = "11111111-1111-4111-8111-111111111111"
HERE = "22222222-2222-4222-8222-222222222222"


@dataclass
class GlobusService:
    """Endpoints by id, tasks by id, and misbehaviours."""

    endpoints: dict[str, Path]
    tasks: dict[str, dict[str, object]] = field(default_factory=dict)
    polls: int = 1
    corrupts: bool = False
    holds: bool = False
    cancelled: list[str] = field(default_factory=list)
    address: str = ""

    def path(self, endpoint: str, path: str) -> Path:
        root = self.endpoints[endpoint]
        return Path(path) if endpoint == HERE else root / path.strip("/")

    def ls(self, endpoint: str, path: str) -> dict[str, object]:
        folder = self.path(endpoint, path)
        return {"DATA_TYPE": "file_list", "DATA": [self.describe(one) for one in sorted(folder.iterdir())]}

    def describe(self, path: Path) -> dict[str, object]:
        status = path.stat()
        when = datetime.fromtimestamp(int(status.st_mtime), UTC)
        kind = "dir" if path.is_dir() else "file"
        return {"name": path.name, "type": kind, "size": status.st_size, "last_modified": str(when)}

    def submit(self, body: dict[str, object]) -> dict[str, object]:
        task = str(uuid4())
        fault = self.delete(body) if body["DATA_TYPE"] == "delete" else self.transfer(body)
        status = "FAILED" if fault else "SUCCEEDED"
        self.tasks[task] = {"task_id": task, "left": self.polls, "end": status, "fatal_error": fault}
        return {"code": "Accepted", "task_id": task}

    def transfer(self, body: dict[str, object]) -> dict[str, str] | None:
        for item in body["DATA"]:
            source = self.path(body["source_endpoint"], item["source_path"])
            target = self.path(body["destination_endpoint"], item["destination_path"])
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            if self.corrupts:
                target.write_bytes(target.read_bytes()[:-1] + b"?")
            wanted = item.get("external_checksum")
            if wanted and hashlib.md5(target.read_bytes()).hexdigest() != wanted:
                target.unlink()
                return {"code": "VERIFY_CHECKSUM", "description": "checksum does not match"}
        return None

    def delete(self, body: dict[str, object]) -> None:
        for item in body["DATA"]:
            self.path(body["endpoint"], item["path"]).unlink()

    def task(self, task: str) -> dict[str, object]:
        record = self.tasks[task]
        if self.holds:
            return {**record, "status": "INACTIVE", "nice_status_short_description": "credentials expired"}
        record["left"] -= 1
        return {**record, "status": "ACTIVE" if record["left"] >= 0 else record["end"]}


class GlobusHandler(BaseHTTPRequestHandler):
    service: GlobusService

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        words, query = parts.path.strip("/").split("/"), parse_qs(parts.query)
        try:
            self.answer(200, self.look(words, query))
        except (FileNotFoundError, NotADirectoryError):
            self.answer(404, {"code": "ClientError.NotFound", "message": "no such file", "request_id": "r"})

    def look(self, words: list[str], query: dict[str, list[str]]) -> dict[str, object]:
        service = self.service
        if words[1:] == ["submission_id"]:
            return {"value": str(uuid4())}
        if words[1] == "task":
            return service.task(words[2])
        endpoint, action, path = words[3], words[4], query["path"][0]
        return service.ls(endpoint, path) if action == "ls" else service.describe(service.path(endpoint, path))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        words = self.path.strip("/").split("/")
        if words[1] == "task":
            self.service.cancelled.append(words[2])
            self.answer(200, {"code": "Canceled"})
        else:
            self.answer(202, self.service.submit(body))

    def answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def run_globus_service(remote: Path, here: Path) -> Iterator[GlobusService]:
    remote.mkdir()
    here.mkdir()
    service = GlobusService({REMOTE: remote, HERE: here})
    with serve(GlobusHandler, service=service) as service.address:
        yield service
