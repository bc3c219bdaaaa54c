"""Who signs in, and where a token is kept between runs: the keyring, or a file that only its owner may read."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from bregma.one.errors import AuthenticationError

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "bregma"


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
        if login.get("keyring") and (vault := self._vault()):
            with contextlib.suppress(*_keyring_errors()):
                vault.delete_password(SERVICE, base_url)
        self._write(logins)

    def _vault(self) -> Vault | None:
        return self._given or (_system_vault() if self._uses_system else None)

    def _lock_away(self, base_url: str, token: str) -> bool:
        """Put a token into the keyring, and tell whether that worked; it may ask, so not without a terminal."""
        vault = self._given or (self._vault() if sys.stdin is not None and sys.stdin.isatty() else None)
        if vault is None:
            return False
        try:
            vault.set_password(SERVICE, base_url, token)
        except _keyring_errors():
            return False
        return True

    def _unlock(self, base_url: str) -> str | None:
        vault = self._vault()
        try:
            return vault.get_password(SERVICE, base_url) if vault else None
        except _keyring_errors() as error:
            raise AuthenticationError(
                f"the token of {base_url} is in the system's keyring, which cannot be opened ({error}); "
                "set BREGMA_TOKEN, or sign in again"
            ) from error

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            logins: dict[str, dict[str, str]] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise AuthenticationError(f"{self.path} is damaged; remove it and sign in again") from error
        return logins

    def _write(self, logins: dict[str, dict[str, str]]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(logins, file, indent=1)
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)


def _default_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("bregma") / "logins.json"


def _system_vault() -> Vault | None:
    """Return the system's keyring; None where there is no safe one that works."""
    import keyring

    backend = keyring.get_keyring()
    return cast("Vault", backend) if backend.priority >= 1 else None


def _keyring_errors() -> tuple[type[Exception], ...]:
    from keyring.errors import KeyringError

    return (KeyringError,)
