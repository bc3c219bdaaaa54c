"""The filters of the admin's lists, by what one does with them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
    RelatedDropdownFilter,
)

Filter = tuple[str, Any]


def one_of(field: str) -> Filter:
    """Choose a row of a short table; one query."""
    return field, RelatedDropdownFilter


def found_by(field: str) -> Filter:
    """Search for a row of a long table; no query until one searches."""
    return field, AutocompleteSelectFilter


def choice(field: str) -> Filter:
    """Choose among the values that a column may have."""
    return field, ChoicesDropdownFilter


def days(field: str) -> Filter:
    """Give the first and last day."""
    return field, RangeDateFilter


def times(field: str) -> Filter:
    """Give the first and last moment."""
    return field, RangeDateTimeFilter


def numbers(field: str) -> Filter:
    """Give the least and the greatest number."""
    return field, RangeNumericFilter


def empty(field: str) -> Filter:
    """Choose rows with or without a value."""
    return field, admin.EmptyFieldListFilter
