"""Requests to one server in the name of a person: the token goes along, and is renewed when it is stale."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from bregma.one.errors import AuthenticationError
from bregma.one.server.answers import check_answer, is_stale_token
from bregma.one.server.connection import Connection, write_query
from bregma.one.server.login import Credentials, SavedLogins
from bregma.one.server.notices import Notices
from bregma.one.server.parameters import SavedParameters

if TYPE_CHECKING:
    import httpx

    from bregma.store import Retry

DEFAULT_URL = "http://127.0.0.1:8000"
_JSON = "application/json, application/vnd.oai.openapi+json"
"""What answers are wanted as; the second is that of a server's description."""
Token = str | Mapping[str, Any]


class Authorized:
    """Connections to a server, and who is signed in there; parameters as of ``AlyxClient``."""

    _lock: threading.RLock

    def __init__(
        self,
        base_url: str | None,
        username: str | None,
        password: str | None,
        token: Token | None,
        *,
        logins: SavedLogins | None,
        retry: Retry | None,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self._saved = SavedParameters()
        chosen = base_url or os.environ.get("BREGMA_URL") or self._saved.default_url() or DEFAULT_URL
        self.base_url = _without_user(chosen).rstrip("/")
        self.logins = logins or SavedLogins()
        self.connection = Connection(self.base_url, retry=retry, transport=transport)
        self._notices = Notices()
        self._lock = threading.RLock()
        self._credentials = self._initial_credentials(username, password, _text_of(token))
        if password is not None and token is None:
            with ExitStack() as undo:
                undo.callback(self.close)
                self.authenticate(username, password, cache_token=False)
                undo.pop_all()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r}, user={self._credentials.username!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def username(self) -> str | None:
        """Who is signed in, where that is known without asking."""
        return self._credentials.username

    @property
    def user(self) -> str | None:
        """Who is signed in; the server is asked (``/me``) where only a token is known. None for nobody."""
        if not self._credentials.username and self._credentials.token:
            name = str(self.request("GET", "/me")["username"])
            self._credentials = Credentials(name, self._credentials.password, self._credentials.token)
        return self._credentials.username

    @property
    def is_logged_in(self) -> bool:
        """Whether there is a token (the server may still refuse it)."""
        return bool(self._credentials.token)

    def close(self) -> None:
        """Close the connections; they open again when needed."""
        self.connection.close()

    def authenticate(
        self,
        username: str | None = None,
        password: str | None = None,
        cache_token: bool = True,
        force: bool = False,
        token: Token | None = None,
    ) -> None:
        """Sign in. Nothing is asked on the terminal: what is missing is an error.

        Parameters
        ----------
        username, password : str
            Exchanged for a token; the user name is by default who signed in last.
        cache_token : bool
            Keep the token for later runs, in the system's keyring or a file that only this user may read.
        force : bool
            Sign in anew although there is a token of this user.
        token : str, optional
            Used instead of a password.

        Raises
        ------
        AuthenticationError
            If the server does not accept the password, or none was given.
        """
        username = username or self._credentials.username
        text = _text_of(token)
        if text is None and password is None and self._has_token_of(username) and not force:
            return
        if text is None:
            if not username or password is None:
                raise AuthenticationError(f"signing in to {self.base_url} needs a user name and a password, or a token")
            text = self._exchange(username, password)
        self._credentials = Credentials(username, password, text)
        if cache_token:
            self.logins.save(self.base_url, self._credentials)

    def logout(self) -> None:
        """Forget the token, here and in the saved logins; the page of the account on the server revokes it."""
        self._credentials = Credentials()
        self.logins.remove(self.base_url)

    def headers_for(self, url: str) -> dict[str, str]:
        """Make the headers that an address may see: a token for this server, a password for its data server."""
        if not self.connection.is_own(url):
            return self._saved.find(self.base_url).headers_for(url)
        token = self._credentials.token
        return {"Authorization": f"Token {token}"} if token else {}

    def renewed_headers(self, url: str, refused: Mapping[str, str]) -> dict[str, str] | None:
        """Make headers again after those in use were refused, signing in anew if need be; None if that is no use."""
        if not self.connection.is_own(url):
            return None
        used = self._credentials
        if self.headers_for(url) == dict(refused) and not (refused and self._renew(used)):
            return None
        return self.headers_for(url)

    def request(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        files: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        """Ask the server, again when it is busy, and once more with a new token when the old one is stale.

        Parameters
        ----------
        method : str
            Of HTTP.
        path : str
            Below the server's address, with or without a query.
        data : object, optional
            What is sent as JSON; text is sent as it is.
        files : mapping, optional
            Files by field name, opened for reading; data then become fields of a form.
        params : mapping, optional
            Added to the query.

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
        response = self._send(method, url, data, files)
        if is_stale_token(response) and self._renew(used):
            response = self._send(method, url, data, files)
        self._notices.note(response)
        return check_answer(response, signed_in=self.is_logged_in)

    def _has_token_of(self, username: str | None) -> bool:
        return self.is_logged_in and username in {None, self._credentials.username}

    def _initial_credentials(self, username: str | None, password: str | None, token: str | None) -> Credentials:
        token = token or (None if password is not None else self._token_of_environment())
        if token or password is not None:
            return Credentials(username, password, token)
        saved = self.logins.load(self.base_url)
        if saved is not None and username in {None, saved.username}:
            return saved
        known = self._saved.find(self.base_url)
        name = username or known.username
        return Credentials(name, None, known.tokens.get(name) if name else None)

    def _token_of_environment(self) -> str | None:
        """Look up BREGMA_TOKEN; where BREGMA_URL names another server, the token is that server's."""
        own = self.connection.is_own(os.environ.get("BREGMA_URL") or self.base_url)
        return os.environ.get("BREGMA_TOKEN") if own else None

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
            self.authenticate(used.username, used.password, cache_token=False)
            return True

    def _send(
        self, method: str, url: str, data: object = None, files: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        headers = {"Accept": _JSON, **self.headers_for(url)}
        return self.connection.send(method, url, data=data, files=files, headers=headers)


def _text_of(token: Token | None) -> str | None:
    """Read a token given as text, or as an answer that holds one."""
    return str(token["token"]) if isinstance(token, Mapping) else token


def _without_user(url: str) -> str:
    """Return an address of a server; raises AuthenticationError if it has a password in it, which many would see."""
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise AuthenticationError("an address with a user in it is shown everywhere; give username= and password=")
    return url
