"""When to ask a server again, and after how long."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUSY = frozenset({429, 502, 503, 504})
"""Answers that mean: not now."""


@dataclass(frozen=True)
class Retry:
    """A policy: how often to try, and how long to wait between.

    Parameters
    ----------
    attempts : int
        How many requests at most.
    first : int
        How many requests at most to a server that never answered: a wrong address should be told at once.
    longest : float
        No wait is longer than this many seconds.
    sleep : callable
        Waits for a number of seconds.
    """

    attempts: int = 8
    first: int = 3
    longest: float = 300.0
    sleep: Callable[[float], object] = field(default=time.sleep, repr=False)

    def tries(self) -> Iterator[Attempt]:
        """Count attempts, waiting between them: leave the loop when one succeeds.

        The loop ends after the last allowed attempt. One that brought something (``attempt.moved``) is a reason
        for hope: only attempts in a row that brought nothing count.

        Yields
        ------
        Attempt
            Of which the caller says what happened.
        """
        failures = 0
        while True:
            attempt = Attempt(self, failures + 1)
            yield attempt
            failures = 1 if attempt.moved else failures + 1
            if self.is_last(failures, reached=attempt.reached) or self.is_too_long(attempt.retry_after):
                return
            self.wait(failures, attempt.retry_after)

    def is_last(self, attempt: int, *, reached: bool) -> bool:
        """Tell whether to give up after a request that found nobody; a server that answered before may come back."""
        return attempt >= (self.attempts if reached else min(self.first, self.attempts))

    def is_too_long(self, retry_after: str | None) -> bool:
        """Tell whether a server wants to be left alone for longer than anybody would wait: that is told at once."""
        return (_seconds(retry_after) or 0.0) > self.longest

    def wait(self, attempt: int, retry_after: str | None = None) -> None:
        """Wait before the next request.

        Parameters
        ----------
        attempt : int
            How many requests have failed.
        retry_after : str, optional
            The server's Retry-After header: seconds, or a date. Without it the wait doubles each
            time from half a second, with some chance so that many clients do not return together.
        """
        import random

        asked = _seconds(retry_after)
        if asked is None:
            asked = 0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
        self.sleep(min(asked, self.longest))


@dataclass(slots=True)
class Attempt:
    """One attempt of a loop of :meth:`Retry.tries`, and what the caller tells of it.

    Parameters
    ----------
    policy : Retry
        Whose loop this is.
    number : int
        How many attempts there were in a row without success, this one included.
    reached : bool
        Whether the server is known to be there; if not, fewer attempts are made.
    moved : bool
        Whether a part of the work was done.
    retry_after : str, optional
        The server's Retry-After header.
    """

    policy: Retry = field(repr=False)
    number: int = 1
    reached: bool = True
    moved: bool = False
    retry_after: str | None = None

    @property
    def is_last(self) -> bool:
        """Whether no other attempt follows, as things stand."""
        given_up = self.policy.is_last(self.number, reached=self.reached)
        return not self.moved and (given_up or self.policy.is_too_long(self.retry_after))


def _seconds(retry_after: str | None) -> float | None:
    """Read a Retry-After header; None where there is none or it makes no sense."""
    from email.utils import parsedate_to_datetime

    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
