"""The addresses of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path, re_path

from bregma.alyx.web.lists import views

if TYPE_CHECKING:
    from django.urls import URLPattern

    from bregma.alyx.web.lists.declaration import ListPage


def list_paths(prefix: str, page: ListPage) -> list[URLPattern]:
    """Return the addresses of a list, named ``key``, ``key-export``, ``key-bulk``, ``key-cell`` and ``key-views``.

    Place them before patterns such as ``prefix + "<str:reference>/"``.
    """
    return [
        path(prefix, views.list_view(page), name=page.key),
        re_path(rf"^{prefix}export\.(?P<kind>csv|xlsx)$", views.export_view(page), name=f"{page.key}-export"),
        path(f"{prefix}do/bulk", views.bulk_view(page), name=f"{page.key}-bulk"),
        path(f"{prefix}do/views", views.views_view(page), name=f"{page.key}-views"),
        path(f"{prefix}do/cell/<str:pk>/<str:key>", views.cell_view(page), name=f"{page.key}-cell"),
    ]
