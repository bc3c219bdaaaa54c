"""Search terms as conditions on the rows of cache tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bregma.alf import QC
from bregma.one.terms import as_list, parse_date_range

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    Tables = Callable[[str], pl.LazyFrame]

_OF_INSERTIONS = {"id": "id", "model": "model", "name": "name", "serial": "serial", "session": "eid"}


def matching_sessions(tables: Tables, terms: Mapping[str, Any]) -> pl.LazyFrame:
    """Keep the sessions that all terms hold for.

    Parameters
    ----------
    tables : callable
        Gives the table of a name.
    terms : mapping
        Full names of terms, with their values.
    """
    import polars as pl

    frame = tables("sessions")
    conditions = [
        _condition(term, value) for term, value in terms.items() if term not in {"datasets", "dataset_qc_lte"}
    ]
    frame = frame.filter(pl.all_horizontal(conditions)) if conditions else frame
    if "datasets" in terms or "dataset_qc_lte" in terms:
        names = [str(name) for name in as_list(terms.get("datasets", []))]
        worst = QC.parse(terms.get("dataset_qc_lte", QC.FAIL))
        frame = frame.join(_with_datasets(tables("datasets"), names, worst), left_on="id", right_on="eid", how="semi")
    return frame


def matching_insertions(tables: Tables, terms: Mapping[str, Any]) -> pl.LazyFrame:
    """Keep the insertions that all terms hold for, those of sessions among them."""
    import polars as pl

    frame = tables("insertions")
    for term in _OF_INSERTIONS.keys() & terms.keys():
        frame = frame.filter(pl.col(_OF_INSERTIONS[term]).is_in([str(value) for value in as_list(terms[term])]))
    rest = {term: value for term, value in terms.items() if term not in _OF_INSERTIONS}
    if rest:
        frame = frame.join(matching_sessions(tables, rest), left_on="eid", right_on="id", how="semi")
    return frame


def _with_datasets(datasets: pl.LazyFrame, names: list[str], worst: QC) -> pl.LazyFrame:
    """Find the ids of sessions that have all these files (or any, without names) of good enough quality."""
    import polars as pl

    found = datasets.filter(pl.col("exists") & (pl.col("qc") <= int(worst)))
    if not names:
        return found.select("eid").unique()
    path = pl.col("rel_path")
    ends = [(path == name) | path.str.ends_with(f"/{name}") for name in names]
    found = found.filter(pl.any_horizontal(ends)).select("eid", path.str.split("/").list.last().alias("name")).unique()
    return found.group_by("eid").len().filter(pl.col("len") == len(set(names)))


def _condition(term: str, value: object) -> pl.Expr:
    import polars as pl

    if term == "date_range":
        first, last = parse_date_range(value)
        return pl.col("date").is_between(first, last)
    values = as_list(value)
    if term == "number":
        return pl.col("number").is_in([int(item) for item in values])
    texts = [str(item).lower() for item in values]
    if term in {"projects", "task_protocol"}:
        column = pl.col(term).str.to_lowercase()
        return pl.any_horizontal([column.str.contains(text, literal=True) for text in texts])
    column = pl.col({"laboratory": "lab"}.get(term, term)).str.to_lowercase()
    return column.is_in(texts)
