"""Where a file can be had: an address on the web, or a key of a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from bregma.store.hashes import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bregma.store.protocol import Store

    Renew = Callable[[Mapping[str, str]], Mapping[str, str] | None]


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """One copy of a file.

    Parameters
    ----------
    url : str
        Its address; of a copy in a store, only a name for messages.
    headers : mapping
        What this address may see, such as a token. Never sent to another host, never shown.
    priority : int
        Copies of a lower number are tried first; of equal ones, those of the fastest host.
    renew : callable, optional
        Makes new headers from those that are no longer accepted; None if it cannot.
    store : Store, optional
        Where the copy lies if it is not read by HTTP.
    key : str
        Its key there.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    priority: int = 0
    renew: Callable[[Mapping[str, str]], Mapping[str, str] | None] | None = field(
        default=None, repr=False, compare=False
    )
    store: Store | None = field(default=None, repr=False)
    key: str = ""

    def __repr__(self) -> str:
        return f"Source({self.name!r}, priority={self.priority})"

    @classmethod
    def of(cls, store: Store, key: str, *, priority: int = 0) -> Source:
        """Name a file of a store."""
        return cls(f"{store}/{key}", priority=priority, store=store, key=key)

    @property
    def name(self) -> str:
        """The address for messages: without a query, which may be the signature of a link, and without a password."""
        if self.store is not None:
            return self.url
        parts = _split(self.url)
        return urlunsplit(parts._replace(netloc=_without_user(parts), query=""))

    @property
    def host(self) -> str:
        """What speed is measured of."""
        return repr(self.store) if self.store is not None else _split(self.url).netloc


def _split(url: str) -> SplitResult:
    """Split an address; one that is none is all path."""
    try:
        return urlsplit(url, allow_fragments=False)
    except ValueError:
        return SplitResult("", "", url.partition("?")[0], "", "")


def _without_user(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Fetch:
    """One file to bring: where to, from where, and what it must be like.

    With `resume`, what an earlier run left is used without an md5 too: the caller checks the content of the whole.
    """

    target: Path
    sources: Sequence[Source]
    expected: Fingerprint = field(default_factory=Fingerprint)
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transfer would bring: how many files, their bytes, and how many are of unknown size."""

    files: int
    size: int
    unknown: int = 0

    @classmethod
    def of(cls, items: Sequence[Fetch]) -> Plan:
        """Add up."""
        sizes = [item.expected.size for item in items]
        return cls(len(sizes), sum(size or 0 for size in sizes), sizes.count(None))

    def __str__(self) -> str:
        """Say it in words."""
        more = f", and {self.unknown} of unknown size" if self.unknown else ""
        return f"{self.files} files, {self.size / 1e6:,.1f} MB{more}"
