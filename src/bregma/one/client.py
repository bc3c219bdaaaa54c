"""A client of an Alyx server: endpoints, lists, JSON fields, files and tables."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bregma.one.json_fields import JsonFields
from bregma.one.pages import Records, is_numbered, next_path
from bregma.one.rest_cache import MISSING, RestCache
from bregma.one.server_files import ServerFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    import httpx

    from bregma.one.authorized import Token
    from bregma.one.login import SavedLogins
    from bregma.one.schemes import RestSchemes
    from bregma.store import Retry

_logger = logging.getLogger(__name__)
_METHODS = {
    "list": "GET",
    "read": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "delete": "DELETE",
}


class AlyxClient(JsonFields, ServerFiles):
    """A client of Alyx's REST interface.

    It keeps connections open, may be shared between threads, and can be pickled (without the password).
    Making one talks to the server only if a password is given. It never asks anything on the terminal.

    Parameters
    ----------
    base_url : str, optional
        The server; by default the environment's BREGMA_URL, else the one set up as default (``ONE.setup``), else
        the one on this machine.
    username, password : str, optional
        Sign in with these.
    cache_dir : path, optional
        Where files go; by default the folder set up for the server, else one in the cache of bregma.
    silent : bool
        No progress bars.
    cache_rest : {None, 'GET'}
        Whether answers are kept for five minutes in ``cache_dir/.rest``, for this user only. By default not:
        an answer is then always what the server says now.
    token : str, optional
        Sign in with this; by default BREGMA_TOKEN, else the saved one.
    logins : SavedLogins, optional
        Where tokens are kept.
    retry : Retry, optional
        How patient to be with a busy server.
    transport : httpx.BaseTransport, optional
        Another way to reach the server (tests, or a server in the same process).

    Raises
    ------
    AuthenticationError
        If the password is wrong.
    """

    def __init__(
        self,
        base_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        cache_dir: Path | str | None = None,
        silent: bool = False,
        cache_rest: str | None = None,
        token: Token | None = None,
        *,
        logins: SavedLogins | None = None,
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if cache_rest not in {None, "GET"}:
            raise ValueError(f"cache_rest is None or 'GET', not {cache_rest!r}; only answers to GET are kept")
        reached = {"logins": logins, "retry": retry, "transport": transport}
        super().__init__(base_url, username, password, token, cache_dir=cache_dir, **reached)
        self.silent = silent
        self.cache_mode = cache_rest
        self._schemes: RestSchemes | None = None

    @property
    def rest_cache_dir(self) -> Path:
        """Where answers are kept if ``cache_rest='GET'``."""
        return self.cache_dir / ".rest"

    def clear_rest_cache(self) -> None:
        """Forget the answers that were kept."""
        RestCache(self.rest_cache_dir).clear()

    # Asking

    def rest(
        self,
        url: str | None = None,
        action: str | None = None,
        id: object = None,  # noqa: A002 - the word of the reference
        data: Mapping[str, Any] | Sequence[Any] | str | None = None,
        files: Mapping[str, Any] | None = None,
        no_cache: bool = False,
        expires: timedelta | bool | None = None,
        **filters: Any,
    ) -> Any:
        """Call an endpoint; without arguments list the endpoints, and without an action those of one endpoint.

        Parameters
        ----------
        url : str
            An endpoint such as ``"sessions"``; with a query (``"sessions?subject=KS014"``) it is a list.
        action : {'list', 'read', 'create', 'update', 'partial_update', 'delete'}
            What to do.
        id : object, optional
            Which record (an id, a name or its address), for all actions but list and create.
        data : mapping, sequence or str, optional
            What to send.
        files : mapping, optional
            Files to send, by field name.
        no_cache : bool
            Whether to ask the server even if its answer was kept.
        expires : timedelta, optional
            How long the answer is kept, if not for five minutes.
        **filters
            What to ask for, such as ``subject="KS014"``. Lists become comma-separated. With ``limit`` a list
            ends after so many records, else it is whole.

        Returns
        -------
        sequence of dict, dict, list of str or None
            The records of a list (a plain list, or one whose later pages come when they are read); one record;
            nothing for a deletion; names of endpoints or actions.

        Raises
        ------
        ValueError
            If there is no such action, or the id is missing or too many.
        """
        if not url:
            return self.list_endpoints()
        action = "list" if "?" in url else action
        endpoint = url.strip("/")
        if action is None:
            return self.rest_schemes.actions(endpoint)
        action = action.replace("-", "_")
        if action not in _METHODS:
            raise ValueError(f"no action {action!r}; choose from {', '.join(_METHODS)}")
        if action == "list":
            return self._list(endpoint, _with_id(filters, id), fresh=no_cache, expires=expires)
        path = _record_path(endpoint, action, id)
        if action == "read":
            return self._answer(path, filters, fresh=no_cache, expires=expires)
        return self._write(_METHODS[action], path, data, files, params=filters)

    def iterate(self, endpoint: str, *, limit: int | None = None, **filters: Any) -> Iterator[dict[str, Any]]:
        """List records page by page, as they are needed; at most ``limit``."""
        found = 0
        if limit == 0:
            return
        params = {**filters, **({} if limit is None else {"limit": limit})}
        path: str | None = f"/{endpoint.strip('/')}"
        while path:
            page = self._answer(path, params)
            records, path = (page, None) if isinstance(page, list) else (page["results"], self._next(page))
            params = {}
            for record in records:
                yield record
                found += 1
                if found == limit:
                    return

    def get(self, rest_query: str, **params: Any) -> Any:
        """GET an address below the base URL, such as ``/sessions?subject=KS014``.

        ``data`` is sent along as JSON, ``clobber=True`` asks anew what was kept, ``expires`` says how long to keep
        it; all else are filters. Lists are returned without what the server writes around them.
        """
        data, fresh = params.pop("data", None), bool(params.pop("clobber", False))
        expires = params.pop("expires", None)
        if data is not None:
            return self.request("GET", rest_query, data=data, params=params)
        answer = self._answer(rest_query, params, fresh=fresh, expires=expires)
        return self._records(answer, params.get("limit")) if _is_page(answer) else answer

    def post(self, rest_query: str, data: object = None, files: Mapping[str, Any] | None = None) -> Any:
        """POST to an address below the base URL."""
        return self._write("POST", rest_query, data, files)

    def put(self, rest_query: str, data: object = None, files: Mapping[str, Any] | None = None) -> Any:
        """PUT to an address below the base URL."""
        return self._write("PUT", rest_query, data, files)

    def patch(self, rest_query: str, data: object = None, files: Mapping[str, Any] | None = None) -> Any:
        """PATCH an address below the base URL."""
        return self._write("PATCH", rest_query, data, files)

    def delete(self, rest_query: str) -> Any:
        """DELETE an address below the base URL."""
        return self._write("DELETE", rest_query)

    # What the server offers

    @property
    def rest_schemes(self) -> RestSchemes:
        """The endpoints and their fields, asked once.

        Raises
        ------
        RecordNotFound
            If the server does not describe itself; calls work all the same.
        """
        from bregma.one.schemes import RestSchemes

        if self._schemes is None:
            self._schemes = RestSchemes(self.request("GET", "/api/schema"))
        return self._schemes

    def list_endpoints(self) -> list[str]:
        """List the names of the server's endpoints."""
        return self.rest_schemes.endpoints

    def print_endpoint_info(self, endpoint: str, action: str | None = None) -> None:
        """Write the actions and fields of an endpoint to the terminal."""
        sys.stdout.write(self.rest_schemes.describe(endpoint, action) + "\n")

    # Inside

    def _write(
        self,
        method: str,
        path: str,
        data: object = None,
        files: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        answer = self.request(method, path, data=data, files=files, params=params)
        if self.cache_mode:
            self.clear_rest_cache()
        return answer

    def _answer(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        fresh: bool = False,
        expires: timedelta | bool | None = None,
    ) -> Any:
        """GET an address, or return what was kept of it for this user."""
        if not self.cache_mode or expires is True:
            return self.request("GET", path, params=params)
        url, who, cache = self._url(path, params or {}), self._credentials.digest, RestCache(self.rest_cache_dir)
        answer = MISSING if fresh else cache.find(who, url)
        if answer is MISSING:
            answer = self.request("GET", path, params=params)
            cache.keep(who, url, answer, None if isinstance(expires, bool) else expires)
        return answer

    def _list(self, endpoint: str, filters: dict[str, Any], *, fresh: bool, expires: timedelta | bool | None) -> Any:
        if filters.get("limit") == 0:
            return []
        page = self._answer(f"/{endpoint}", filters, fresh=fresh, expires=expires)
        return self._records(page, filters.get("limit")) if _is_page(page) else page

    def _records(self, page: dict[str, Any], limit: int | str | None) -> Sequence[dict[str, Any]]:
        """Give the records of a first page and of those after it: as they are read, where these are numbered."""
        if detail := page.get("detail"):
            _logger.warning("%s: %s", self.base_url, detail)
        most = None if limit is None else int(limit)
        records: list[dict[str, Any]] = page["results"]
        if not page.get("next") or (most is not None and len(records) >= most):
            return records[:most]
        if is_numbered(page):
            return Records(self._answer, page, base_path=self._base_path, limit=most)
        path = self._next(page)
        while path and (most is None or len(records) < most):
            page = self._answer(path)
            records, path = [*records, *page["results"]], self._next(page)
        return records[:most]

    @property
    def _base_path(self) -> str:
        return urlsplit(self.base_url).path

    def _next(self, page: dict[str, Any]) -> str | None:
        return next_path(page, self._base_path)


@contextlib.contextmanager
def no_cache(client: AlyxClient) -> Iterator[None]:
    """Keep no answers, and use none that were kept, inside a ``with`` block."""
    mode, client.cache_mode = client.cache_mode, None
    try:
        yield
    finally:
        client.cache_mode = mode


def _is_page(answer: object) -> bool:
    return isinstance(answer, dict) and {"next", "results"} <= answer.keys()


def _with_id(filters: dict[str, Any], key: object) -> dict[str, Any]:
    """Add a condition on the id to those of a list."""
    if key is None:
        return filters
    return {**filters, "django": ",".join(filter(None, [filters.get("django"), f"pk,{key}"]))}


def _record_path(endpoint: str, action: str, key: object) -> str:
    if (key is None) != (action == "create"):
        raise ValueError(f"{action} of {endpoint} {'takes no' if key is not None else 'needs an'} id")
    return f"/{endpoint}" if key is None else f"/{endpoint}/{str(key).rstrip('/').rsplit('/', 1)[-1]}"
