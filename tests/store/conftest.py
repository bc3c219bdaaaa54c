"""A web server of files that can misbehave."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import httpx
import pytest
from tests.web import serve

from bregma.store import RangeNotSatisfiable, Retry, parse_range


@dataclass
class WebFiles:
    """Files by path, requests seen, and one misbehaviour per request to come."""

    base_url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    faults: list[str | int] = field(default_factory=list)
    honours_ranges: bool = True


class FilesHandler(BaseHTTPRequestHandler):
    state: WebFiles

    def do_GET(self) -> None:
        self.state.requests.append(("GET", self.path, self.headers.get("Range")))
        fault = self.state.faults.pop(0) if self.state.faults else None
        content = self.state.files.get(self.path)
        if isinstance(fault, int) and fault >= 400:
            self.answer(fault, b"", {"Retry-After": "7"})
        elif content is None:
            self.answer(404, b"gone")
        else:
            self.serve(content, fault)

    def serve(self, content: bytes, fault: str | int | None) -> None:
        header = self.headers.get("Range") if self.state.honours_ranges else None
        try:
            wanted = parse_range(header, len(content))
        except RangeNotSatisfiable:
            self.answer(416, b"")
            return
        body = content if wanted is None else content[wanted.start : wanted.stop]
        headers = {} if wanted is None else {"Content-Range": wanted.content_range}
        if fault == "corrupt":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == "short":  # a whole answer, of half the file
            body = body[: len(body) // 2]
        self.answer(200 if wanted is None else 206, body, headers, cut=fault == "cut")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut


@pytest.fixture
def web_files() -> Iterator[WebFiles]:
    state = WebFiles()
    with serve(FilesHandler, state=state) as state.base_url:
        yield state


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def impatient(waits: list[float]) -> Retry:
    """A policy that only notes how long it would have waited."""
    note: Callable[[float], None] = waits.append
    return Retry(attempts=4, sleep=note)


@pytest.fixture
def http_client() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client
