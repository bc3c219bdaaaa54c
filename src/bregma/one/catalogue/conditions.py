"""Search terms as conditions on the rows of cache tables."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

from bregma.alf import QC
from bregma.one.catalogue.terms import as_list, compile_patterns, parse_date_range, parse_numbers

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    import polars as pl


class Tables(Protocol):
    """Cache tables of one moment."""

    def table(self, name: str) -> pl.LazyFrame:
        """Open one table."""

    def tells(self, name: str, column: str) -> bool:
        """Tell whether a table has a column, or only what stands for nothing."""

    def sessions_with(self, patterns: Sequence[str], worst: QC = ...) -> pl.Series:
        """Find the sessions that have a file for each pattern, none of them worse than a quality."""


_COLUMNS = {"laboratory": "lab", "tag": "tags"}
_ALWAYS_TOLD = {"lab", "model", "name", "projects", "serial", "subject", "task_protocol"}
_LISTED = {"procedures", "tag"}
"""Terms of columns with commas between values, each of which is searched."""
_ATLAS = ("atlas_acronym", "atlas_id", "atlas_name")
_OF_INSERTIONS = {*_ATLAS, "id", "model", "name", "qc", "serial", "session", "tag"}
_OF_DATASETS = {"dataset", "dataset_qc_lte", "dataset_types", "datasets"}
_RELATED = {*_ATLAS, "dataset_qc_lte", "dataset_types", "datasets", "tag", "limit", "offset"}


def matching_sessions(tables: Tables, terms: Mapping[str, Any]) -> pl.LazyFrame:
    """Keep the sessions that all terms hold for.

    Parameters
    ----------
    tables : Tables
        Where to look.
    terms : mapping
        Full names of terms, with their values.

    Raises
    ------
    ValueError
        If a value cannot be read, or the tables do not tell what is asked for.
    """
    import polars as pl

    own = {term: value for term, value in terms.items() if term not in _RELATED}
    conditions = [_of_session(tables, term, value) for term, value in own.items()]
    conditions += [pl.col("id").is_in(eids.implode()) for eids in _related(tables, terms)]
    frame = tables.table("sessions")
    return frame.filter(pl.all_horizontal(conditions)) if conditions else frame


def matching_insertions(tables: Tables, terms: Mapping[str, Any]) -> pl.LazyFrame:
    """Keep the insertions that all terms hold for, those of sessions among them; see ``matching_sessions``.

    Terms of datasets are about the files in folders that are named like the insertion.
    """
    frame = tables.table("insertions")
    for term in _OF_INSERTIONS & terms.keys():
        frame = frame.filter(_of_insertion(tables, term, terms[term]))
    files = {term: value for term, value in terms.items() if term in _OF_DATASETS}
    if files:
        frame = frame.filter(_with_files(tables, frame, files))
    rest = {term: value for term, value in terms.items() if term not in _OF_INSERTIONS | _OF_DATASETS}
    found = matching_sessions(tables, rest).select("id", "date", "subject", "number")
    return frame.join(found, left_on="eid", right_on="id", how="inner")


def _of_session(tables: Tables, term: str, value: object) -> pl.Expr:
    import polars as pl

    if term == "date_range":
        return pl.col("date").is_between(*parse_date_range(value))
    if term == "number":
        return pl.col("number").is_in(parse_numbers(value))
    if term == "id":
        return pl.col("id").is_in([str(item) for item in as_list(value)])
    if term.startswith("performance_"):
        return _performs(tables, term, value)
    return _of_columns(tables, "sessions", term, value)


def _of_columns(tables: Tables, name: str, term: str, value: object) -> pl.Expr:
    """Compare a column of texts or outcomes, which sessions and insertions both may have."""
    import polars as pl

    column = f"session_{term}" if (name, term) == ("sessions", "qc") else _COLUMNS.get(term, term)
    _expect_told(tables, name, column, term)
    if term == "qc":
        return pl.col(column).is_in([int(QC.parse(item)) for item in as_list(value)])
    if term == "type":
        return pl.col("type").str.to_lowercase().is_in([str(item).lower() for item in as_list(value)])
    if term == "users":
        users = pl.col("users").str.split(",")
        return pl.all_horizontal([pl.lit(value=True), *(users.list.contains(str(one)) for one in as_list(value))])
    return _found(tables.table(name), column, compile_patterns(term, value), apart=term in _LISTED)


def _performs(tables: Tables, term: str, value: object) -> pl.Expr:
    """Compare whole percents of correct trials, rounded down, as servers count them."""
    import polars as pl

    _expect_told(tables, "sessions", "n_trials", term)
    n_trials = pl.col("n_trials").cast(pl.Int64)
    percent = pl.when(n_trials > 0).then(pl.col("n_correct_trials").cast(pl.Int64) * 100 // n_trials)
    limit = float(str(value))
    return percent >= limit if term == "performance_gte" else percent <= limit


def _of_insertion(tables: Tables, term: str, value: object) -> pl.Expr:
    import polars as pl

    if term in _ATLAS:
        return _recorded(tables, term, value)
    if term in {"id", "session"}:
        return pl.col("eid" if term == "session" else "id").is_in([str(item) for item in as_list(value)])
    return _of_columns(tables, "insertions", term, value)


def _related(tables: Tables, terms: Mapping[str, Any]) -> list[pl.Series]:
    """Find the sessions that terms on their datasets and insertions hold for."""
    found = []
    if "datasets" in terms or "dataset_qc_lte" in terms:
        found.append(_with_datasets(tables, terms))
    if "tag" in terms:
        found.append(_keys(_with_tag(tables, terms["tag"])))
    if "dataset_types" in terms:
        found.append(_keys(_with_types(tables, tables.table("datasets"), terms["dataset_types"], "eid")))
    recorded = [_recorded(tables, term, terms[term]) for term in _ATLAS if term in terms]
    return found + [_keys(tables.table("insertions").filter(condition)) for condition in recorded]


def _keys(frame: pl.LazyFrame) -> pl.Series:
    return frame.select("eid").unique().collect().to_series()


def _with_datasets(tables: Tables, terms: Mapping[str, Any]) -> pl.Series:
    names = [str(name) for name in as_list(terms.get("datasets", ()))]
    if not names and "datasets" in terms:
        return _keys(tables.table("datasets"))
    return tables.sessions_with(names, QC.parse(terms.get("dataset_qc_lte", QC.FAIL)))


def _with_tag(tables: Tables, value: object) -> pl.LazyFrame:
    _expect_told(tables, "datasets", "tags", "tag")
    datasets = tables.table("datasets")
    return datasets.filter(_found(datasets, "tags", compile_patterns("tag", value), apart=True))


def _with_types(tables: Tables, datasets: pl.LazyFrame, value: object, key: str) -> pl.LazyFrame:
    import polars as pl

    _expect_told(tables, "datasets", "dataset_type", "dataset_types")
    found = [datasets.filter(pl.col("dataset_type") == str(one)).select(key).unique() for one in as_list(value)]
    return functools.reduce(lambda these, those: these.join(those, on=key, how="semi"), found)


def _with_files(tables: Tables, insertions: pl.LazyFrame, terms: Mapping[str, Any]) -> pl.Expr:
    """Find insertions by the files in folders of their names: all that are named, each good enough."""
    import polars as pl

    files = _files_of(tables, insertions)
    names = files.select(pl.col("file").unique()).collect().to_series().to_list()
    worst = int(QC.parse(terms.get("dataset_qc_lte", QC.FAIL)))
    good = files.filter(pl.col("exists") & (pl.col("qc") <= worst))
    kept = [good] if "dataset_qc_lte" in terms else []
    patterns = compile_patterns("datasets", terms.get("datasets", ()))
    meant = [[text for text in names if pattern.fullmatch(text)] for pattern in patterns]
    kept += [good.filter(pl.col("file").is_in(texts)) for texts in meant]
    kept += [files] if "datasets" in terms and not meant else []
    if "dataset" in terms:
        kept.append(files.filter(_found(files, "file", compile_patterns("dataset", terms["dataset"]))))
    if "dataset_types" in terms:
        kept.append(_with_types(tables, files, terms["dataset_types"], "pid"))
    pids = [frame.select("pid").unique().collect().to_series() for frame in kept]
    return pl.all_horizontal([pl.lit(value=True), *(pl.col("id").is_in(each.implode()) for each in pids)])


def _files_of(tables: Tables, insertions: pl.LazyFrame) -> pl.LazyFrame:
    import polars as pl

    probes = insertions.select(pl.col("id").alias("pid"), "eid", pl.col("name").alias("probe"))
    probe = pl.concat_str(pl.lit("/"), "probe", pl.lit("/"))
    inside = pl.concat_str(pl.lit("/"), "rel_path").str.contains(probe, literal=True)
    files = tables.table("datasets").join(probes, on="eid").filter(inside)
    return files.with_columns(pl.col("rel_path").str.extract("([^/]*)$").alias("file")).collect().lazy()


def _recorded(tables: Tables, term: str, value: object) -> pl.Expr:
    """Compare regions of insertions with some and all within them."""
    import polars as pl

    _expect_told(tables, "insertions", "regions", term)
    inside = _regions_within(tables.table("regions"), term, as_list(value))
    known = tables.table("insertions").select(pl.col("regions").unique()).collect().to_series().to_list()
    return pl.col("regions").is_in([text for text in known if not inside.isdisjoint(text.split(","))])


def _regions_within(regions: pl.LazyFrame, term: str, values: list[Any]) -> set[str]:
    """Return the acronyms of the regions that are meant, and of all in them."""
    rows = {row["id"]: row for row in regions.collect().iter_rows(named=True)}
    patterns = compile_patterns(term, values) if term == "atlas_name" else []
    exact = {str(value).lower() for value in values}
    column = "id" if term == "atlas_id" else "acronym"
    meant = {
        key
        for key, row in rows.items()
        if (any(one.search(row["name"]) for one in patterns) if patterns else row[column].lower() in exact)
    }
    return {row["acronym"] for key, row in rows.items() if _line(key, rows) & meant}


def _line(key: str, rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return a region and all that it lies in."""
    line: set[str] = set()
    while key in rows and key not in line:
        line.add(key)
        key = rows[key]["parent"] or ""
    return line


def _found(frame: pl.LazyFrame, column: str, patterns: list[re.Pattern[str]], *, apart: bool = False) -> pl.Expr:
    """Look for patterns in a column of texts, of which many rows share few; or in each of its parts."""
    import polars as pl

    if not patterns:
        return pl.lit(value=True)
    texts = frame.select(pl.col(column).unique()).collect().to_series().to_list()
    found = [
        text
        for text in texts
        if any(one.search(part) for part in (text.split(",") if apart else [text]) for one in patterns)
    ]
    return pl.col(column).is_in(found)


def _expect_told(tables: Tables, name: str, column: str, term: str) -> None:
    """Refuse to search in a column that the server of the tables did not write."""
    if column not in _ALWAYS_TOLD and not tables.tells(name, column):
        raise ValueError(
            f"the tables of {name} have no column {column!r}, so {term!r} cannot be searched for in them; "
            "ask a server with query_type='remote', or get its tables with load_cache()"
        )
