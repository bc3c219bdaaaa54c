"""Every place where a dataset's file can be had, from what a server says of its copies."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from bregma.one.records import id_of
from bregma.store import Source, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from bregma.one.client import AlyxClient
    from bregma.store import Store

_BATCH = 50
_PRIORITY = {"http": 0, "https": 0, "s3": 1, "ftps": 2, "ftp": 2, "globus": 3}


class Mirrors:
    """Turns datasets into sources.

    Parameters
    ----------
    client : AlyxClient
        Who asks the server, and whose token it gets.
    """

    def __init__(self, client: AlyxClient) -> None:
        self._client = client
        self._repositories: dict[str, dict[str, Any]] | None = None
        self._stores: dict[str, Store] = {}

    def at(self, url: str) -> Source:
        """Make the source of an address of the web, with a token if it is the server's own."""
        url = escape_url(url)
        return Source(url, self._client.headers_for(url), renew=partial(self._client.renewed_headers, url))

    def find(self, ids: Iterable[UUID]) -> dict[UUID, list[Source]]:
        """Ask for the copies of many datasets, 50 in a request.

        Returns
        -------
        dict of UUID to list of Source
            Of each dataset the copies that exist and can be read here; those of the web first.
        """
        found: dict[UUID, list[Source]] = {}
        left = list(ids)
        while left:
            wanted, left = [str(one) for one in left[:_BATCH]], left[_BATCH:]
            for record in self._client.rest("datasets", "list", django=f"id__in,{wanted!r}"):
                found[id_of(record)] = list(self._sources(record))
        return found

    def _sources(self, record: Mapping[str, Any]) -> Iterator[Source]:
        for copy in record.get("file_records") or ():
            if not copy.get("exists"):
                continue
            address = copy.get("data_url") or self._address(copy)
            if address:
                yield from self._readers(str(address))

    def _readers(self, address: str) -> Iterator[Source]:
        """Make the ways to read one copy; a bucket of Amazon is asked with the user's keys too, if there are any."""
        try:
            scheme = urlsplit(address).scheme
        except ValueError:
            return  # no address; the other copies must do
        if scheme in {"http", "https"}:
            yield self.at(address)
            bucket = _bucket(address)
            if bucket and has_keys():
                yield from self._stored(*bucket)
        elif scheme in _PRIORITY:
            place, _, key = address.partition("://")[2].partition("/")
            yield from self._stored(f"{scheme}://{place}", key)

    def _stored(self, place: str, key: str) -> Iterator[Source]:
        from bregma.store import open_store

        try:
            if place not in self._stores:
                self._stores[place] = open_store(place)
        except StoreError:
            return  # not set up on this machine; the other copies must do
        yield Source.of(self._stores[place], key, priority=_PRIORITY[urlsplit(place).scheme])

    def _address(self, copy: Mapping[str, Any]) -> str | None:
        """Make the address of a copy whose repository is not on the web, from what the repository's record says."""
        if self._repositories is None:
            records = self._client.rest("data-repository", "list")
            self._repositories = {str(record.get("name")): record for record in records}
        repository = self._repositories.get(str(copy.get("data_repository")), {})
        path = str(copy.get("relative_path") or "").lstrip("/")
        details = repository.get("json") or {}
        if details.get("bucket_name"):
            return f"s3://{details['bucket_name']}/{path}"
        if repository.get("globus_endpoint_id") and not repository.get("globus_is_personal"):
            folder = str(repository.get("globus_path") or "").strip("/")
            return f"globus://{repository['globus_endpoint_id']}/{folder}/{path}".replace("//", "/").replace(
                ":/", "://"
            )
        return None


def has_keys() -> bool:
    """Tell whether this user has keys of Amazon's store, from the environment or a profile."""
    from bregma.store.s3 import find_keys

    return find_keys(os.environ) is not None


def escape_url(url: str) -> str:
    """Escape what an address may not carry as it is, above all the ``#`` of revisions; safe to repeat."""
    scheme, netloc, path, query, _ = urlsplit(url, allow_fragments=False)
    return urlunsplit((scheme, netloc, quote(path, safe="/%"), query, ""))


def _bucket(url: str) -> tuple[str, str] | None:
    """Read bucket and key from an address such as https://bucket.s3.amazonaws.com/key."""
    parts = urlsplit(url, allow_fragments=False)
    name, found, rest = (parts.hostname or "").partition(".s3.")
    if not found or not rest.endswith("amazonaws.com"):
        return None
    return f"s3://{name}", parts.path.lstrip("/")
