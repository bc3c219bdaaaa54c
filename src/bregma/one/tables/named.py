"""Which sessions have files of which names."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bregma.one.tables.snapshot import in_todays_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from bregma.alf import QC


@dataclass(frozen=True)
class NamedFiles:
    """Names of files by session.

    Attributes
    ----------
    keys : polars.DataFrame
        A row per file: ``session``, ``path`` (a row of the paths), ``exists`` and ``qc``.
    paths : polars.DataFrame
        Each path once, sorted: rel_path, collection, revision, name.
    """

    keys: pl.DataFrame
    paths: pl.DataFrame

    @classmethod
    def of_table(cls, table: pl.LazyFrame, place: str) -> NamedFiles:
        """Take the names out of a table of datasets, in whatever columns it was written; sessions are their ids."""
        import polars as pl

        columns = [one for one in ("eid", "rel_path", "exists", "qc") if one in table.collect_schema()]
        today = in_todays_columns(table.select(*columns, id=pl.lit("")), "datasets", place)
        paths, path = number_paths(today.select("rel_path").collect()["rel_path"])
        keys = today.select(pl.col("eid").alias("session"), "exists", "qc").collect()
        return cls(keys.hstack([path]), paths)

    def sessions_with(self, patterns: Sequence[str], worst: QC) -> pl.Series:
        """Find the sessions that have a good enough file for each pattern.

        Parameters
        ----------
        patterns : sequence of str
            Regular expressions for whole file names, ignoring case; without any, one good file is enough.
        worst : QC
            Files of a worse quality do not count, nor do those that do not exist.

        Returns
        -------
        polars.Series
            Each session once.

        Raises
        ------
        ValueError
            If a pattern is not a regular expression.
        """
        session, path = self.keys["session"], self.keys["path"]
        good = self.keys["exists"] & (self.keys["qc"] <= int(worst))
        fits = [good & path.is_in(self._paths_named(pattern).implode()) for pattern in patterns] or [good]
        found = (session.filter(each).unique() for each in fits)
        return functools.reduce(lambda these, those: these.filter(these.is_in(those.implode())), found)

    def _paths_named(self, pattern: str) -> pl.Series:
        try:
            matches = re.compile(pattern, re.IGNORECASE).fullmatch
        except re.error as error:
            raise ValueError(
                f"{pattern!r} is not a regular expression: {error}; escape what is meant as it is"
            ) from error
        return self._numbers.filter(self.paths["name"].is_in([name for name in self._names if matches(name)]))

    @cached_property
    def _names(self) -> list[str]:
        return self.paths["name"].unique().to_list()

    @cached_property
    def _numbers(self) -> pl.Series:
        import polars as pl

        return pl.Series("path", range(self.paths.height), dtype=pl.UInt32)


def number_paths(rel_path: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Return each path once, sorted and split, and for each row which of them it has."""
    import polars as pl

    paths = rel_path.unique().sort()
    numbers = rel_path.cast(pl.Enum(paths)).to_physical().cast(pl.UInt32).alias("path")
    return split_paths(paths.to_frame()), numbers


def split_paths(paths: pl.DataFrame) -> pl.DataFrame:
    """Add the collection, revision and name of paths ``collection/#revision#/name``; empty texts for what is absent."""
    import polars as pl

    path = pl.col("rel_path")
    split = paths.with_columns(
        pl.coalesce(path.str.extract(r"^(.*)/[^/]*$"), pl.lit("")).alias("folder"),
        path.str.extract(r"([^/]*)$").alias("name"),
    ).with_columns(pl.col("folder").str.extract(r"(?:^|/)#([^/#]+)#$").fill_null("").alias("revision"))
    collection = pl.col("folder").str.replace(r"(?:^|/)#[^/#]+#$", "")
    return split.with_columns(collection.alias("collection")).select("rel_path", "collection", "revision", "name")
