"""What the template of a list needs: cells, heads, pages, views and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from bregma.alyx import policy
from bregma.alyx.web.lists import saved
from bregma.alyx.web.lists.declaration import SIZES

if TYPE_CHECKING:
    from django.http import HttpRequest

    from bregma.alyx.web.lists.declaration import Column
    from bregma.alyx.web.lists.question import Question


@dataclass(frozen=True)
class Head:
    """The head of a column; ``url`` sorts by it, or the other way round when it is sorted already."""

    column: Column
    url: str
    direction: str


def present_list(asked: Question, request: HttpRequest) -> dict[str, Any]:
    """Return the context of ``web/list.html`` and ``web/_list.html``."""
    page, user = asked.page, asked.user
    shown = asked.shown()
    member = policy.is_member(user)
    bulk = [action for action in page.bulk if member and action.may(user)]
    return {
        "page": page,
        "asked": asked,
        "shown": shown,
        "heads": [_head(asked, column) for column in asked.columns if column.in_page],
        "numbers": [
            (number, asked.address(page=number) if isinstance(number, int) else "")
            for number in shown.paginator.get_elided_page_range(shown.number, on_each_side=1, on_ends=1)
        ],
        "sizes": [(size, asked.address(size=size)) for size in SIZES],
        "before": asked.address(page=shown.number - 1) if shown.has_previous() else "",
        "after": asked.address(page=shown.number + 1) if shown.has_next() else "",
        "narrowed": asked.narrowed(),
        "url": reverse(page.key),
        "files": [(kind.upper(), f"{reverse(f'{page.key}-export', args=[kind])}{asked.address()}") for kind in FILES],
        "bulk": bulk,
        "bulk_url": reverse(f"{page.key}-bulk"),
        "views": _views(asked),
        "views_url": reverse(f"{page.key}-views"),
        "may_save": member,
        "labs": saved.labs_to_share_with(user) if member else (),
        "links": _resolved(page.links),
        "crumbs": _resolved(page.crumbs),
        "add": next(iter(_resolved((page.add,))), None) if page.add and member else None,
        "editable": member,
        "empty_url": next((url for _, url in _resolved((("", page.empty.url_name),))), "") if member else "",
    }


FILES = ("csv", "xlsx")


def _head(asked: Question, column: Column) -> Head:
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(asked.sort, "")
    wanted = f"-{column.key}" if direction == "ascending" else column.key
    return Head(column, asked.address(sort=wanted) if column.sort else "", direction)


def _views(asked: Question) -> list[dict[str, Any]]:
    """List the views for everybody, then the person's and their labs'."""
    now = saved.tidy(asked.data.urlencode())
    everybody: list[dict[str, Any]] = [{"name": name, "query": query} for name, query in asked.page.presets.items()]
    own: list[dict[str, Any]] = [
        {
            "name": view.name,
            "query": view.query,
            "pk": view.pk if view.owner_id == asked.user.pk else None,
            "of": f"{view.owner}, for {view.shared_with_lab}" if view.shared_with_lab else "",
        }
        for view in saved.views_of(asked.user, asked.page.key)
    ]
    return [view | {"current": _same(view["query"], now)} for view in [*everybody, *own]]


def _resolved(links: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    found = []
    for words, name in links:
        try:
            found.append((words, reverse(name)))
        except NoReverseMatch:
            continue
    return found


def _same(one: str, other: str) -> bool:
    return sorted(saved.tidy(one).split("&")) == sorted(other.split("&"))
