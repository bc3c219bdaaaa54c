"""Lists, declared once: columns, filters, search, order, pages, bulk actions, editable cells, saved views and files.

A list is a :class:`ListPage`; ``*list_paths("colony/cages/", CAGES)`` in ``urls.py`` gives all its addresses. Read
:mod:`bregma.alyx.web.subjects.lists` for an example, and docs/reference/pages.md.
"""

from __future__ import annotations

from bregma.alyx.web.lists.declaration import BulkAction, Column, Editor, Empty, ListPage, RowAction
from bregma.alyx.web.lists.urls import list_paths

__all__ = ["BulkAction", "Column", "Editor", "Empty", "ListPage", "RowAction", "list_paths"]
