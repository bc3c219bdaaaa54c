"""A small Alyx in memory, reached without a network."""

import ast
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid5

import httpx
import numpy as np
import pandas as pd
import pytest

from bregma.alf import ALFPath, write_object, write_table
from bregma.one import ONE, AlyxClient, write_tables
from bregma.one.server.login import SavedLogins
from bregma.store import Fingerprint, Retry

BASE_URL = "http://alyx.test"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
NAMESPACE = UUID("11111111-1111-4111-8111-111111111111")


@dataclass
class FakeAlyx:
    """Records by path, files by address, and what was asked."""

    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    insertions: list[dict[str, Any]] = field(default_factory=list)
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    of_no_session: list[dict[str, Any]] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=lambda: {"KS014": "mylab", "KS015": "mylab"})
    files: dict[str, bytes] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    requests: list[httpx.Request] = field(default_factory=list)
    answers: list[httpx.Response | Exception] = field(default_factory=list)
    page: int = 250
    tables: bytes = b""
    tables_date: str = "2026-01-01 00:00"
    tells_addresses: bool = True
    counts: bool = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        path = unquote(request.url.raw_path.decode().partition("?")[0])
        if path == "/auth-token":
            return self.sign_in(json.loads(request.content))
        if request.headers.get("Authorization", "").removeprefix("Token ") not in self.tokens:
            detail = (
                "Invalid token."
                if "Authorization" in request.headers
                else "Authentication credentials were not provided."
            )
            return httpx.Response(403, json={"detail": detail, "status_code": 403})
        return self.route(request, path)

    def route(self, request: httpx.Request, path: str) -> httpx.Response:
        parts = path.strip("/").split("/")
        if path.startswith("/store/"):
            return self.store(request, path)
        name = f"{request.method.lower()}_{parts[0].replace('-', '_').replace('.', '_')}" + (
            "_one" if len(parts) > 1 else ""
        )
        handler: Callable[..., httpx.Response] | None = getattr(self, name, None)
        missing = httpx.Response(404, json={"detail": "Not found.", "status_code": 404})
        return handler(request, *parts[1:]) if handler else missing

    def sign_in(self, form: dict[str, str]) -> httpx.Response:
        if form == {"username": "anna", "password": "right"}:
            self.tokens.add(TOKEN)
            return httpx.Response(200, json={"token": TOKEN})
        return httpx.Response(400, json={"non_field_errors": ["Unable to log in with provided credentials."]})

    def listed(self, request: httpx.Request, records: list[dict[str, Any]]) -> httpx.Response:
        query = {key: values[0] for key, values in parse_qs(urlsplit(str(request.url)).query).items()}
        start, limit = int(query.get("offset", 0)), int(query.get("limit", self.page))
        following = f"https://behind.proxy/{request.url.path.strip('/')}?limit={limit}&offset={start + limit}"
        body = {"count": len(records), "next": following if start + limit < len(records) else None, "previous": None}
        return httpx.Response(200, json={**body, "results": records[start : start + limit]})

    def get_sessions(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        found = [
            one
            for one in self.sessions.values()
            if query.get("subject", one["subject"]).lower() == one["subject"].lower()
        ]
        found = [one for one in found if str(query.get("number", one["number"])) == str(one["number"])]
        if "date_range" in query:
            first, last = query["date_range"].split(",")
            found = [one for one in found if first <= one["start_time"][:10] <= last]
        found = [one for one in found if _fulfils(one, query.get("django", ""))]
        found.sort(key=lambda one: one["start_time"], reverse=True)
        return self.listed(
            request, [{k: v for k, v in one.items() if k != "data_dataset_session_related"} for one in found]
        )

    def get_sessions_one(self, _: httpx.Request, eid: str) -> httpx.Response:
        if eid not in self.sessions:
            return httpx.Response(404, json={"detail": "No Session matches the given query.", "status_code": 404})
        related = [record for record in self.datasets.values() if record["eid"] == eid and record["sent"]]
        return httpx.Response(200, json={**self.sessions[eid], "data_dataset_session_related": related})

    def post_sessions(self, request: httpx.Request) -> httpx.Response:
        record = json.loads(request.content)
        day = [one for one in self.sessions.values() if one["subject"] == record["subject"]]
        taken = {one["number"] for one in day if one["start_time"][:10] == record["start_time"][:10]}
        if record["number"] == "next" and self.counts:
            record["number"] = max(taken, default=0) + 1
        if record["number"] in taken or record["number"] == "next":
            return httpx.Response(400, json={"number": ["A valid number that is free is required."]})
        record["id"] = str(uuid5(NAMESPACE, f"{record['subject']}{record['start_time'][:10]}{record['number']}"))
        self.sessions[record["id"]] = {"projects": [], "task_protocol": "", **record}
        return httpx.Response(201, json=self.sessions[record["id"]])

    def get_me(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"username": "anna"})

    def get_users_one(self, _: httpx.Request, name: str) -> httpx.Response:
        found = name in {"anna", "bob"}
        return httpx.Response(200, json={"username": name}) if found else httpx.Response(404, json={"detail": "Not."})

    def get_dataset_types(self, request: httpx.Request) -> httpx.Response:
        kinds = {
            "spikes.times": "",
            "spikes.clusters": "",
            "wheel.position": "*wheel.position*",
            "rows": "*rows.table*",
        }
        return self.listed(request, [{"name": name, "filename_pattern": kinds[name]} for name in kinds])

    def get_data_formats(self, request: httpx.Request) -> httpx.Response:
        return self.listed(request, [{"name": end, "file_extension": f".{end}"} for end in ("npy", "pqt")])

    def patch_sessions_one(self, request: httpx.Request, eid: str) -> httpx.Response:
        self.sessions[eid] |= json.loads(request.content)
        return httpx.Response(200, json=self.sessions[eid])

    def get_subjects_one(self, _: httpx.Request, nickname: str) -> httpx.Response:
        if nickname not in self.subjects:
            return httpx.Response(404, json={"detail": "No Subject matches the given query.", "status_code": 404})
        return httpx.Response(200, json={"nickname": nickname, "lab": self.subjects[nickname]})

    def get_insertions(self, request: httpx.Request) -> httpx.Response:
        session = request.url.params.get("session")
        return self.listed(request, [one for one in self.insertions if session in {None, one["session"]}])

    def get_insertions_one(self, _: httpx.Request, pid: str) -> httpx.Response:
        found = [one for one in self.insertions if one["id"] == pid]
        return httpx.Response(200, json=found[0]) if found else httpx.Response(404, json={"detail": "Not found."})

    def get_datasets_one(self, _: httpx.Request, dataset_id: str) -> httpx.Response:
        record = self.datasets[dataset_id]
        return httpx.Response(200, json={"file_records": [{"data_url": record["data_url"], "exists": record["sent"]}]})

    def get_datasets(self, request: httpx.Request) -> httpx.Response:
        if "subject" in request.url.params:
            return self.listed(request, self.of_path(request.url.params))
        question = request.url.params["django"]
        if not question.startswith("id__in,"):
            return self.listed(request, self.of_no_session if "isnull" in question else self.of_types(question))
        wanted = ast.literal_eval(question.removeprefix("id__in,"))
        copies = {one: self.datasets[one] for one in wanted}
        records = [
            {
                "url": f"{BASE_URL}/datasets/{key}",
                "file_records": [{"data_url": copy["data_url"], "exists": copy["sent"]}],
            }
            for key, copy in copies.items()
        ]
        return self.listed(request, records)

    def of_path(self, query: httpx.QueryParams) -> list[dict[str, Any]]:
        """Return the records of a session's files, asked for by its subject, date and number."""
        wanted = (query["subject"], query["date"], query["experiment_number"])
        eids = [
            eid for eid, one in self.sessions.items()
            if (one["subject"], one["start_time"][:10], str(one["number"])) == wanted
        ]  # fmt: skip
        found = [record for record in self.datasets.values() if record["eid"] in eids]
        return [
            {**record, "session": f"{BASE_URL}/sessions/{record['eid']}"}
            | {"default_dataset": record["default_revision"] == "True"}
            | {"file_records": [{"data_url": record["data_url"], "exists": record["sent"]}]}
            for record in found
        ]

    def of_types(self, question: str) -> list[dict[str, Any]]:
        eid, names = question.removeprefix("session__id,").split(",dataset_type__name__in,")
        chosen = [one for one in self.datasets.values() if one["eid"] == eid]
        copies = [{"file_records": [{"data_url": one["data_url"], "exists": True}], "session": eid} for one in chosen]
        return [
            one | copy
            for one, copy in zip(chosen, copies, strict=True)
            if ".".join(one["name"].split("_")[-1].split(".")[:2]) in ast.literal_eval(names)
        ]

    def get_dataset_types_one(self, _: httpx.Request, name: str) -> httpx.Response:
        found = {"name": name, "description": "[s] when"} if name == "spikes.times" else {"detail": "Not found."}
        return httpx.Response(200 if "name" in found else 404, json=found)

    def get_revisions_one(self, _: httpx.Request, name: str) -> httpx.Response:
        return httpx.Response(200, json={"name": name, "description": "sorted again"})

    def get_cache_one(self, _: httpx.Request, *__: str) -> httpx.Response:
        return httpx.Response(200, json={"date_created": self.tables_date, "origin": "fake"})

    def get_cache_zip(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=self.tables)

    def post_register_file(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        subject, day, number = body["path"].split("/")
        eid = str(uuid5(NAMESPACE, f"{subject}{day}{int(number)}"))
        rows = zip(body["filenames"], body["hashes"], body["filesizes"], strict=True)
        records = [self.enter(eid, f"{body['labs'][0]}/Subjects/{body['path']}", *row) for row in rows]
        return httpx.Response(201, json=records)

    def enter(self, eid: str, folder: str, rel_path: str, md5: str, size: int) -> dict[str, Any]:
        dataset_id = str(uuid5(NAMESPACE, eid + rel_path))
        path = ALFPath(rel_path)
        old = self.datasets.get(dataset_id)
        sent = bool(old and old["sent"] and old["hash"] == md5)
        self.datasets[dataset_id] = {
            "id": dataset_id, "eid": eid, "name": path.name, "hash": md5, "file_size": size, "sent": sent,
            "collection": path.collection or "", "qc": "NOT_SET", "revision": "",
            "default_revision": str(not path.revision),
            "data_url": f"{BASE_URL}/store/{ALFPath(folder, rel_path).with_uuid(dataset_id).as_posix()}",
        }  # fmt: skip
        copy = {"id": dataset_id, "data_repository": "here", "relative_path": rel_path, "exists": sent}
        if self.tells_addresses:
            copy["data_url"] = self.datasets[dataset_id]["data_url"]
        return {"id": dataset_id, "name": path.name, "file_records": [copy]}

    def store(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "PUT":
            record = next(one for one in self.datasets.values() if one["data_url"] == BASE_URL + path)
            md5 = hashlib.md5(request.content).hexdigest()
            if md5 != record["hash"] or request.headers["X-Content-MD5"] != md5:
                return httpx.Response(422, json={"detail": "other bytes than registered"})
            self.files[path] = request.content
            record["sent"] = True
            return httpx.Response(201)
        if path not in self.files:
            return httpx.Response(404)
        return httpx.Response(200, content=self.files[path])

    def asked(self, method: str = "") -> list[str]:
        return [f"{one.method} {one.url.path}" for one in self.requests if one.method.startswith(method)]

    def add_session(self, subject: str, day: str, number: int = 1, lab: str = "mylab", **fields: Any) -> UUID:
        eid = str(uuid5(NAMESPACE, f"{subject}{day}{number}"))
        record = {"id": eid, "subject": subject, "start_time": f"{day}T10:36:10", "number": number, "lab": lab}
        self.sessions[eid] = {**record, "projects": ["learning"], "task_protocol": "trainingChoiceWorld7.1", **fields}
        return UUID(eid)

    def add_files(self, eid: UUID, folder: Path) -> None:
        """Put all files of a folder into a session."""
        session = self.sessions[str(eid)]
        place = f"{session['lab']}/Subjects/{session['subject']}/{session['start_time'][:10]}/{session['number']:03d}"
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            measured = Fingerprint.of(path)
            record = self.enter(str(eid), place, path.relative_to(folder).as_posix(), measured.md5, measured.size)
            full = self.datasets[record["id"]]
            full["sent"] = True
            self.files[full["data_url"].removeprefix(BASE_URL)] = path.read_bytes()

    def make_tables(self, folder: Path) -> None:
        """Write tables of everything, and keep them as an archive too."""
        sessions = [
            {**one, "date": one["start_time"][:10], "projects": ",".join(one["projects"])}
            for one in self.sessions.values()
        ]
        columns = ["id", "lab", "subject", "date", "number", "task_protocol", "projects"]
        rows = [
            {**one, "rel_path": unquote(one["data_url"]).split("/001/")[1].replace(f".{one['id']}", "")}
            | {"default_revision": one["default_revision"] == "True"}
            for one in self.datasets.values()
        ]
        kept = ["eid", "id", "rel_path", "file_size", "hash", "qc", "default_revision"]
        insertions = [{"eid": one["session"], **one} for one in self.insertions]
        paths = write_tables(
            folder, pd.DataFrame(sessions, columns=columns), pd.DataFrame(rows, columns=kept),
            pd.DataFrame(insertions, columns=["eid", "id", "name", "model", "serial"]), origin="fake",
        )  # fmt: skip
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path in paths:
                archive.write(path, path.name)
        self.tables = buffer.getvalue()


_FIELDS = {"pk": "id", "subject__nickname": "subject", "lab__name": "lab", "projects__name": "projects"}


def _fulfils(record: dict[str, Any], free: str) -> bool:
    """Judge a record by a free filter of exact values, lists and patterns."""
    words = re.findall(r"(?:\[[^\]]*\]|[^,\[])+", free)
    for name, value in zip(words[::2], words[1::2], strict=True):
        field, _, lookup = name.rpartition("__") if name.endswith(("__in", "__iregex")) else (name, "", "exact")
        told = record[_FIELDS.get(field, field)]
        texts = [str(one) for one in told] if isinstance(told, list) else [str(told)]
        if lookup == "iregex" and not any(re.search(value, text, re.IGNORECASE) for text in texts):
            return False
        wanted = ast.literal_eval(value) if lookup == "in" else [value]
        if lookup != "iregex" and not {str(one) for one in wanted} & set(texts):
            return False
    return True


@pytest.fixture
def alyx(tmp_path) -> FakeAlyx:
    """Three sessions; that of KS014 has trials, spikes of two probes, and a revision."""
    fake, folder = FakeAlyx(), tmp_path / "lab"
    eid = fake.add_session("KS014", "2019-08-30")
    fake.add_session("KS014", "2019-08-31", projects=["other"])
    fake.add_session("KS015", "2019-08-30", number=2, task_protocol="ephysChoiceWorld")
    n = 20
    times = {"goCue_times": np.arange(n), "intervals_0": np.arange(n) - 1.0, "intervals_1": np.arange(n) + 1.0}
    write_table(folder / "alf", "trials", pd.DataFrame(times), namespace="ibl")
    write_object(folder / "alf", "wheel", {"position": np.arange(5.0)}, namespace="ibl")
    for i, probe in enumerate(["probe00", "probe01"]):
        write_object(folder / "alf" / probe, "spikes", {"times": np.arange(30.0) + i, "clusters": np.arange(30) % 3})
        pid = str(uuid5(NAMESPACE, probe))
        fake.insertions.append({"id": pid, "session": str(eid), "name": probe, "model": "3B2", "serial": f"s{i}"})
    write_object(folder / "alf" / "probe00" / "#2024-05-06#", "spikes", {"times": np.arange(30.0) + 100})
    fake.add_files(eid, folder)
    return fake


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def make_client(alyx, waits, tmp_path) -> Callable[..., AlyxClient]:
    def make(*args: str | None, **kwargs: Any) -> AlyxClient:
        retry = Retry(attempts=4, sleep=waits.append)
        logins = SavedLogins(tmp_path / "config" / "logins.json")
        transport = httpx.MockTransport(alyx)
        return AlyxClient(BASE_URL, *args, logins=logins, retry=retry, transport=transport, **kwargs)

    return make


@pytest.fixture
def one(make_client, tmp_path) -> ONE:
    return ONE(client=make_client(token=TOKEN), cache_dir=tmp_path / "cache")


@pytest.fixture
def offline(alyx, make_client, tmp_path) -> ONE:
    """A client of tables only, in a cache without files; asking the server would show in ``alyx.requests``."""
    alyx.make_tables(tmp_path / "cache")
    return ONE(client=make_client(), cache_dir=tmp_path / "cache", mode="local")


@pytest.fixture(params=["remote", "local"])
def anywhere(request, one, offline) -> ONE:
    """A client of the server, then one of tables only: what is true of both."""
    return one if request.param == "remote" else offline


@pytest.fixture
def eid(alyx) -> UUID:
    """The id of the session of KS014 with files."""
    return UUID(next(iter(alyx.sessions)))


@pytest.fixture
def place(alyx, tmp_path) -> Path:
    """A folder as ``bregma export`` leaves it: tables, and the files of KS014."""
    folder = tmp_path / "place"
    alyx.make_tables(folder)
    shutil.copytree(tmp_path / "lab", folder / "mylab/Subjects/KS014/2019-08-30/001")
    return folder
