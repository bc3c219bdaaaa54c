"""Files and tables by their address on a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bregma.one.server.authorized import Authorized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx

    from bregma.store import Retry

_PARALLEL = 8


class ServerFiles(Authorized):
    """Downloads what has an address; part of ``AlyxClient``."""

    def __init__(self, *args: Any, cache_dir: Path | str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cache_dir = Path(cache_dir).expanduser() if cache_dir else None

    @property
    def cache_dir(self) -> Path:
        """Where files go."""
        return self._cache_dir or self._saved.find(self.base_url).cache_dir or _default_cache(self.base_url)

    @cache_dir.setter
    def cache_dir(self, value: Path | str) -> None:
        self._cache_dir = Path(value).expanduser()

    def download_file(
        self,
        url: str | Iterable[str],
        *,
        target_dir: Path | str | None = None,
        clobber: bool = False,
        return_md5: bool = False,
        **_: Any,
    ) -> Any:
        """Download a file, or several at once, into one folder.

        Parameters
        ----------
        url : str or iterable of str
            Addresses, or paths below the data server.
        target_dir : path, optional
            Where they go; by default the cache folder.
        clobber : bool
            Whether a file of that name is fetched again.
        return_md5 : bool
            Whether pairs of path and md5 are returned.

        Returns
        -------
        Path, or list of Path
            Where they are, in order.

        Raises
        ------
        StoreError
            If one cannot be had whole.
        """
        folder = Path(target_dir) if target_dir else self.cache_dir
        if isinstance(url, str):
            return self._download(url, folder, clobber=clobber, return_md5=return_md5)
        with ThreadPoolExecutor(_PARALLEL) as pool:
            jobs = [pool.submit(self._download, one, folder, clobber=clobber, return_md5=return_md5) for one in url]
            return [job.result() for job in jobs]

    def rel_path2url(self, path: Path | str) -> str:
        """Return the address of a file on the data server, from its path below the folder of files."""
        data_server = self._saved.find(self.base_url).data_server or f"{self.base_url}/store"
        return f"{data_server.rstrip('/')}/{PurePosixPath(path).as_posix().strip('/')}"

    def _download(self, address: str, folder: Path, *, clobber: bool, return_md5: bool) -> Any:
        from bregma.store import hash_file

        url = address if "://" in address else self.rel_path2url(address)
        connection, headers = self.connection, self.headers_for(url)
        target = download_into(folder, url, connection.http, headers, clobber=clobber, retry=connection.retry)
        return (target, hash_file(target)) if return_md5 else target


def download_into(
    folder: Path,
    url: str,
    http: httpx.Client,
    headers: Mapping[str, str],
    *,
    clobber: bool = False,
    retry: Retry | None = None,
) -> Path:
    """Download an address into a folder, under its own name, unless it is there; with ``clobber`` in any case."""
    from bregma.one.files.mirrors import escape_url
    from bregma.store import Source, download

    url = escape_url(url)
    target = folder / unquote(PurePosixPath(urlsplit(url).path).name)
    if clobber or not target.is_file():
        download(http, Source(url, headers), target, retry=retry)
    return target


def _default_cache(base_url: str) -> Path:
    """One folder per server: datasets of two servers may have the same path."""
    from bregma.services.home import Home

    return Home.default().cache / urlsplit(base_url).netloc.replace(":", "_")
