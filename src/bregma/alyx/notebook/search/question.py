"""What a person asks, as PostgreSQL understands it: words, "phrases", or, -without; the last word may be unfinished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField
from django.db.models import Func, Value

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

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
    def query(self) -> Func:
        """The condition on words: as they are, with the beginning of the last one, or by their stems."""
        last = self.last_word
        rest = self.text.rpartition(" ")[0] if last else self.text
        return Query(Value(rest), Value(f"'{last}':*" if last else ""), Value(self.text))


class Query(Func):
    """The plain words and the beginning of one, or the stems."""

    template = (
        "((websearch_to_tsquery('simple', %(rest)s) && to_tsquery('simple', %(last)s))"
        " || websearch_to_tsquery('english', %(whole)s))"
    )
    output_field = SearchQueryField()
    arity = 3

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **kwargs: Any
    ) -> tuple[str, list[Any]]:
        """Write the expression."""
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        names = dict(zip(("rest", "last", "whole"), (sql for sql, _ in parts), strict=True))
        return self.template % names, [value for _, values in parts for value in values]
