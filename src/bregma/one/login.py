"""Who signs in, and where a token is kept between runs (a file that only its owner may read)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bregma.one.errors import AuthenticationError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name with a password, a token, or both. Secrets are never shown."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        # The token is enough for a worker process; the password stays here.
        return Credentials, (self.username, None, self.token)


class SavedLogins:
    """Tokens of servers, kept in one file with mode 0600.

    Parameters
    ----------
    path : Path, optional
        The file; by default ``logins.json`` in the user's configuration folder of bregma.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _default_path()

    def load(self, base_url: str) -> Credentials | None:
        """Look up a server's token; None if none was saved.

        Raises
        ------
        AuthenticationError
            If the file cannot be understood.
        """
        login = self._read().get(base_url)
        return Credentials(login.get("username"), None, login.get("token")) if login else None

    def save(self, base_url: str, credentials: Credentials) -> None:
        """Keep a server's token; the password is not kept."""
        logins = self._read()
        logins[base_url] = {"username": credentials.username or "", "token": credentials.token or ""}
        self._write(logins)

    def remove(self, base_url: str) -> None:
        """Forget a server's token."""
        logins = self._read()
        if logins.pop(base_url, None) is not None:
            self._write(logins)

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
