"""A session with an Alyx server: signing in, asking, and waiting when it is busy."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bregma.one.answers import check_answer, is_stale_token
from bregma.one.connection import Connection, write_query
from bregma.one.errors import AuthenticationError
from bregma.one.login import Credentials, SavedLogins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from bregma.store import Retry

DEFAULT_URL = "http://127.0.0.1:8000"
_METHODS = {
    "list": "GET",
    "read": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "delete": "DELETE",
}


class AlyxClient:
    """A client of Alyx's REST interface.

    It keeps connections open, may be shared between threads, and can be pickled (without the password).
    Making one talks to the server only if a password is given.

    Parameters
    ----------
    base_url : str, optional
        The server; by default the environment's BREGMA_URL, else the one on this machine.
    username, password : str, optional
        Sign in with these.
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

    _lock: threading.RLock

    def __init__(
        self,
        base_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        token: str | None = None,
        logins: SavedLogins | None = None,
        retry: Retry | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = (base_url or os.environ.get("BREGMA_URL") or DEFAULT_URL).rstrip("/")
        self.logins = logins or SavedLogins()
        self.connection = Connection(self.base_url, retry=retry, transport=transport)
        self._lock = threading.RLock()
        self._credentials = self._initial_credentials(username, password, token)
        if password is not None and token is None:
            self.authenticate(username, password)

    def __repr__(self) -> str:
        return f"AlyxClient({self.base_url!r}, user={self._credentials.username!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    @property
    def username(self) -> str | None:
        """Who is signed in, where that is known."""
        return self._credentials.username

    @property
    def is_logged_in(self) -> bool:
        """Whether there is a token (the server may still refuse it)."""
        return bool(self._credentials.token)

    def close(self) -> None:
        """Close the connections; they open again when needed."""
        self.connection.close()

    # Signing in

    def authenticate(
        self,
        username: str | None = None,
        password: str | None = None,
        *,
        token: str | None = None,
        remember: bool = False,
    ) -> None:
        """Sign in.

        Parameters
        ----------
        username, password : str
            Exchanged for a token.
        token : str, optional
            Used as it is.
        remember : bool
            Keep the token for later runs, in a file that only this user may read.

        Raises
        ------
        AuthenticationError
            If the server does not accept the password.
        """
        if token is None:
            if not username or password is None:
                raise AuthenticationError(f"signing in to {self.base_url} needs a user name and a password, or a token")
            token = self._exchange(username, password)
        self._credentials = Credentials(username, password, token)
        if remember:
            self.logins.save(self.base_url, self._credentials)

    def logout(self) -> None:
        """Forget the token, here and in the saved logins."""
        self._credentials = Credentials()
        self.logins.remove(self.base_url)

    def headers_for(self, url: str) -> dict[str, str]:
        """Make the headers that an address may see: the token goes to this server only."""
        token = self._credentials.token
        return {"Authorization": f"Token {token}"} if token and self.connection.is_own(url) else {}

    # Asking

    def rest(
        self,
        endpoint: str,
        action: str,
        id: object = None,  # noqa: A002 - the word of the reference
        data: Mapping[str, Any] | list[Any] | None = None,
        **filters: Any,
    ) -> Any:
        """Call an endpoint.

        Parameters
        ----------
        endpoint : str
            Such as ``"sessions"``.
        action : {'list', 'read', 'create', 'update', 'partial_update', 'delete'}
            What to do.
        id : object, optional
            Which record (an id or a name), for all actions but list and create.
        data : mapping or list, optional
            What to send.
        **filters
            What to ask for, such as ``subject="KS014"``. Lists become comma-separated. With ``limit`` a list
            ends after so many records, else it is whole.

        Returns
        -------
        list, dict or None
            All records of a list; one record; nothing for a deletion.
        """
        if action not in _METHODS:
            raise ValueError(f"no action {action!r}; choose from {', '.join(_METHODS)}")
        if action == "list":
            return list(self.iterate(endpoint, **({**filters, "django": f"pk,{id}"} if id else filters)))
        if (id is None) != (action == "create"):
            raise ValueError(f"{action} of {endpoint} {'takes no' if id is not None else 'needs an'} id")
        path = f"/{endpoint.strip('/')}" + ("" if id is None else f"/{id}")
        return self.request(_METHODS[action], path, data=data, params=filters)

    def iterate(self, endpoint: str, *, limit: int | None = None, **filters: Any) -> Iterator[dict[str, Any]]:
        """List records page by page, as they are needed; at most ``limit``."""
        found = 0
        if limit == 0:
            return
        params = {**filters, **({} if limit is None else {"limit": limit})}
        path: str | None = f"/{endpoint.strip('/')}"
        while path:
            page = self.request("GET", path, params=params)
            records, path = (page, None) if isinstance(page, list) else self._page(page)
            params = {}
            for record in records:
                yield record
                found += 1
                if found == limit:
                    return

    def get(self, path: str, **params: Any) -> Any:
        """GET an address below the base URL, such as ``/sessions?subject=KS014``."""
        return self.request("GET", path, params=params)

    def post(self, path: str, data: object = None) -> Any:
        """POST to an address below the base URL."""
        return self.request("POST", path, data=data)

    def put(self, path: str, data: object = None) -> Any:
        """PUT to an address below the base URL."""
        return self.request("PUT", path, data=data)

    def patch(self, path: str, data: object = None) -> Any:
        """PATCH an address below the base URL."""
        return self.request("PATCH", path, data=data)

    def delete(self, path: str) -> Any:
        """DELETE an address below the base URL."""
        return self.request("DELETE", path)

    def request(self, method: str, path: str, *, data: object = None, params: Mapping[str, Any] | None = None) -> Any:
        """Ask the server, again when it is busy, and once more with a new token when the old one is stale.

        Returns
        -------
        object
            The JSON of the answer; None if it has none.

        Raises
        ------
        AuthenticationError, PermissionRefused, RecordNotFound, ResponseError, ServerUnavailable
            As the server says.
        """
        url = self._url(path, params or {})
        used = self._credentials
        response = self._send(method, url, data)
        if is_stale_token(response) and self._renew(used):
            response = self._send(method, url, data)
        return check_answer(response, signed_in=self.is_logged_in)

    def _initial_credentials(self, username: str | None, password: str | None, token: str | None) -> Credentials:
        token = token or (None if password is not None else os.environ.get("BREGMA_TOKEN"))
        if token or password is not None:
            return Credentials(username, password, token)
        saved = self.logins.load(self.base_url)
        if saved is not None and username in {None, saved.username}:
            return saved
        return Credentials(username)

    def _page(self, page: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
        """Take a page apart; of the next page's address only path and query are used (proxies change the host)."""
        if not page.get("next"):
            return page["results"], None
        parts = urlsplit(page["next"])
        path = parts.path.removeprefix(urlsplit(self.base_url).path)
        return page["results"], f"{path}?{parts.query}"

    def _url(self, path: str, params: Mapping[str, Any]) -> str:
        if "://" in path and not self.connection.is_own(path):
            raise ValueError(f"{path} is not an address of {self.base_url}")
        url = path if "://" in path else f"{self.base_url}/{path.lstrip('/')}"
        query = write_query(params)
        return url + (("&" if "?" in url else "?") + query if query else "")

    def _exchange(self, username: str, password: str) -> str:
        response = self._send("POST", f"{self.base_url}/auth-token", {"username": username, "password": password})
        if response.status_code in {400, 401, 403}:
            raise AuthenticationError(
                f"{self.base_url} does not accept the user name {username!r} with this password; check both, "
                "or ask the lab's administrator for a new password"
            )
        token = check_answer(response, signed_in=False)["token"]
        return str(token)

    def _renew(self, used: Credentials) -> bool:
        """Sign in again if possible; another thread may have done so meanwhile (and got the same token)."""
        with self._lock:
            if self._credentials is not used:
                return True
            if not used.username or used.password is None:
                return False
            self.authenticate(used.username, used.password)
            return True

    def _send(self, method: str, url: str, data: object) -> httpx.Response:
        return self.connection.send(method, url, data=data, headers=self._headers(url))

    def _headers(self, url: str) -> dict[str, str]:
        return {"Accept": "application/json", **self.headers_for(url)}
