"""What a person asks, as PostgreSQL understands it: words, "phrases", or, -without; the last word may be unfinished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.search import SearchQuery

if TYPE_CHECKING:
    from django.contrib.postgres.search import SearchQueryCombinable

WEB = "websearch"
LONGEST = 200
"""Characters of a question that are read."""


@dataclass(frozen=True)
class Question:
    """A question: its text, and the key if it is one."""

    text: str

    @classmethod
    def read(cls, text: str) -> Question:
        """Read what stands in an address: without control characters, and not too long."""
        return cls(" ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST])

    @property
    def key(self) -> UUID | None:
        """The uuid that is asked for, if the question is one."""
        try:
            return UUID(self.text)
        except ValueError:
            return None

    @property
    def last_word(self) -> str:
        """The word that may be unfinished; empty if the last one is part of a phrase, or left out."""
        before, _, last = self.text.rpartition(" ")
        is_or = before.rpartition(" ")[2].lower() == "or"
        if self.text.count('"') or is_or or last.startswith("-") or last.lower() == "or":
            return ""
        plain = "".join(sign for sign in last if sign.isalnum() or sign in "-_.")
        return plain if any(sign.isalnum() for sign in plain) else ""

    @property
    def query(self) -> SearchQueryCombinable:
        """The condition on words: as they are, with the beginning of the last one, or by their stems."""
        last = self.last_word
        plain = SearchQuery(self.text.rpartition(" ")[0] if last else self.text, config="simple", search_type=WEB)
        if last:
            plain = plain & SearchQuery(f"'{last}':*", config="simple", search_type="raw")
        return plain | SearchQuery(self.text, config="english", search_type=WEB)
