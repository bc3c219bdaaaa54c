"""What is remembered of servers between runs: which is the default, who signs in, and where files go."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bregma.one.errors import InvalidParameters

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class ServerParameters:
    """One server: its address, who signs in there, the folder of its files, tokens by user name, its data server."""

    url: str
    username: str | None = None
    cache_dir: Path | None = None
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    data_server: str | None = None
    data_login: tuple[str, str] | None = field(default=None, repr=False)

    def headers_for(self, url: str) -> dict[str, str]:
        """Make the headers that an address may see: name and password go to the data server only."""
        if self.data_login is None or not url.startswith(f"{self.data_server}/"):
            return {}
        return {"Authorization": f"Basic {b64encode(':'.join(self.data_login).encode()).decode()}"}


class SavedParameters:
    """Servers that were set up, here (``servers.json``) or with IBL's ONE (``~/.one``, which is only read).

    Parameters
    ----------
    path : Path, optional
        Our file; by default ``servers.json`` in the user's configuration folder of bregma.
    legacy : Path, optional
        The folder of IBL's ONE; by default ``.one`` in the home folder.
    """

    def __init__(self, path: Path | None = None, legacy: Path | None = None) -> None:
        self.path = path or _default_path()
        self.legacy = legacy or Path("~/.one").expanduser()

    def default_url(self) -> str | None:
        """Return the address of the default server; None if none was set up."""
        if found := self._read(self.path).get("default"):
            return str(found)
        key = self._read(self.legacy / ".caches").get("DEFAULT")
        return str(self._legacy(str(key)).get("ALYX_URL") or "") or None if key else None

    def find(self, base_url: str) -> ServerParameters:
        """Look up a server; what is not known of it is None."""
        ours = self._servers().get(base_url, {})
        key = key_of(base_url)
        theirs = self._legacy(key)
        folder = ours.get("cache_dir") or self._legacy_folders().get(key)
        tokens = {name: str(each["token"]) for name, each in (theirs.get("TOKEN") or {}).items() if each.get("token")}
        login = (theirs.get("HTTP_DATA_SERVER_LOGIN"), theirs.get("HTTP_DATA_SERVER_PWD"))
        return ServerParameters(
            base_url,
            ours.get("username") or theirs.get("ALYX_LOGIN") or None,
            Path(folder) if folder else None,
            tokens,
            str(theirs.get("HTTP_DATA_SERVER") or "").rstrip("/") or None,
            (str(login[0]), str(login[1])) if all(login) else None,
        )

    def server_of(self, cache_dir: Path) -> str | None:
        """Return the address of the server whose files go to a folder; None if it is no such folder."""
        wanted = cache_dir.expanduser().absolute()
        for url, server in self._servers().items():
            if server.get("cache_dir") and Path(server["cache_dir"]) == wanted:
                return url
        for key, folder in self._legacy_folders().items():
            if Path(folder) == wanted:
                return str(self._legacy(key).get("ALYX_URL") or f"https://{key}")
        return None

    def save(self, server: ServerParameters, *, make_default: bool) -> None:
        """Keep what is known of a server; tokens are kept elsewhere."""
        content = self._read(self.path)
        known: dict[str, str] = {}
        if server.username:
            known["username"] = server.username
        if server.cache_dir:
            known["cache_dir"] = str(server.cache_dir.expanduser().absolute())
        content.setdefault("servers", {})[server.url] = known
        if make_default or not self.default_url():
            content["default"] = server.url
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        from bregma.alf import atomic_write

        with atomic_write(self.path) as file:
            file.write(json.dumps(content, indent=1).encode())

    def _servers(self) -> dict[str, dict[str, str]]:
        servers: dict[str, dict[str, str]] = self._read(self.path).get("servers") or {}
        return servers

    def _legacy(self, key: str) -> dict[str, Any]:
        return self._read(self.legacy / f".{key}")

    def _legacy_folders(self) -> dict[str, str]:
        folders: dict[str, str] = self._read(self.legacy / ".caches").get("CLIENT_MAP") or {}
        return folders

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except ValueError as error:
            raise InvalidParameters(f"{path} is damaged ({error}); remove it, then set the server up again") from error
        if not isinstance(content, dict):
            raise InvalidParameters(f"{path} holds no parameters; remove it, then set the server up again")
        return content


def key_of(base_url: str) -> str:
    """Name a server as the files of IBL's ONE do: its host in lower case, port and path with underscores."""
    text = re.sub("^https?://", "", unicodedata.normalize("NFKC", base_url)).strip("/").lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^.\w\s-]", "_", text))


def _default_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("bregma") / "servers.json"
