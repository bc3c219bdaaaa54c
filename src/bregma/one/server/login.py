"""Who signs in, and where a token is kept between runs: the keyring, or a file that only its owner may read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from bregma.one.errors import AuthenticationError
from bregma.one.server.private import write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVICE = "bregma"
PATIENCE = 10.0
"""Seconds that a keyring may take where nobody can unlock it."""
T = TypeVar("T")


class VaultClosed(Exception):
    """A keyring cannot be used, now or ever."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name with a password, a token, or both. Secrets are never shown."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> str:
        """A name of who this is that does not tell the token: what a server answers depends on it."""
        return hashlib.sha256(f"{self.username}\n{self.token}".encode()).hexdigest()

    def __reduce__(self) -> tuple[object, ...]:
        # The token is enough for a worker process; the password stays here.
        return Credentials, (self.username, None, self.token)


class Vault(Protocol):
    """The part of a system's keyring that is used here."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret; None if there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


class SavedLogins:
    """Tokens of servers: in the system's keyring where it works, else in a file with mode 0600.

    The file names the user of each server, and says whether the token is in the keyring: only then is the keyring
    asked, so that batch jobs elsewhere never wait for one that is locked.

    Parameters
    ----------
    path : Path, optional
        The file; by default ``logins.json`` in the user's configuration folder of bregma.
    vault : Vault, optional
        The keyring; by default the system's if the file is the default one, else none.
    """

    def __init__(self, path: Path | None = None, vault: Vault | None = None) -> None:
        self.path = path or _default_path()
        self._given = vault
        self._uses_system = path is None

    def load(self, base_url: str) -> Credentials | None:
        """Look up a server's token; None if none was saved.

        Raises
        ------
        AuthenticationError
            If the file cannot be understood, or the keyring not opened.
        """
        login = self._read().get(base_url)
        if login is None:
            return None
        token = self._unlock(base_url) if login.get("keyring") else login.get("token")
        return Credentials(login.get("username"), None, token)

    def save(self, base_url: str, credentials: Credentials) -> None:
        """Keep a server's token; the password is not kept."""
        logins, name, token = self._read(), credentials.username or "", credentials.token or ""
        kept = {"keyring": "yes"} if self._lock_away(base_url, token) else {"token": token}
        logins[base_url] = {"username": name, **kept}
        self._write(logins)

    def remove(self, base_url: str) -> None:
        """Forget a server's token."""
        logins = self._read()
        login = logins.pop(base_url, None)
        if login is None:
            return
        if login.get("keyring"):
            with contextlib.suppress(VaultClosed):
                _ask_vault(lambda: self._open_vault().delete_password(SERVICE, base_url))
        self._write(logins)

    def _open_vault(self) -> Vault:
        vault = self._given or (_system_vault() if self._uses_system else None)
        if vault is None:
            raise VaultClosed("there is none here")
        return vault

    def _lock_away(self, base_url: str, token: str) -> bool:
        """Put a token into the keyring, and tell whether that worked; it may ask, so not without a terminal."""
        if self._given is None and not (self._uses_system and _somebody_is_there()):
            return False
        try:
            _ask_vault(lambda: self._open_vault().set_password(SERVICE, base_url, token))
        except VaultClosed:
            return False
        return True

    def _unlock(self, base_url: str) -> str | None:
        try:
            return _ask_vault(lambda: self._open_vault().get_password(SERVICE, base_url))
        except VaultClosed as error:
            raise AuthenticationError(
                f"the token of {base_url} is in the system's keyring, which cannot be opened ({error}); "
                "set BREGMA_TOKEN, or sign in again"
            ) from error

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            logins: Any = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            return {}
        except ValueError as error:
            raise AuthenticationError(f"{self.path} is damaged; remove it and sign in again") from error
        if not isinstance(logins, dict) or not all(isinstance(login, dict) for login in logins.values()):
            raise AuthenticationError(f"{self.path} holds no logins; remove it and sign in again")
        return dict(logins)

    def _write(self, logins: dict[str, dict[str, str]]) -> None:
        write_private(self.path, json.dumps(logins, indent=1))


def _default_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("bregma") / "logins.json"


def _system_vault() -> Vault | None:
    """Return the system's keyring; None where there is no safe one that works."""
    import keyring

    backend = keyring.get_keyring()
    return cast("Vault", backend) if backend.priority >= 1 else None


def _ask_vault(ask: Callable[[], T]) -> T:
    """Ask a keyring something; for a limited time where nobody sits who could unlock it.

    Raises
    ------
    VaultClosed
        If it does not answer, or says no: its backends raise errors of all kinds.
    """
    answer: Future[T] = Future()

    def wait() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:
            answer.set_exception(error)

    Thread(target=wait, daemon=True, name="keyring").start()
    try:
        return answer.result(None if _somebody_is_there() else PATIENCE)
    except TimeoutError as error:
        raise VaultClosed(f"no answer for {PATIENCE:g} s, and nobody is here to unlock it") from error
    except Exception as error:
        raise VaultClosed(f"{type(error).__name__}: {error}") from error


def _somebody_is_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
