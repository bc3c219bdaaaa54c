"""A long list of records that a server sends page by page: asked for as it is read, and used like a list."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload
from urllib.parse import parse_qsl, urlencode, urlsplit

from bregma.one.errors import ResponseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, Any]


class Records(Sequence[Record]):
    """Records of a list; pages come when their records are first read.

    Parameters
    ----------
    ask : callable
        Given path and query of a page, returns the server's answer: a mapping with count and results.
    first : dict
        The first page.
    base_path : str
        The path below which the server lies; addresses of pages begin with it.
    limit : int, optional
        How many records to give at most.
    """

    def __init__(
        self, ask: Callable[[str], Any], first: dict[str, Any], *, base_path: str = "", limit: int | None = None
    ) -> None:
        self._ask = ask
        self._path, self._query = _next_of(first, base_path)
        self._size = max(1, len(first["results"]))
        count = int(first["count"])
        self._length = count if limit is None else min(count, limit)
        self._pages: dict[int, list[Record]] = {0: first["results"]}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        if isinstance(index, slice):
            return [self._record(i) for i in range(*index.indices(self._length))]
        at = index + self._length if index < 0 else index
        if not 0 <= at < self._length:
            raise IndexError(f"no record {index} among {self._length}")
        return self._record(at)

    def __iter__(self) -> Iterator[Record]:
        i = 0
        while i < self._length:  # which may become less while the pages come
            page = self._page(i // self._size)
            if i % self._size >= len(page):
                return
            yield page[i % self._size]
            i += 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # like a list

    def __add__(self, other: Sequence[Record]) -> list[Record]:
        return [*self, *other]

    def __radd__(self, other: Sequence[Record]) -> list[Record]:
        return [*other, *self]

    def __repr__(self) -> str:
        return f"<{self._length} records of {self._path}>"

    def __reduce__(self) -> tuple[object, ...]:
        return list, (list(self),)

    def _record(self, index: int) -> Record:
        page = self._page(index // self._size)
        if index % self._size >= len(page):
            raise IndexError(f"no record {index}: {self._path} has fewer than when it was first asked; ask again")
        return page[index % self._size]

    def _page(self, number: int) -> list[Record]:
        if number not in self._pages:
            query = {**self._query, "limit": str(self._size), "offset": str(number * self._size)}
            path = f"{self._path}?{urlencode(query)}"
            self._pages[number] = check_page(self._ask(path), path, set())["results"]
        return self._pages[number]


def next_path(page: dict[str, Any], base_path: str) -> str | None:
    """Return path and query of the page after one; of its address nothing else is used (proxies change the host)."""
    if not page.get("next"):
        return None
    parts = urlsplit(str(page["next"]))
    return f"{parts.path.removeprefix(base_path)}?{parts.query}"


def is_numbered(page: dict[str, Any]) -> bool:
    """Tell whether the pages of an answer can be asked for in any order, by offset."""
    count = page.get("count")
    return isinstance(count, int) and 0 <= count <= sys.maxsize and "offset=" in str(page.get("next"))


def _next_of(page: dict[str, Any], base_path: str) -> tuple[str, dict[str, str]]:
    path, _, query = (next_path(page, base_path) or "").partition("?")
    return path, dict(parse_qsl(query))


def check_page(answer: Any, path: str, seen: set[str]) -> Any:
    """Return an answer if it is a list or a page of one, and not one that came before.

    Raises
    ------
    ResponseError
        If it is none, or the pages go round in a circle.
    """
    records = answer.get("results") if isinstance(answer, dict) else answer
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        shape = type(records).__name__
        raise ResponseError(f"{path} answered {shape} instead of a list of records; is it an Alyx?", status=200)
    if path in seen:
        raise ResponseError(f"the pages of {path} come again and again; tell the server's administrator", status=200)
    seen.add(path)
    return answer
