"""Talking to a server by the names that scripts know from ``one.webclient``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bregma.one.client import AlyxClient, no_cache

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["AlyxClient", "dataset_record_to_url", "file_record_to_url", "no_cache"]


def file_record_to_url(file_records: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the addresses of copies, of those that have one."""
    return [str(one["data_url"]) for one in file_records if one["data_url"]]


def dataset_record_to_url(dataset_record: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[str]:
    """List the addresses of all copies of one dataset, or of several, by their records of ``/datasets``."""
    records = [dataset_record] if isinstance(dataset_record, Mapping) else dataset_record
    return [url for one in records for url in file_record_to_url(one["file_records"])]
