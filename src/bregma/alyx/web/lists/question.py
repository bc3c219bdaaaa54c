"""What the address of a list asks for: search, filters, order, page and size; all of it forgiving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.core.paginator import Page, Paginator
from django.db.models import F, Q

from bregma.alyx.policy import is_member
from bregma.alyx.web.lists.declaration import SIZES

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, QueryDict
    from django_filters import FilterSet

    from bregma.alyx.web.lists.declaration import Column, ListPage

NOT_FILTERS = ("q", "sort", "page", "size", "csrfmiddlewaretoken")


@dataclass(frozen=True)
class Question:
    """A list as somebody asked for it."""

    page: ListPage
    user: Any
    data: QueryDict
    filterset: FilterSet | None
    rows: QuerySet[Any]
    sort: str

    @property
    def size(self) -> int:
        """How many rows a page has."""
        wanted = self.data.get("size", "")
        return int(wanted) if wanted in map(str, SIZES) else SIZES[0]

    @property
    def columns(self) -> list[Column]:
        """The columns that this person sees."""
        return _columns(self.page, self.user)

    def shown(self) -> Page[Any]:
        """Return the rows of the page that was asked for, or the nearest there is."""
        found = Paginator(self.rows, self.size).get_page(self.data.get("page"))
        if self.page.prepare:
            found.object_list = list(found.object_list)
            self.page.prepare(found.object_list, self.user)
        return found

    def address(self, **changes: Any) -> str:
        """Write the query of the same list with some parameters changed; None takes one out."""
        data = self.data.copy()
        for name in [name for name, values in data.lists() if not any(values)]:
            del data[name]
        data.pop("csrfmiddlewaretoken", None)
        if "page" not in changes:
            data.pop("page", None)
        for name, value in changes.items():
            if value is None:
                data.pop(name, None)
            else:
                data[name] = str(value)
        return f"?{data.urlencode()}"

    def narrowed(self) -> list[tuple[str, str, str]]:
        """Return what narrows the list: words of the filter, words of the value, and the address without it."""
        words = str(self.data.get("q", ""))
        found = [("Search", words, self.address(q=None))] if words else []
        if self.filterset is None:
            return found
        clean = getattr(self.filterset.form, "cleaned_data", {})
        for name, given in self.filterset.form.fields.items():
            value = str(self.data.get(name, ""))
            if value and name not in NOT_FILTERS:
                words = _words(given, value, clean.get(name))
                found.append((str(given.label or name), words, self.address(**{name: None})))
        return found


def ask(page: ListPage, request: HttpRequest, data: QueryDict | None = None) -> Question:
    """Read what is asked for, and narrow and order the rows; no query yet but those of the filters' choices."""
    data = request.GET if data is None else data
    rows = page.rows(request.user)
    filterset = None
    if page.filters:
        filterset = page.filters(data, queryset=rows, request=request)
        rows = filterset.qs if filterset.is_valid() else rows.none()
    columns = _columns(page, request.user)
    if words := data.get("q", "").strip():
        hidden = {one.key for one in page.columns} - {one.key for one in columns}
        for word in words.split()[:8]:
            rows = rows.filter(_any_of(page, word, hidden))
    sort = data.get("sort", "")
    return Question(page, request.user, data, filterset, _ordered(page, rows, sort, columns), sort)


def _columns(page: ListPage, user: Any) -> list[Column]:
    return [one for one in page.columns if is_member(user) or not one.for_members]


def _any_of(page: ListPage, word: str, hidden: set[str]) -> Q:
    """Return the condition that a word is found, though not in columns that the person does not see."""
    found = page.search_also(word) if page.search_also else Q()
    for lookup in page.search:
        if lookup.partition("__")[0] not in hidden:
            found |= Q(**{lookup: word})
    return found


def _ordered(page: ListPage, rows: QuerySet[Any], sort: str, columns: list[Column]) -> QuerySet[Any]:
    """Order by a column, the empty last, then as the list is ordered; columns not seen change nothing."""
    key, backwards = sort.lstrip("-"), sort.startswith("-")
    column = next((one for one in columns if one.key == key and one.sort), None)
    if column is None:
        return rows.order_by(*page.order)
    chosen = [F(name).desc(nulls_last=True) if backwards else F(name).asc(nulls_last=True) for name in column.sort]
    try:
        return rows.order_by(*chosen, *page.order)
    except FieldError as wrong:
        raise FieldError(f"column {key!r} of list {page.key!r} sorts by {column.sort}: {wrong}") from wrong


def _words(given: Any, value: str, clean: Any) -> str:
    """Write the value of a filter as its choice is written, without a query."""
    if hasattr(clean, "pk"):
        return str(clean)
    return next((str(words) for key, words in getattr(given.widget, "choices", ()) if str(key) == value), value)
