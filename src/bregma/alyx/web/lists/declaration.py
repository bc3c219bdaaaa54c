"""What a list page is made of, as plain frozen classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django import forms
    from django.db.models import Q, QuerySet
    from django_filters import FilterSet

    from bregma.alyx.misc.models import LabMember

SIZES = (25, 50, 100)


@dataclass(frozen=True, kw_only=True)
class Editor:
    """How one cell may be changed in the list.

    ``field`` makes the form field; ``service`` is called as ``service(row, value, by=person)`` and asks the policy.
    """

    field: Callable[[], forms.Field]
    service: Callable[..., Any]
    value: Callable[[Any], Any]
    """The value to begin with, of a row."""
    may: Callable[[LabMember, Any], bool] = lambda person, row: True
    """Whether to offer it; the service decides. It must not make a query for each row."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: ``value`` of a row is text, a number, a date, or what ``template`` draws."""

    key: str
    label: str
    value: Callable[[Any], Any] | None = None
    """Of a row; the attribute named ``key`` (dots allowed) if None."""
    sort: tuple[str, ...] = ()
    """What to order by, such as ``("birth_date", "nickname")``; empty: not sortable."""
    link: Callable[[Any], str] | None = None
    """Address of a row; the first column heads its row, and should have one."""
    template: str = ""
    """Draws the cell, from ``row`` and ``value``."""
    below: Callable[[Any], Any] | None = None
    """A second, softer line of the cell; give it a column of its own with ``in_page=False`` for files."""
    numeric: bool = False
    wide_only: bool = False
    """Whether the page leaves it out between phone and wide screen."""
    export: Callable[[Any], Any] | None = None
    """What a file holds in place of the value."""
    in_page: bool = True
    in_file: bool = True
    for_members: bool = False
    """Whether accounts for the public do not see it."""
    editor: Editor | None = None

    def read(self, row: Any) -> Any:
        """Return the value of a row."""
        return self.value(row) if self.value else attrgetter(self.key)(row)

    def write(self, row: Any) -> Any:
        """Return what a file holds of a row."""
        return self.export(row) if self.export else self.read(row)


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """Something to do with many rows at once.

    ``service(rows, values, by=person)`` gets the list of rows and the clean values of ``form``, does all or nothing,
    asks the policy, and returns the words to say.
    """

    key: str
    label: str
    service: Callable[..., str]
    form: type[forms.Form] | None = None
    words: str = ""
    """What will happen, for the page that asks for confirmation."""
    danger: bool = False
    may: Callable[[LabMember], bool] = lambda person: True
    informed: bool = False
    """Whether ``form`` is made with ``rows=`` and ``by=``, such as to offer only what fits these rows."""


@dataclass(frozen=True, kw_only=True)
class RowAction:
    """A link in each row; rows for which ``url`` returns nothing have none."""

    label: str
    url: Callable[[Any], str]
    icon: str = "next"


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What to say when there is nothing: a sentence that teaches, and where to begin."""

    title: str
    words: str
    icon: str = "info"
    action: str = ""
    url_name: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A list. ``rows(user)`` returns what the person may read, with all that the columns show."""

    key: str
    """Name of its URL, and of its saved views."""
    title: str
    rows: Callable[[Any], QuerySet[Any]]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    """How rows follow each other unless a column is chosen; it ends with something unique."""
    empty: Empty
    words: str = ""
    """A sentence below the title."""
    filters: type[FilterSet] | None = None
    search: tuple[str, ...] = ()
    """Lookups that the search box asks, such as ``nickname__icontains``."""
    search_also: Callable[[str], Q] | None = None
    """A further condition on a word of the search, for what no lookup reaches without doubling rows."""
    search_label: str = "Search this list"
    bulk: tuple[BulkAction, ...] = ()
    row_actions: tuple[RowAction, ...] = ()
    presets: Mapping[str, str] = field(default_factory=dict)
    """Views for everybody: name and query, such as ``{"My living mice": "responsible=me&alive=true"}``."""
    add: tuple[str, str] | None = None
    """Words and URL name of the button that makes a new row."""
    links: tuple[tuple[str, str], ...] = ()
    """Words and URL names of other pages for these rows."""
    crumbs: tuple[tuple[str, str], ...] = ()
    """Words and URL names of the pages above this one."""
    prepare: Callable[[Sequence[Any], Any], None] | None = None
    """Called with the rows of one page and the person, to add what no query set can; a constant number of queries."""

    def column(self, key: str) -> Column:
        """Return a column by its key.

        Raises
        ------
        LookupError
            If there is none; the message names those that there are.
        """
        for column in self.columns:
            if column.key == key:
                return column
        raise LookupError(f"the list {self.key} has no column {key!r}; it has {[one.key for one in self.columns]}")
