"""Columns of text as the search sees them: one vector of words, plain and stemmed, for an index and for questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

LONGEST = 60_000
"""Characters of a text that are found; a vector of words has at most a megabyte."""


class Words(Func):
    """The words of some columns, as they are and by their English stems.

    Names such as ``ZFM-01592`` are found whole and by their parts. The same expression makes the index and asks it.
    """

    output_field = SearchVectorField()

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        """Write the expression; it has no parameters, so that PostgreSQL knows the index again."""
        columns = [compiler.compile(one)[0] for one in self.get_source_expressions() if one is not None]
        text = " || ' ' || ".join(f"coalesce({column}, '')::text" for column in columns)
        short = f"left({text}, {LONGEST})"
        plain = f"{short} || ' ' || translate({short}, '-_./', '    ')"
        return f"(to_tsvector('simple', {plain}) || to_tsvector('english', {short}))", []  # type: ignore[return-value] # lookups add lists
