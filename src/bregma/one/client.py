"""A client of an Alyx server: endpoints, lists, JSON fields, files and tables."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.one.errors import RecordNotFound
from bregma.one.server.json_fields import JsonFields
from bregma.one.server.lists import Lists, is_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    import httpx

    from bregma.one.server.authorized import Token
    from bregma.one.server.login import SavedLogins
    from bregma.one.server.schemes import RestSchemes
    from bregma.store import Retry

_METHODS = {
    "list": "GET",
    "read": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "delete": "DELETE",
}


class AlyxClient(JsonFields, Lists):
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
        Sign in with this; by default BREGMA_TOKEN (if the server is BREGMA_URL's, where that is set), else the saved
        one.
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
        reached = {"logins": logins, "retry": retry, "transport": transport}
        super().__init__(base_url, username, password, token, cache_dir=cache_dir, cache_rest=cache_rest, **reached)
        self.silent = silent
        self._schemes: RestSchemes | None = None

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
            If there is no such endpoint or action, or the id is missing or too many.
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
            return self._list_known(endpoint, _with_id(filters, id), fresh=no_cache, expires=expires)
        path = _record_path(endpoint, action, id)
        if action == "read":
            return self._answer(path, filters, fresh=no_cache, expires=expires)
        return self._write(_METHODS[action], path, data, files, params=filters)

    def _list_known(self, endpoint: str, filters: dict[str, Any], **how: Any) -> Any:
        try:
            return self._list(endpoint, filters, **how)
        except RecordNotFound:
            self.rest_schemes.actions(endpoint)  # names the endpoints that there are, if it is none
            raise

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
        return self._records(answer, params.get("limit")) if is_page(answer) else answer

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
        from bregma.one.server.schemes import RestSchemes

        if self._schemes is None:
            self._schemes = RestSchemes(self.request("GET", "/api/schema"))
        return self._schemes

    def download_cache_tables(self, source: str | None = None, destination: Path | str | None = None) -> list[Path]:
        """Download the server's tables, and return their paths.

        Parameters
        ----------
        source : str, optional
            Address of a zip with tables; by default those of this server.
        destination : path, optional
            Where they go; by default the cache folder.
        """
        from bregma.one.server.place import copy_tables
        from bregma.one.tables.cache import fetch_tables
        from bregma.store import open_store

        folder = Path(destination) if destination else self.cache_dir
        if source:
            copy_tables(open_store(source), folder, address=source)
        else:
            fetch_tables(self, folder, clobber=True)
        return sorted(folder.glob("*.pqt"))

    def list_endpoints(self) -> list[str]:
        """List the names of the server's endpoints."""
        return self.rest_schemes.endpoints

    def print_endpoint_info(self, endpoint: str, action: str | None = None) -> None:
        """Write the actions and fields of an endpoint to the terminal."""
        sys.stdout.write(self.rest_schemes.describe(endpoint, action) + "\n")


@contextlib.contextmanager
def no_cache(client: AlyxClient) -> Iterator[AlyxClient]:
    """Keep no answers, and use none that were kept, inside a ``with`` block, which is given the client."""
    mode, client.cache_mode = client.cache_mode, None
    try:
        yield client
    finally:
        client.cache_mode = mode


def _with_id(filters: dict[str, Any], key: object) -> dict[str, Any]:
    """Add a condition on the id to those of a list."""
    if key is None:
        return filters
    free = filters.get("django") or []
    return {**filters, "django": ",".join([*([free] if isinstance(free, str) else free), f"pk,{key}"])}


def _record_path(endpoint: str, action: str, key: object) -> str:
    if (key is None) != (action == "create"):
        raise ValueError(f"{action} of {endpoint} {'takes no' if key is not None else 'needs an'} id")
    return f"/{endpoint}" if key is None else f"/{endpoint}/{str(key).rstrip('/').rsplit('/', 1)[-1]}"
