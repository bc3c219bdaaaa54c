"""The way of one file from its first good source into its place."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from bregma.store.errors import (
    AccessDenied,
    HashMismatch,
    StorageFull,
    StoreError,
    StoreUnavailable,
    storage_full_for,
)
from bregma.store.transfer.opening import Interrupted, TooShort, open_source
from bregma.store.transfer.part import PartFile

if TYPE_CHECKING:
    import httpx

    from bregma.store.retry import Retry
    from bregma.store.transfer.line import Line, Speeds
    from bregma.store.transfer.source import Fetch, Source

_OTHER_FILE = "Nothing was kept: tell the lab to send the file again or register it anew"
_MIRROR_ATTEMPTS = 2


def bring(item: Fetch, client: httpx.Client, retry: Retry, line: Line, speeds: Speeds) -> None:
    """Bring one file, from the best of its sources that has the right bytes.

    Raises
    ------
    FileMissing, AccessDenied, HashMismatch, StoreUnavailable
        If none has; of several sources the error tells each.
    StorageFull
        If the disk is full; the partial file is removed.
    """
    if not item.sources:
        raise StoreUnavailable(f"no source is known of {item.target}")
    opened = PartFile(item.target, item.expected, resume=item.resume)
    with storage_full_for(item.target.name, item.target.parent), opened as part:
        try:
            _from_any(item, part, client, retry, line, speeds)
        except OSError as error:
            if not isinstance(error, StoreError):
                part.discard()
            raise
        part.place()


def _from_any(
    item: Fetch, part: PartFile, client: httpx.Client, retry: Retry, line: Line, speeds: Speeds
) -> None:  # fmt: skip
    ranked = sorted(item.sources, key=lambda source: (source.priority, *speeds.rank(source.host)))
    failures: list[tuple[Source, StoreError]] = []
    for source in ranked:
        others = source is not ranked[-1]
        patience = replace(retry, attempts=min(_MIRROR_ATTEMPTS, retry.attempts)) if others else retry
        try:
            Transfer(part, source, client, line).run(patience, speeds)
        except StorageFull:
            raise
        except StoreError as error:
            failures.append((source, error))
            continue
        return
    _explain(item, failures)


def _explain(item: Fetch, failures: list[tuple[Source, StoreError]]) -> NoReturn:
    """Raise the one error, or one that tells all."""
    first = failures[0][1]
    if len(failures) == 1:
        raise first
    kinds = {type(error) for _, error in failures}
    kind = type(first) if len(kinds) == 1 else StoreUnavailable
    told = "; ".join(f"({number}) {source.name}: {error}" for number, (source, error) in enumerate(failures, 1))
    raise kind(f"none of {len(failures)} sources brings {item.target.name}: {told}") from first


class Transfer:
    """The way of one file from one source to its part."""

    def __init__(self, part: PartFile, source: Source, client: httpx.Client, line: Line) -> None:
        self._part = part
        self._source = source
        self._client = client
        self._line = line
        self._headers = source.headers
        self._restarted = False
        self._renewed = False

    def run(self, retry: Retry, speeds: Speeds) -> None:
        """Ask until the part is right, going on where the last answer stopped."""
        reason, began, tries = "", time.monotonic(), 0
        first = self._part.size
        for attempt in retry.tries():
            self._line.check()
            before, tries = self._part.size, attempt.number
            try:
                self._receive()
                if self._is_right(resumed=before > 0):
                    speeds.note(self._source.host, self._part.size - first, time.monotonic() - began)
                    return
            except Interrupted as error:
                reason, attempt.retry_after, attempt.reached = str(error), error.retry_after, error.reached
                attempt.reached |= self._part.size > 0
            attempt.moved = self._part.size > before
        speeds.note_failure(self._source.host)
        raise StoreUnavailable(
            f"{self._source.name} failed {tries} times without progress ({reason or 'it came incomplete'}); "
            f"{self._part.size} bytes are kept. Check the connection and try again"
        )

    def _receive(self) -> None:
        """Make one request and keep what comes; a refused token is renewed once."""
        if self._part.size and self._part.size == self._part.expected.size:
            return
        try:
            self._request()
        except AccessDenied:
            headers = None if self._renewed or self._source.renew is None else self._source.renew(self._headers)
            if headers is None:
                raise
            self._renewed, self._headers = True, headers
            self._request()
        except TooShort as error:
            self._restart(str(error))

    def _request(self) -> None:
        part, start = self._part, self._part.size
        with open_source(self._client, self._source, start, self._headers) as answer:
            if answer.start != start:
                part.restart()
            expected = part.expected
            if not answer.framed and expected.size is None and not expected.md5:
                raise StoreUnavailable(
                    f"{self._source.name} comes without its length, and nothing is known of the file: whether it is "
                    "whole cannot be told. Register it with its size or hash"
                )
            try:
                for chunk in self._line.pass_on(answer.chunks):
                    part.append(chunk)
                    if expected.size is not None and part.size > expected.size:
                        break
            finally:
                part.flush()
            self._check_length(answer.total)

    def _check_length(self, total: int | None) -> None:
        """Refuse a file that goes on after its registered end, without waiting for all of it."""
        part = self._part
        if part.expected.size is not None and part.size > part.expected.size:
            measured = replace(part.fingerprint, size=max(part.size, total or 0), md5=None)
            part.restart()
            part.expected.check(measured, self._source.name, _OTHER_FILE)

    def _is_right(self, *, resumed: bool) -> bool:
        """Check the part; False if more must be asked for, HashMismatch if that is no use."""
        part = self._part
        measured, expected = part.fingerprint, part.expected
        if expected.accepts(measured):
            return True
        if expected.size is not None and part.size < expected.size:
            return False
        part.restart()
        if not resumed or self._restarted:
            expected.check(measured, self._source.name, _OTHER_FILE)
        self._restarted = True  # the earlier bytes may have been those of another file: once more from the start
        return False

    def _restart(self, reason: str) -> None:
        self._part.restart()
        if self._restarted:
            raise HashMismatch(f"{reason}: it is another file than expected ({self._part.expected}). {_OTHER_FILE}")
        self._restarted = True
        raise Interrupted(reason)
