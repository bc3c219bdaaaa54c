"""A stock Alyx that answers over HTTP from what IBL's public server was recorded to say: nothing of our own server."""

import ast
import gzip
import hashlib
import io
import json
import re
import tarfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
import pandas as pd
from tests import web

RECORDED = "https://openalyx.internationalbrainlab.org"
DATA_SERVER = "https://ibl.flatironinstitute.org"
BUCKET = "https://ibl-brain-wide-map-public.s3.amazonaws.com"
TABLES = "https://ibl-brain-wide-map-public.s3.us-east-1.amazonaws.com/caches/openalyx/cache.zip"
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PEOPLE = {"username": "intbrainlab", "password": "international"}
DATA_LOGIN = ("iblmember", "flatiron's word")
NOT_FOUND = b"<!doctype html><html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>"
FIELDS = {
    "pk": "id",
    "subject__nickname": "subject",
    "lab__name": "lab",
    "projects__name": "projects",
    "session__subject__nickname": "subject",
}

Answer = tuple[int, Any]


class StockAlyx:
    """Records of sessions, files and insertions; a data server that asks for a password, and a public bucket.

    Attributes
    ----------
    broken : set of str
        Which of ``data`` and ``bucket`` answer that they are down.
    asked : list of str
        Every request, with its query.
    """

    def __init__(self, recorded: Path, page: int = 250) -> None:
        self.page, self.broken, self.asked = page, set[str](), list[str]()
        self.files: dict[str, bytes] = {}
        self.tables, self.elsewhere = b"", ""
        told = _read(recorded)
        self.insertions, self.schema, self.info, self.sessions = told.insertions, told.schema, told.info, told.sessions
        self.datasets = {key: dict(one) for key, one in told.datasets.items()}

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a GET request that shows the right token."""
        match path.strip("/").split("/"):
            case ["sessions"]:
                return self.listed([one for one in self.sessions.values() if self.is_wanted(one, query)], query)
            case ["sessions", eid]:
                return self.whole_session(eid)
            case ["datasets"]:
                return self.listed([one for one in self.datasets.values() if self.is_wanted_file(one, query)], query)
            case ["insertions"]:
                found = [one for one in self.insertions.values() if self.is_wanted_probe(one, query)]
                return self.listed(found, query)
            case ["datasets" | "insertions" as kind, key]:
                record = getattr(self, kind).get(key)
                return (200, record) if record else (404, {"detail": "Not found.", "status_code": 404})
            case ["cache", "info"]:
                return 200, self.info
            case ["docs"]:
                return 200, self.schema
        return 404, NOT_FOUND

    def listed(self, records: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        start, limit = int(query.get("offset", 0)), int(query.get("limit", self.page))
        following = f"{RECORDED}/elsewhere?limit={limit}&offset={start + limit}"
        body = {"count": len(records), "next": following if start + limit < len(records) else None, "previous": None}
        return 200, {**body, "results": records[start : start + limit]}

    def whole_session(self, eid: str) -> Answer:
        if eid not in self.sessions:
            return 404, {"detail": "No Session matches the given query.", "status_code": 404}
        related = [_related(one) for one in self.datasets.values() if one["session"].endswith(eid)]
        return 200, {**self.sessions[eid], "data_dataset_session_related": related, "qc": "NOT_SET", "json": None}

    def is_wanted(self, one: dict[str, Any], query: dict[str, str]) -> bool:
        """Judge a session by the filters of a stock server; others are passed over in silence, as there."""
        if "date_range" in query:
            first, last = query["date_range"].split(",")
            if not first <= one["start_time"][:10] <= last:
                return False
        if "datasets" in query:
            names = {file["name"] for file in self.files_of(one["id"])}
            if not names.issuperset(query["datasets"].split(",")):
                return False
        named = [str(one[key]).lower() == query[key].lower() for key in ("subject", "number", "lab") if key in query]
        return all(named) and self.fulfils(one, query.get("django", ""))

    def is_wanted_file(self, one: dict[str, Any], query: dict[str, str]) -> bool:
        session = self.sessions[one["session"][-36:]]
        words = {"date": session["start_time"][:10], "experiment_number": str(session["number"])} | {
            key: session[key] for key in ("subject", "lab")
        }
        named = [words[key].lower() == query[key].lower() for key in words if key in query]
        return all(named) and self.fulfils({**one, "id": one["url"][-36:]}, query.get("django", ""))

    def is_wanted_probe(self, one: dict[str, Any], query: dict[str, str]) -> bool:
        named = [one[key] == query[key] for key in ("session", "name") if key in query]
        return all(named) and self.fulfils({**one["session_info"], **one}, query.get("django", ""))

    def files_of(self, eid: str) -> list[dict[str, Any]]:
        return [one for one in self.datasets.values() if one["session"].endswith(eid)]

    def fulfils(self, record: dict[str, Any], free: str) -> bool:
        """Judge a record by a free filter."""
        words = re.findall(r"(?:\[[^\]]*\]|[^,\[])+", free)
        return all(self.holds(record, *pair) for pair in zip(words[::2], words[1::2], strict=True))

    def holds(self, record: dict[str, Any], name: str, value: str) -> bool:
        related, found, field = name.partition("data_dataset_session_related__")
        if found:
            return not related and any(self.holds(one, field, value) for one in self.files_of(record["id"]))
        field, lookup = re.fullmatch(r"(\w+?)(?:__(in|iregex|lte))?", name).groups()
        told = record[FIELDS.get(field, field)]
        texts = (
            [str(one) for one in told]
            if isinstance(told, list)
            else [str(told)[-36:] if field == "session" else str(told)]
        )
        if lookup == "iregex":
            return any(re.search(value, text, re.IGNORECASE) for text in texts)
        if lookup == "lte":
            return True  # no recorded file was judged
        wanted = ast.literal_eval(value) if lookup == "in" else [value]
        return bool({str(one) for one in wanted} & set(texts))

    def hold(self, dataset_id: str, value: np.ndarray | pd.DataFrame) -> bytes:
        """Let a recorded file have a content, which the record tells; returns it."""
        record, stream = self.datasets[dataset_id], io.BytesIO()
        if isinstance(value, np.ndarray):
            np.save(stream, value)
        else:
            (value.to_csv if record["name"].endswith(".csv") else value.to_parquet)(stream)
        data = stream.getvalue()
        record |= {"file_size": len(data), "hash": hashlib.md5(data).hexdigest()}
        self.files |= {urlsplit(one["data_url"], allow_fragments=False).path: data for one in record["file_records"]}
        return data


@dataclass(frozen=True)
class _Recorded:
    """What was recorded, records by their ids."""

    sessions: dict[str, dict[str, Any]]
    datasets: dict[str, dict[str, Any]]
    insertions: dict[str, dict[str, Any]]
    schema: dict[str, Any]
    info: dict[str, Any]


@cache
def _read(folder: Path) -> _Recorded:
    text = gzip.decompress((folder / "dataset_records.json.gz").read_bytes()).decode()
    answers = [body for body in _answers(folder / "rest_responses.tar.gz") if isinstance(body, dict)]
    listed = [one for body in answers for one in body.get("results", [body])]
    probes = {one["id"]: one for one in listed if "session_info" in one}
    told = {one["session"]: one["session_info"] for one in probes.values()}
    rows = pd.read_parquet(folder / "sessions.pqt").reset_index().to_dict("records")
    return _Recorded(
        {row["id"]: _session(row, told.get(row["id"], {})) for row in rows},
        {one["url"][-36:]: one for one in json.loads(text)},
        probes,
        next(one for one in listed if "_meta" in one),
        next(one for one in listed if "date_created" in one),
    )


def _answers(archive: Path) -> Iterator[Any]:
    with tarfile.open(archive) as kept:
        for member in kept:
            if (file := kept.extractfile(member)) is not None:
                yield json.load(file)[0]


def _session(row: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Write a row of the public table as a stock server lists it."""
    projects = [one for one in str(row["projects"] or "").split(",") if one]
    start = told.get("start_time") or f"{row['date']}T10:36:10"
    own = {"id": row["id"], "url": f"{RECORDED}/sessions/{row['id']}", "start_time": start, "projects": projects}
    return {**own, **{name: row[name] for name in ("subject", "number", "lab", "task_protocol")}}


def _related(record: dict[str, Any]) -> dict[str, Any]:
    """Write a file as a stock server does within its session."""
    names = ("name", "dataset_type", "url", "file_size", "hash", "version", "collection", "qc")
    copy = next(one for one in record["file_records"] if one["data_url"])
    revised = {"revision": record["revision"], "default_revision": str(record["default_dataset"])}
    return {"id": record["url"][-36:], "data_url": copy["data_url"], **{key: record[key] for key in names}, **revised}


@contextmanager
def serve(stock: StockAlyx) -> Iterator[str]:
    """Serve a stock Alyx, and its data server and bucket on another port (``elsewhere``); yields its address."""
    with web.serve(_Files, stock=stock) as stock.elsewhere, web.serve(_Rest, stock=stock) as url:
        yield url


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stock: StockAlyx

    def do_GET(self) -> None:
        parts = urlsplit(self.path, allow_fragments=False)
        self.stock.asked.append(f"GET {unquote(self.path)}")
        self.get(unquote(parts.path), dict(parse_qsl(parts.query)))

    def get(self, path: str, query: dict[str, str]) -> None:
        raise NotImplementedError

    def send(self, status: int, body: bytes, kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {**named, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Files(_Handler):
    """A data server that wants a password below /data, and a public bucket below /bucket that takes none."""

    def get(self, path: str, query: dict[str, str]) -> None:
        kind, login = path.split("/")[1], b64encode(":".join(DATA_LOGIN).encode()).decode()
        shown = self.headers.get("Authorization")
        file = self.stock.tables if path == "/bucket/cache.zip" else self.stock.files.get(path.removeprefix(f"/{kind}"))
        if kind in self.stock.broken or file is None:
            self.send(404, NOT_FOUND)
        elif kind == "data" and shown != f"Basic {login}":
            self.send(401, NOT_FOUND, WWW_Authenticate='Basic realm="data"')
        elif kind == "bucket" and shown:
            self.send(400, b"<Error><Code>InvalidArgument</Code></Error>")
        else:
            self.send(200, file, "application/octet-stream")


class _Rest(_Handler):
    """The REST interface."""

    def get(self, path: str, query: dict[str, str]) -> None:
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            self.answer(403, {"detail": "Authentication credentials were not provided.", "status_code": 403})
        elif path in ("/cache/info", "/docs"):
            self.send(301, b"", Location=f"{path}/")
        else:
            self.answer(*self.stock.answer(path, query))

    def do_POST(self) -> None:
        self.stock.asked.append(f"POST {self.path}")
        form = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/auth-token":
            self.answer(404, NOT_FOUND)
        elif json.loads(form) == PEOPLE:
            self.answer(200, {"token": TOKEN})
        else:
            self.answer(400, {"non_field_errors": ["Unable to log in with provided credentials."], "status_code": 400})

    def answer(self, status: int, body: Any) -> None:
        """Answer with JSON, whose addresses lead here."""
        if isinstance(body, bytes):
            return self.send(status, body)
        text = json.dumps(body).replace(RECORDED, f"http://{self.headers['Host']}")
        text = text.replace(TABLES, f"{self.stock.elsewhere}/bucket/cache.zip")
        text = text.replace(DATA_SERVER, f"{self.stock.elsewhere}/data").replace(
            BUCKET, f"{self.stock.elsewhere}/bucket"
        )
        return self.send(status, text.encode(), "application/json")
