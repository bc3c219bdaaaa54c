"""The folder of one installation: database, files, caches, logs and the secret key."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import platformdirs


class HomeUnusable(RuntimeError):
    """The folder of the installation cannot be made or written; the message names it and says what to do."""


@dataclass(frozen=True)
class Home:
    """Where one installation keeps everything it writes.

    Parameters
    ----------
    root : Path
        The folder. Made, with the folders inside it, by :meth:`make`.
    """

    root: Path

    @classmethod
    def default(cls) -> Home:
        """Return the folder that ``BREGMA_HOME`` names, or else the user's data folder."""
        named = os.environ.get("BREGMA_HOME")
        return cls(Path(named).expanduser().resolve() if named else platformdirs.user_data_path("bregma"))

    def make(self) -> Home:
        """Make the folders that are missing; the installation belongs to one user.

        Raises
        ------
        HomeUnusable
            If a folder cannot be made or written.
        """
        way_out = "choose a folder that you may write (bregma --home DIR, or BREGMA_HOME)"
        for folder in (self.root, self.store, self.cache, self.demo, self.logs, self.run, self.static):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise HomeUnusable(f"{folder} cannot be made: {error.strerror}; {way_out}") from error
            if not os.access(folder, os.W_OK | os.X_OK):
                raise HomeUnusable(f"{folder} cannot be written; {way_out}")
        return self

    @property
    def postgres(self) -> Path:
        """Data folder of the embedded PostgreSQL server."""
        return self.root / "postgres"

    @property
    def store(self) -> Path:
        """Root of the local file repository."""
        return self.root / "store"

    @property
    def cache(self) -> Path:
        """Downloads that can be made again."""
        return self.root / "cache"

    @property
    def demo(self) -> Path:
        """Public recordings of the demo lab."""
        return self.root / "demo"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """State of the running processes, and their lock."""
        return self.root / "run"

    @property
    def static(self) -> Path:
        """Front-end assets collected from Python packages."""
        return self.root / "static"

    def secret_key(self) -> str:
        """Return the key that signs cookies and links; made once, readable by its owner only."""
        return self._secret("secret_key")

    def _secret(self, name: str) -> str:
        path = self.root / name
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # the first of several processes wins; the others read its key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")
