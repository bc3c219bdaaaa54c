"""The navigation, declared once: a page that is not there, or not for this person, is left out.

Where pages live, so that none collides with REST, whose addresses end without a slash:

- ``/today/``
- ``/colony/``, ``/colony/subjects/``, ``/colony/subjects/<uuid or nickname>/`` and its tabs (``…/water/``),
  ``/colony/cages/``, ``/colony/breeding/``, ``/colony/litters/``, ``/colony/genotyping/``, ``/colony/requests/``
- ``/notebook/``, ``/notebook/sessions/``, ``/notebook/sessions/<uuid>/``, ``/notebook/notes/``,
  ``/notebook/surgeries/``, ``/notebook/tasks/``, ``/notebook/calendar/``
- ``/search/``, ``/inbox/``, ``/results/…``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from bregma.alyx.policy import is_member

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bregma.alyx.policy import User


def everybody(user: User) -> bool:
    """Tell whether somebody is logged in."""
    return user.is_authenticated


def staff(user: User) -> bool:
    """Tell whether a person may enter the admin."""
    return bool(user.is_staff)


def breeders(user: User) -> bool:
    """Tell whether a person cares for the stock."""
    return is_member(user)


@dataclass(frozen=True)
class Item:
    """One entry: its words, where it leads, who sees it, and the key that follows ``g``."""

    label: str
    url_name: str = ""
    icon: str = "dot"
    key: str = ""
    sees: Callable[[User], bool] = is_member
    setting: str = ""
    """Name of a setting that holds an address outside these pages, in place of ``url_name``."""
    below: tuple[str, ...] = ()
    """Beginnings of the paths that belong to this entry, besides its own."""
    children: tuple[Item, ...] = ()

    @property
    def url(self) -> str:
        """Where it leads; empty while no such page exists."""
        if self.setting:
            return getattr(settings, self.setting, "") or ""
        try:
            return reverse(self.url_name) if self.url_name else ""
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it on one page."""

    label: str
    url: str
    icon: str
    key: str
    current: bool
    """Whether the page is this entry's, or below it."""
    children: tuple[Link, ...] = ()


ITEMS = (
    Item("Today", "today", "today", "t"),
    Item("Subjects", "subjects", "mouse", "s", everybody),
    Item(
        "Colony",
        "colony",
        "cage",
        "c",
        breeders,
        below=("/colony/",),
        children=(
            Item("Cages", "cages", "cage"),
            Item("Racks", "racks", "table"),
            Item("Breeding", "breeding", "heart"),
            Item("Litters", "litters", "litter"),
            Item("Genotyping", "genotyping", "tube"),
            Item("Requests", "requests", "hand"),
            Item("Lines", "lines", "branch"),
            Item("Culls", "culls", "flag"),
            Item("Welfare", "welfare", "shield"),
        ),
    ),
    Item(
        "Notebook",
        "notebook",
        "book",
        "n",
        everybody,
        below=("/notebook/",),
        children=(
            Item("Sessions", "sessions", "clock", "e", everybody),
            Item("Notes", "notes", "note"),
            Item("Surgeries", "surgeries", "scalpel"),
            Item("Insertions", "insertions", "probe"),
            Item("Tasks", "tasks", "gears"),
            Item("Calendar", "calendar", "calendar", "k"),
            Item("Search", "search", "search"),
        ),
    ),
    Item("Results", "overview", "chart", "r", everybody, below=("/results/",)),
    Item("Brain", icon="brain", key="b", sees=everybody, setting="BREGMA_VIEWER_URL"),
    Item("Admin", "admin:index", "table", "a", staff),
    Item("API", "api-docs", "code", "p", everybody),
)
ON_PHONE = 4
"""How many entries the bar at the bottom of a phone shows; the others are behind More."""


def links_for(user: User, path: str, items: Sequence[Item] = ITEMS) -> tuple[Link, ...]:
    """Return the entries that a person sees on the page at ``path``; at most one on each level is current."""
    shown = [(item, item.url, links_for(user, path, item.children)) for item in items if item.sees(user)]
    leading = [(item, url or (children[0].url if children else ""), children) for item, url, children in shown]
    depths = [_depth(item, url, path) for item, url, _ in leading]
    deepest = max(depths, default=0)
    return tuple(
        Link(item.label, url, item.icon, item.key, bool(deepest) and depth == deepest, children)
        for (item, url, children), depth in zip(leading, depths, strict=True)
        if url
    )


def _depth(item: Item, url: str, path: str) -> int:
    """Tell how much of a path an entry accounts for; the start page only for itself."""
    own = (url,) if item.url else ()
    matching = [
        len(start) for start in (*own, *item.below) if (path == start if start == "/" else path.startswith(start))
    ]
    return max(matching, default=0)
