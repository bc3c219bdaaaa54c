"""Open connections to one server, and patience when it is busy or away."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from bregma.one.errors import ServerUnavailable
from bregma.one.server.answers import read_whole
from bregma.store.retry import BUSY, Retry
from bregma.store.web_client import open_client

if TYPE_CHECKING:
    import httpx

    from bregma.store.retry import Attempt

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_REDIRECTS = 10


class Connection:
    """Connections that stay open, may be shared between threads, and are opened anew after pickling.

    Parameters
    ----------
    base_url : str
        The server.
    retry : Retry, optional
        How patient to be.
    transport : httpx.BaseTransport, optional
        Another way to reach the server (tests, or a server in the same process).
    """

    _http: httpx.Client | None
    _reached: bool
    _lock: threading.Lock

    def __init__(
        self, base_url: str, *, retry: Retry | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.base_url = base_url
        self.retry = retry or Retry()
        self._transport = transport
        self._prepare()

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in {"_http", "_lock"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()

    @property
    def http(self) -> httpx.Client:
        """The open connections; they carry no token."""
        with self._lock:
            if self._http is None:
                self._http = open_client(self._transport)
            return self._http

    def close(self) -> None:
        """Close the connections; they open again when needed."""
        with self._lock:
            if self._http is not None:
                self._http.close()
                self._http = None

    def is_own(self, url: str) -> bool:
        """Tell whether an address is one of this server."""
        return _origin(url) == _origin(self.base_url)

    def send(
        self,
        method: str,
        url: str,
        *,
        data: object,
        headers: Mapping[str, str],
        files: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Make a request, again while the server is busy or, where that is safe, unreachable.

        Data go as JSON, a text as it is, and beside files as fields of a form.

        Raises
        ------
        ServerUnavailable
            If it does not answer, or leads elsewhere.
        ResponseError
            If its answer cannot be read, or has no end.
        """
        import httpx

        content = write_content(data, files)
        headers = {**({} if files or data is None else {"Content-Type": "application/json"}), **headers}
        for attempt in self.retry.tries():
            try:
                response = self._follow(self.http.build_request(method, url, **content, headers=headers))
            except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
                raise ServerUnavailable(
                    f"{self.base_url} is no folder here, and no address; write http:// or https:// before it"
                ) from error
            except httpx.TransportError as error:
                self._judge(error, method, attempt)
                continue
            self._reached = True
            attempt.retry_after = response.headers.get("Retry-After")
            if response.status_code not in BUSY or attempt.is_last:
                break
        return response

    def _judge(self, error: httpx.TransportError, method: str, attempt: Attempt) -> None:
        """Raise ServerUnavailable unless it is safe, and of any use, to ask again."""
        import httpx

        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        attempt.reached = self._reached or not unsent
        if attempt.is_last or not (unsent or method in _REPEATABLE):
            raise ServerUnavailable(
                f"{self.base_url} does not answer ({error}); see that it runs, or name another server: "
                "bregma login ADDRESS, BREGMA_URL or ONE(base_url=…)"
            ) from error

    def _follow(self, request: httpx.Request) -> httpx.Response:
        """Make one request, and those that its answers lead to; what is sent, is sent to this server only."""
        for _ in range(_REDIRECTS):
            response = self.http.send(request, stream=True, follow_redirects=False)
            following = response.next_request
            if following is None:
                return read_whole(response)
            response.close()
            if following.url.scheme not in {"http", "https"} or not self._may_follow(request, following):
                raise ServerUnavailable(
                    f"{self.base_url} leads to {following.url.host or following.url}, where nothing was sent; "
                    "give the server's own address (BREGMA_URL, or ONE(base_url=…))"
                )
            request = following
        raise ServerUnavailable(f"{self.base_url} sends from one address to the next, more than {_REDIRECTS} times")

    def _may_follow(self, request: httpx.Request, following: httpx.Request) -> bool:
        """Tell whether a redirect keeps what is sent among those whom it was meant for, and as secret."""
        same_host = following.url.host == request.url.host
        is_safer = same_host and (request.url.scheme, following.url.scheme) == ("http", "https")
        return following.method in {"GET", "HEAD"} or is_safer or self.is_own(str(following.url))

    def _prepare(self) -> None:
        self._http = None
        self._reached = False
        self._lock = threading.Lock()


def write_content(data: object, files: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Write what is sent, as arguments of httpx: ids and times as text, files as bytes that can be sent again."""
    if files:
        fields = data if isinstance(data, Mapping) else {}
        form = {key: _form_text(value) for key, value in fields.items() if value is not None}
        return {"data": form, "files": {name: _file_part(file) for name, file in files.items()}}
    if data is None:
        return {}
    return {"content": data if isinstance(data, (str, bytes)) else json.dumps(data, default=_plain)}


def write_query(params: Mapping[str, Any]) -> str:
    """Write query parameters as Alyx reads them: lists with commas, truth in lower case, None left out."""
    return urlencode({key: _text(value) for key, value in params.items() if value is not None})


def _plain(value: object) -> object:
    """Convert what JSON does not have; raises TypeError for what has no text of its own."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (UUID, PurePath)):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    raise TypeError(f"{value!r} cannot be sent as JSON; convert it to text, numbers, lists and mappings")


def _form_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=_plain).strip('"')


def _file_part(file: Any) -> Any:
    """Read an open file once: a request may be repeated."""
    if not hasattr(file, "read"):
        return file
    return PurePath(getattr(file, "name", "file")).name, file.read()


def _origin(url: str) -> tuple[str, str, int | None]:
    """Name a server; the names of this machine are one."""
    try:
        parts = urlsplit(url)
        host, given = (parts.hostname or "").lower(), parts.port
    except ValueError:  # no address: that of nobody
        return "", url, None
    port = given or {"http": 80, "https": 443}.get(parts.scheme.lower())
    return parts.scheme.lower(), "localhost" if host in _THIS_MACHINE else host, port


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple, set)):
        return ",".join(map(str, value))
    return str(value)
