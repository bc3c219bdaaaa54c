"""Answers of a server to GET, kept where that is wanted, and lists that are whole however many pages they have."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bregma.one.server.downloads import ServerFiles
from bregma.one.server.pages import Records, check_page, is_numbered, next_path
from bregma.one.server.rest_cache import MISSING, RestCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

_logger = logging.getLogger(__name__)


class Lists(ServerFiles):
    """Asks for answers and lists, and writes; part of ``AlyxClient``."""

    def __init__(self, *args: Any, cache_rest: str | None, **kwargs: Any) -> None:
        if cache_rest not in {None, "GET"}:
            raise ValueError(f"cache_rest is None or 'GET', not {cache_rest!r}; only answers to GET are kept")
        super().__init__(*args, **kwargs)
        self.cache_mode = cache_rest

    @property
    def rest_cache_dir(self) -> Path:
        """Where answers are kept if ``cache_rest='GET'``."""
        return self.cache_dir / ".rest"

    def clear_rest_cache(self) -> None:
        """Forget the answers that were kept."""
        RestCache(self.rest_cache_dir).clear()

    def logout(self) -> None:
        """Forget the token, here and in the saved logins, and the answers that were kept for it."""
        super().logout()
        self.clear_rest_cache()

    def iterate(self, endpoint: str, *, limit: int | None = None, **filters: Any) -> Iterator[dict[str, Any]]:
        """List records page by page, as they are needed; at most ``limit``."""
        found = 0
        if limit == 0:
            return
        params = {**filters, **({} if limit is None else {"limit": limit})}
        path: str | None = f"/{endpoint.strip('/')}"
        seen: set[str] = set()
        while path:
            page = check_page(self._answer(path, params), path, seen)
            records, path = (page, None) if isinstance(page, list) else (page["results"], self._next(page))
            params = {}
            for record in records:
                yield record
                found += 1
                if found == limit:
                    return

    def _write(
        self,
        method: str,
        path: str,
        data: object = None,
        files: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        answer = self.request(method, path, data=data, files=files, params=params)
        if self.cache_mode:
            self.clear_rest_cache()
        return answer

    def _answer(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        fresh: bool = False,
        expires: timedelta | bool | None = None,
    ) -> Any:
        """GET an address, or return what was kept of it for this user."""
        if not self.cache_mode or expires is True:
            return self.request("GET", path, params=params)
        url, who, cache = self._url(path, params or {}), self._credentials.digest, RestCache(self.rest_cache_dir)
        answer = MISSING if fresh else cache.find(who, url)
        if answer is MISSING:
            answer = self.request("GET", path, params=params)
            cache.keep(who, url, answer, None if isinstance(expires, bool) else expires)
        return answer

    def _list(self, endpoint: str, filters: dict[str, Any], *, fresh: bool, expires: timedelta | bool | None) -> Any:
        if filters.get("limit") == 0:
            return []
        page = self._answer(f"/{endpoint}", filters, fresh=fresh, expires=expires)
        return self._records(page, filters.get("limit")) if is_page(page) else page

    def _records(self, page: dict[str, Any], limit: int | str | None) -> Sequence[dict[str, Any]]:
        """Give the records of a first page and of those after it: as they are read, where these are numbered."""
        check_page(page, "a list", set())
        if detail := page.get("detail"):
            _logger.warning("%s: %s", self.base_url, detail)
        most = None if limit is None else int(limit)
        records: list[dict[str, Any]] = page["results"]
        if not page.get("next") or (most is not None and len(records) >= most):
            return records[:most]
        if is_numbered(page):
            return Records(self._answer, page, base_path=self._base_path, limit=most)
        path, seen = self._next(page), set[str]()
        while path and (most is None or len(records) < most):
            page = check_page(self._answer(path), path, seen)
            records, path = [*records, *page["results"]], self._next(page)
        return records[:most]

    @property
    def _base_path(self) -> str:
        return urlsplit(self.base_url).path

    def _next(self, page: dict[str, Any]) -> str | None:
        return next_path(page, self._base_path)


def is_page(answer: object) -> bool:
    """Tell whether an answer is a page of a list."""
    return isinstance(answer, dict) and {"next", "results"} <= answer.keys()
