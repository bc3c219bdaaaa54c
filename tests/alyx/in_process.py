"""A client of this process's server: requests go through Django's test client, inside the test's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
from rest_framework.test import APIClient

from bregma.one import AlyxClient
from bregma.one.server.login import SavedLogins
from bregma.store import Retry

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://testserver"


def make_client(folder: Path, **options: Any) -> AlyxClient:
    """Return a client whose saved logins lie in a folder, and which never waits."""
    logins, retry = SavedLogins(folder / "logins.json"), Retry(sleep=lambda _: None)
    transport = httpx.MockTransport(_answer)
    return AlyxClient(URL, cache_dir=folder / "cache", logins=logins, retry=retry, transport=transport, **options)


def _answer(request: httpx.Request) -> httpx.Response:
    token = request.headers.get("Authorization")
    headers: dict[str, Any] = {"HTTP_ACCEPT": request.headers["Accept"]}
    if token:
        headers["HTTP_AUTHORIZATION"] = token
    if md5 := request.headers.get("X-Content-MD5"):
        headers["HTTP_X_CONTENT_MD5"] = md5
    kind = request.headers.get("Content-Type", "application/octet-stream")
    path = request.url.raw_path.decode()
    client: Any = APIClient()  # whose types know no bytes and no streams
    said = client.generic(request.method, path, request.read(), kind, **headers)
    content = b"".join(said.streaming_content) if said.streaming else said.content
    return httpx.Response(said.status_code, content=content, headers=dict(said.headers))
