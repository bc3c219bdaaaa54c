"""Signing in to a server for later runs: by token, by password, or in a browser on any device."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.one.client import AlyxClient
from bregma.one.errors import AuthenticationError, RecordNotFound, ResponseError
from bregma.one.server.parameters import SavedParameters, ServerParameters

if TYPE_CHECKING:
    from collections.abc import Callable

_PENDING = "authorization_pending"
_SLOWER = "slow_down"
_SLOWER_BY = 5.0
_ENDINGS = {
    "access_denied": "was refused in the browser",
    "expired_token": "was not approved in time; begin again",
}


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person does in the browser: open the address and compare or type the code."""

    user_code: str
    url: str
    complete_url: str
    expires_in: float

    def __str__(self) -> str:
        return f"Open {self.complete_url} in a browser and approve the code {self.user_code}"


def sign_in(
    base_url: str | None = None,
    *,
    username: str | None = None,
    password: str | None = None,
    token: str | None = None,
    browser: bool = False,
    show: Callable[[DeviceCode], None] | None = None,
    client: AlyxClient | None = None,
) -> AlyxClient:
    """Sign in and keep the token for later runs; the first server is the default one of ``ONE()`` from then on.

    Parameters
    ----------
    base_url : str, optional
        The server; by default the one that ``ONE()`` would ask.
    username, password : str, optional
        Exchanged for a token.
    token : str, optional
        A token made on the server's account page.
    browser : bool
        Show a code, and wait until a person has approved it in a browser, on this or any other device.
    show : callable, optional
        Shows the code to the person; needed with ``browser``.
    client : AlyxClient, optional
        Who talks to the server, instead of one made from the address.

    Returns
    -------
    AlyxClient
        Signed in; ``.user`` names who.

    Raises
    ------
    AuthenticationError
        If the server accepts none of it, or the person refuses; nothing is kept then.
    """
    alyx = client or AlyxClient(base_url, username)
    if browser:
        if show is None:
            raise ValueError("signing in by browser needs show=, a function that shows the code to the person")
        token = _ask_in_browser(alyx, show)
    if token is None:
        alyx.authenticate(username, password, force=True)
    else:
        _accept(alyx, username, token)
    if client is None:
        remember_server(alyx.base_url, alyx.username, None, make_default=False)
    return alyx


def remember_server(
    base_url: str | None, username: str | None, cache_dir: Path | str | None, *, make_default: bool
) -> ServerParameters:
    """Keep a server's address, user name and folder of files; what is not given stays as it was."""
    saved, url = SavedParameters(), AlyxClient(base_url).base_url
    known = saved.find(url)
    folder = Path(cache_dir).expanduser().absolute() if cache_dir else known.cache_dir
    server = ServerParameters(url, username or known.username, folder)
    saved.save(server, make_default=make_default)
    return server


def _accept(alyx: AlyxClient, username: str | None, token: str) -> None:
    """Keep a token that the server knows as this person's."""
    alyx.authenticate(username, token=token, cache_token=False)
    name = alyx.request("GET", "/me").get("username")  # also tells whether the token is good
    if username and name and name != username:
        raise AuthenticationError(f"the token belongs to {name}, not to {username}; give the right one of the two")
    alyx.authenticate(name or username, token=token)


def _ask_in_browser(alyx: AlyxClient, show: Callable[[DeviceCode], None]) -> str:
    try:
        answer = alyx.request("POST", "/auth/device", data={"name": _this_machine()})
    except RecordNotFound as error:
        raise AuthenticationError(
            f"{alyx.base_url} cannot sign in by browser; make a token on its page of your account and give it "
            "(token=…), or give user name and password"
        ) from error
    url = str(answer["verification_uri"])
    lasts = float(answer["expires_in"])
    show(DeviceCode(str(answer["user_code"]), url, str(answer.get("verification_uri_complete") or url), lasts))
    return _wait(alyx, str(answer["device_code"]), float(answer.get("interval") or 5), lasts)


def _wait(alyx: AlyxClient, device_code: str, interval: float, lasts: float) -> str:
    """Ask until the code is approved, refused or too old."""
    ends = time.monotonic() + lasts
    while time.monotonic() < ends:
        alyx.connection.retry.sleep(interval)
        said = _poll(alyx, device_code)
        if "token" in said:
            return str(said["token"])
        if said["error"] == _SLOWER:
            interval += _SLOWER_BY
        elif said["error"] != _PENDING:
            raise AuthenticationError(
                f"signing in to {alyx.base_url} {_ENDINGS.get(said['error'], 'failed: ' + said['error'])}"
            )
    raise AuthenticationError(f"signing in to {alyx.base_url} {_ENDINGS['expired_token']}")


def _poll(alyx: AlyxClient, device_code: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = alyx.request("POST", "/auth/device/token", data={"device_code": device_code})
    except ResponseError as error:
        if error.status != 400:
            raise
        return {"error": error.detail}
    return answer


def _this_machine() -> str:
    import socket

    return socket.gethostname()[:60]
